import { useMessages } from '../ui/locale.tsx';

/** The brands as they write themselves; the provider says "visa". */
const BRANDS: Readonly<Record<string, string>> = {
  visa: 'Visa',
  mastercard: 'Mastercard',
  amex: 'American Express',
  discover: 'Discover',
  diners: 'Diners Club',
  jcb: 'JCB',
  unionpay: 'UnionPay',
};

interface Method {
  readonly method: string;
  readonly brand: string | null;
  readonly last4: string | null;
}

/** "Visa •••• 4242", or the method where no card is known yet. */
export function useMethodName(): (payment: Method) => string {
  const { word } = useMessages();
  return ({ method, brand, last4 }) => {
    if (last4) return `${BRANDS[brand ?? ''] ?? brand ?? word('payments.methods', method)} •••• ${last4}`;
    return word('payments.methods', method);
  };
}
