'use client';
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import type { InboundRow } from '../../server/views/inbound.ts';
import { useLive } from '../live.tsx';
import { shownError, useTRPC } from '../trpc.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { Section } from '../ui/detail-layout.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { Quantity } from '../ui/money.tsx';
import { EmptyState, Loaded } from '../ui/states.tsx';

export const inboundHref = (row: InboundRow): string =>
  `/${row.kind === 'transfer' ? 'transfers' : 'purchase-orders'}/${encodeURIComponent(row.number)}`;

/** What is on its way of a SKU. */
export function useInbound(skuId: string) {
  const trpc = useTRPC();
  const query = useQuery(trpc.stock.inbound.queryOptions({ skuId }));
  useLive(['purchase_order', 'transfer'], { queryKeys: [trpc.stock.inbound.queryKey({ skuId })] });
  return query;
}

/** What is on its way, by the day it is expected. */
export function StockInbound({ skuId }: { skuId: string }) {
  const { t } = useMessages();
  const format = useFormat();
  const query = useInbound(skuId);
  const columns: Column<InboundRow>[] = [
    { key: 'number', header: t('stock.inbound.paper'), cell: (row) => <Link href={inboundHref(row)}>{row.number}</Link> },
    { key: 'to', header: t('stock.inbound.to'), fluid: true, cell: (row) => `${row.nodeCode} ← ${row.from}` },
    {
      key: 'on',
      header: t('stock.inbound.on'),
      cell: (row) =>
        row.expectedOn ? format.day(row.expectedOn) : t(row.kind === 'transfer' ? 'stock.inbound.moving' : 'ui.unknown'),
    },
    { key: 'units', header: t('stock.inbound.units'), right: true, cell: (row) => <Quantity value={row.units} /> },
  ];
  const label = t('stock.inbound.title');
  return (
    <Section title={label} count={query.data?.length}>
      <Loaded data={query.data} error={shownError(query.error)} onRetry={() => void query.refetch()}>
        {(rows) =>
          rows.length === 0 ? (
            <EmptyState compact title={label} reason={t('stock.inbound.none')} />
          ) : (
            <DataTable
              embedded
              compact
              label={label}
              columns={columns}
              rows={rows}
              rowKey={(row) => `${row.number}:${row.expectedOn}:${row.units}`}
              rowLabel={(row) => row.number}
            />
          )
        }
      </Loaded>
    </Section>
  );
}
