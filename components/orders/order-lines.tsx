'use client';
import { IconCheck, IconMail, IconPackageExport } from '@tabler/icons-react';
import Link from 'next/link';
import type { LineView, SpanView } from '../../server/views/order-lines.ts';
import type { WaitingSpan } from '../../server/views/waiting-order.ts';
import { Badge, StatusBadge } from '../ui/badge.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { Section } from '../ui/detail-layout.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { Money, Quantity } from '../ui/money.tsx';
import classes from './order-page.module.css';

function Span({ span, currency, merchantShips }: { span: SpanView; currency: string; merchantShips: boolean }) {
  const { t } = useMessages();
  return (
    <li className={classes.span}>
      <span className={classes.spanUnits}>{t('orders.spanUnits', unitsOf(span))}</span>
      <StatusBadge kind="span" value={span.state} />
      {merchantShips && span.nodeCode && <span className={classes.dim}>{t('orders.spanAt', { node: span.nodeCode })}</span>}
      {span.shipmentNumber && (
        <Link href={`/shipments/${span.shipmentNumber}`}>{t('orders.spanIn', { shipment: span.shipmentNumber })}</Link>
      )}
      {span.refundNumber && <span className={classes.dim}>{t('orders.spanRefund', { refund: span.refundNumber })}</span>}
      <span className={classes.spanValue}>
        <Money amountMinor={span.totalMinor} currency={currency} />
      </span>
    </li>
  );
}

/** When waiting units are promised for, what they come with, and whether the customer knows and agreed. */
function Promised({ waiting, alone }: { waiting: WaitingSpan; alone: boolean }) {
  const { t } = useMessages();
  const format = useFormat();
  const moved = waiting.firstPromisedOn !== waiting.promisedOn;
  const agreed = waiting.acceptedOn === waiting.promisedOn;
  const told = agreed ? 'agreed' : waiting.toldAt ? 'told' : 'untold';
  return (
    <li className={classes.span}>
      <span className={classes.spanUnits}>{!alone && t('orders.spanUnits', unitsOf(waiting))}</span>
      <div className={classes.promise}>
        <span>{t(`orders.waits.${waiting.kind}`, { day: format.day(waiting.promisedOn) })}</span>
        {moved && <span className={classes.dim}>{t('orders.waits.first', { day: format.day(waiting.firstPromisedOn) })}</span>}
        {waiting.purchaseNumber ? (
          <Link href={`/purchase-orders/${waiting.purchaseNumber}`}>
            {t('orders.waits.with', { number: waiting.purchaseNumber })}
          </Link>
        ) : (
          <span className={classes.dim}>{t('backorders.byPolicy')}</span>
        )}
        {moved && (
          <Badge tone={agreed ? 'done' : waiting.toldAt ? 'moving' : 'attention'} icon={agreed ? IconCheck : IconMail}>
            {t(`orders.waits.${told}`)}
          </Badge>
        )}
      </div>
    </li>
  );
}

const unitsOf = ({ fromUnit, toUnit }: { readonly fromUnit: number; readonly toUnit: number }) => ({
  ...{ count: toUnit - fromUnit + 1, from: fromUnit, to: toUnit },
});

function Item({ line, waiting, currency }: { line: LineView; waiting: readonly WaitingSpan[]; currency: string }) {
  const { t } = useMessages();
  return (
    <div className={classes.item}>
      <div className={classes.itemName}>
        {line.skuCode && line.skuId ? (
          <Link href={`/products/${encodeURIComponent(line.skuCode)}`} className="wb-mono">
            {line.skuCode}
          </Link>
        ) : (
          <span className={classes.dim}>{line.skuCode ?? t(`orders.lineKind.${line.kind}`)}</span>
        )}
        <span>{line.name}</span>
        {line.replacesShipmentNumber && (
          <Badge tone="returned" icon={IconPackageExport}>
            {t('orders.replaces', { shipment: line.replacesShipmentNumber })}
          </Badge>
        )}
      </div>
      <ul className={classes.spans}>
        {line.spans.map((span) => (
          <Span key={span.fromUnit} span={span} currency={currency} merchantShips={line.stocked} />
        ))}
      </ul>
      {waiting.length > 0 && (
        <ul className={classes.spans} aria-label={t('orders.waits.title')}>
          {waiting.map((one) => (
            <Promised key={one.fromUnit} waiting={one} alone={waiting.length === 1} />
          ))}
        </ul>
      )}
    </div>
  );
}

/** The order's lines; under each the spans of its units, with what they are worth by their frozen shares. */
export function OrderLines(props: {
  readonly lines: readonly LineView[];
  readonly waiting: readonly WaitingSpan[];
  readonly currency: string;
}) {
  const { lines, currency } = props;
  const waiting = Map.groupBy(props.waiting, (one) => one.lineId);
  const { t } = useMessages();
  const format = useFormat();
  const sum = (of: (line: LineView) => bigint) => lines.reduce((total, line) => total + of(line), 0n);
  const money = (key: string, header: string, of: (line: LineView) => bigint): Column<LineView> => ({
    key,
    header,
    right: true,
    wideOnly: key !== 'total',
    cell: (line) => <Money amountMinor={of(line)} currency={currency} />,
    footer: <Money amountMinor={sum(of)} currency={currency} />,
  });
  const columns: Column<LineView>[] = [
    {
      key: 'item',
      header: t('orders.item'),
      cell: (line) => <Item line={line} waiting={waiting.get(line.id) ?? []} currency={currency} />,
      footer: t('orders.total'),
    },
    { key: 'quantity', header: t('orders.quantity'), right: true, cell: (line) => <Quantity value={line.quantity} /> },
    {
      key: 'price',
      header: t('orders.unitPrice'),
      right: true,
      wideOnly: true,
      cell: (line) => <span className="wb-number">{format.price(line.unitPrice, currency)}</span>,
    },
    ...(sum((line) => line.discountMinor) > 0n ? [money('discount', t('orders.discount'), (line) => -line.discountMinor)] : []),
    ...(sum((line) => line.taxMinor) > 0n ? [money('tax', t('orders.tax'), (line) => line.taxMinor)] : []),
    money('total', t('orders.total'), (line) => line.totalMinor),
  ];
  return (
    <Section title={t('orders.lines')} count={lines.length}>
      <DataTable
        embedded
        label={t('orders.lines')}
        columns={columns}
        rows={lines}
        rowKey={(line) => line.id}
        rowLabel={(line) => line.skuCode ?? line.name}
      />
    </Section>
  );
}
