import { useMessages } from '../ui/locale.tsx';
import { isMessageKey } from '../ui/messages/catalogue.ts';

/** What people call a carrier; one that the catalogue does not know goes by the name of its adapter. */
export function useCarrierName(): (carrier: string | null) => string | null {
  const { t } = useMessages();
  return (carrier) => {
    const key = `shipments.carriers.${carrier}`;
    return isMessageKey(key) ? t(key) : carrier;
  };
}
