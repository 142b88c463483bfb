'use client';
import Link from 'next/link';
import type { ShipmentView } from '../../server/views/order-shipments.ts';
import { StatusBadge } from '../ui/badge.tsx';
import { CopyText } from '../ui/copy.tsx';
import { KeyValue, Section } from '../ui/detail-layout.tsx';
import { useMessages } from '../ui/locale.tsx';
import { Money } from '../ui/money.tsx';
import { EmptyState } from '../ui/states.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import classes from './order-page.module.css';

/** What one shipment holds, units added up per line. */
export function ShipmentContents({ shipment }: { shipment: ShipmentView }) {
  return (
    <ul className={classes.spans}>
      {shipment.lines.map((line) => (
        <li key={`${line.lineId}${line.fromUnit}`} className={classes.span}>
          <span className="wb-number">{line.toUnit - line.fromUnit + 1} ×</span>
          {line.skuCode && <span className="wb-mono">{line.skuCode}</span>}
          <span>{line.name}</span>
        </li>
      ))}
    </ul>
  );
}

/** What the carrier said, newest first. */
export function ShipmentUpdates({ shipment }: { shipment: ShipmentView }) {
  return (
    <ol className={classes.spans}>
      {shipment.updates.map((update) => (
        <li key={update.id} className={classes.span}>
          <StatusBadge kind="shipment" value={update.status} />
          <span>{update.detail}</span>
          <span className={classes.spanValue}>
            <TimeAgo at={update.occurredAt} />
          </span>
        </li>
      ))}
    </ol>
  );
}

/** A shipment's facts. */
export function ShipmentFacts({ shipment }: { shipment: ShipmentView }) {
  const { t } = useMessages();
  const tracking = shipment.trackingNumber;
  return (
    <KeyValue
      items={[
        { label: t('orders.node'), value: shipment.nodeCode ?? t('orders.noParcel') },
        {
          label: t('orders.carrier'),
          value: [shipment.carrier, shipment.service].filter(Boolean).join(' · ') || t('ui.unknown'),
        },
        { label: t('orders.trackingNumber'), value: tracking ? <CopyText value={tracking} mono /> : t('ui.unknown') },
        { label: t('orders.value'), value: <Money amountMinor={shipment.valueMinor} currency={shipment.currency} /> },
        { label: t('orders.shippedAt'), value: <TimeAgo at={shipment.shippedAt} /> },
        { label: t('orders.deliveredAt'), value: <TimeAgo at={shipment.deliveredAt} /> },
      ]}
    />
  );
}

/** The order's shipments with contents and carrier updates. */
export function OrderShipments({ shipments }: { shipments: readonly ShipmentView[] }) {
  const { t } = useMessages();
  return (
    <Section title={t('orders.shipments')} count={shipments.length}>
      {shipments.length === 0 && <EmptyState compact title={t('orders.noShipmentsTitle')} reason={t('orders.noShipments')} />}
      <ul className={classes.blocks}>
        {shipments.map((shipment) => (
          <li key={shipment.id} className={classes.block}>
            <div className={classes.blockHead}>
              <Link href={`/shipments/${shipment.number}`} className={classes.strong}>
                {shipment.number}
              </Link>
              <StatusBadge kind="shipment" value={shipment.status} />
            </div>
            <ShipmentContents shipment={shipment} />
            <ShipmentFacts shipment={shipment} />
            <ShipmentUpdates shipment={shipment} />
          </li>
        ))}
      </ul>
    </Section>
  );
}
