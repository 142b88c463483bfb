import { useMessages } from '../ui/locale.tsx';

/** What people call a carrier; one that the catalogue does not know goes by the name of its adapter. */
export function useCarrierName(): (carrier: string | null) => string | null {
  const { t } = useMessages();
  return (carrier) => (carrier === 'parcel' ? t('shipments.carriers.parcel') : carrier);
}
