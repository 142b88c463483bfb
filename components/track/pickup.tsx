'use client';
import type { TrackedPickup } from '../../server/views/track.ts';
import { StatusBadge } from '../ui/badge.tsx';
import { KeyValue, Section } from '../ui/detail-layout.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';

/** The place and its address, as it is written. */
function placeOf({ nodeName, address }: TrackedPickup): string {
  const town = [address.postalCode, address.city].filter(Boolean).join(' ');
  return [nodeName, address.line1, town].filter(Boolean).join(', ');
}

/** Where and until when an order is fetched. The code is in the mail. */
export function PickupPlace({ pickup }: { pickup: TrackedPickup }) {
  const { t } = useMessages();
  const format = useFormat();
  return (
    <Section title={t('pickups.section')}>
      <p>{t(`pickups.says.${pickup.status}`)}</p>
      <KeyValue
        items={[
          { label: t('shipments.status'), value: <StatusBadge kind="pickup" value={pickup.status} /> },
          { label: t('pickups.where'), value: placeOf(pickup) },
          ...(pickup.collectBy && pickup.status === 'ready'
            ? [{ label: t('pickups.until'), value: format.dateTime(pickup.collectBy) }]
            : []),
        ]}
      />
    </Section>
  );
}
