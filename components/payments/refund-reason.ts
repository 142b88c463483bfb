import { useMessages } from '../ui/locale.tsx';
import { isMessageKey } from '../ui/messages/catalogue.ts';

/** The reason of a refund in words; a reason that a newer server may know stays as it is. */
export function useRefundReason(): (code: string) => string {
  const { t } = useMessages();
  return (code) => {
    const key = `actions.refund.reasons.${code}`;
    return isMessageKey(key) ? t(key) : code;
  };
}
