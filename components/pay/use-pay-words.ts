'use client';
import { useMessages } from '../ui/locale.tsx';

/** The bank's reasons that people can do something about; the others are a plain no. */
const REASONS = {
  insufficient_funds: 'insufficientFunds',
  expired_card: 'expiredCard',
  incorrect_cvc: 'incorrectCvc',
  processing_error: 'processingError',
  payment_intent_authentication_failure: 'notConfirmed',
  abandoned: 'abandoned',
  cancelled: 'stopped',
  customer_request: 'stopped',
  payment_timeout: 'abandoned',
} as const;

/** Why a payment did not work, in a sentence for the customer. */
export function usePayWords() {
  const { t } = useMessages();
  return {
    declineText: (code: string | null): string => {
      const reason = code !== null && code in REASONS ? REASONS[code as keyof typeof REASONS] : 'declined';
      return t(`pay.declined.${reason}`);
    },
  };
}
