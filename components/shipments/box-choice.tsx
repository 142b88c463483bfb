'use client';
import { Select } from '@mantine/core';
import type { ShipmentView } from '../../server/views/order-shipments.ts';
import { useMessages } from '../ui/locale.tsx';

/** Which of several boxes is meant; nothing where the shipment is one parcel. */
export function BoxChoice(props: {
  shipment: ShipmentView;
  value: string | null;
  onChange: (boxId: string | null) => void;
  /** Whether all of them may be meant. */
  all: boolean;
}) {
  const { t } = useMessages();
  const { boxes } = props.shipment;
  if (boxes.length === 0) return null;
  const options = boxes.map(({ id, number, trackingNumber }) => ({
    value: id,
    label: [t('parcels.box', { number }), trackingNumber].filter(Boolean).join(' · '),
  }));
  return (
    <Select
      label={t('parcels.which')}
      data={props.all ? [{ value: '', label: t('parcels.all') }, ...options] : options}
      value={props.value ?? ''}
      onChange={(value) => props.onChange(value === '' ? null : value)}
      allowDeselect={false}
    />
  );
}
