'use client';
import { IconPackageExport } from '@tabler/icons-react';
import Link from 'next/link';
import type { LineView, SpanView } from '../../server/views/order-lines.ts';
import { Badge, StatusBadge } from '../ui/badge.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { Section } from '../ui/detail-layout.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { Money, Quantity } from '../ui/money.tsx';
import classes from './order-page.module.css';

function Span({ span, currency, merchantShips }: { span: SpanView; currency: string; merchantShips: boolean }) {
  const { t } = useMessages();
  const units = span.toUnit - span.fromUnit + 1;
  return (
    <li className={classes.span}>
      <span className={classes.spanUnits}>{t('orders.spanUnits', { count: units, from: span.fromUnit, to: span.toUnit })}</span>
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

function Item({ line, currency }: { line: LineView; currency: string }) {
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
    </div>
  );
}

/** The order's lines; under each the spans of its units, with what they are worth by their frozen shares. */
export function OrderLines({ lines, currency }: { lines: readonly LineView[]; currency: string }) {
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
      cell: (line) => <Item line={line} currency={currency} />,
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
