'use client';
import { Button } from '@mantine/core';
import Link from 'next/link';
import { mayReship } from '../../server/domains/orders/rules.ts';
import type { OrderPage } from '../../server/views/order.ts';
import type { ShipmentView } from '../../server/views/order-shipments.ts';
import { usePowers } from '../powers.ts';
import { ParcelList } from '../shipments/parcels.tsx';
import { StatusBadge } from '../ui/badge.tsx';
import { CopyText } from '../ui/copy.tsx';
import { KeyValue, Section } from '../ui/detail-layout.tsx';
import { useMessages } from '../ui/locale.tsx';
import { Money } from '../ui/money.tsx';
import { EmptyState } from '../ui/states.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { orderFacts } from './order-facts.ts';
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
  const { t, word } = useMessages();
  const tracking = shipment.trackingNumber;
  return (
    <KeyValue
      items={[
        { label: t('orders.node'), value: shipment.nodeCode ?? t('orders.noParcel') },
        {
          label: t('orders.carrier'),
          value:
            [shipment.carrier && word('shipments.carriers', shipment.carrier), shipment.service].filter(Boolean).join(' · ') ||
            t('ui.unknown'),
        },
        { label: t('orders.trackingNumber'), value: tracking ? <CopyText value={tracking} mono /> : t('ui.unknown') },
        { label: t('orders.value'), value: <Money amountMinor={shipment.valueMinor} currency={shipment.currency} /> },
        { label: t('orders.shippedAt'), value: <TimeAgo at={shipment.shippedAt} /> },
        { label: t('orders.deliveredAt'), value: <TimeAgo at={shipment.deliveredAt} /> },
      ]}
    />
  );
}

/** Leads to the dialog that sends its units again; nothing where none may be. */
function SendAgain({ page, shipment }: { page: OrderPage; shipment: ShipmentView }) {
  const { t } = useMessages();
  const powers = usePowers();
  if (!powers.may('orders.reship') || !mayReship(orderFacts(page), shipment).allowed) return null;
  const href = `/orders/${encodeURIComponent(page.order.number)}/reship?shipment=${encodeURIComponent(shipment.number)}`;
  return (
    <Button component={Link} href={href} scroll={false} variant="default" size="compact-xs" className={classes.blockEnd}>
      {t('actions.reship.button')}
    </Button>
  );
}

/** The order's shipments with contents and carrier updates. */
export function OrderShipments({ page }: { page: OrderPage }) {
  const { shipments } = page;
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
              <SendAgain page={page} shipment={shipment} />
            </div>
            {shipment.boxes.length > 0 || shipment.claims.length > 0 || shipment.updates.some((update) => update.proof) ? (
              <ParcelList shipment={shipment} />
            ) : null}
            {shipment.boxes.length === 0 && <ShipmentContents shipment={shipment} />}
            <ShipmentFacts shipment={shipment} />
            <ShipmentUpdates shipment={shipment} />
          </li>
        ))}
      </ul>
    </Section>
  );
}
