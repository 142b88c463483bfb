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

/** "Visa •••• 4242", or the method where there is no card. */
export function methodName({ method, brand, last4 }: Method): string {
  if (!last4) return method;
  return `${BRANDS[brand ?? ''] ?? brand ?? method} •••• ${last4}`;
}
