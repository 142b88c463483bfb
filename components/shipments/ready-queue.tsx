'use client';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { ReadyRow } from '../../server/views/shipments.ts';
import { listProps } from '../list-page.ts';
import { useLive } from '../live.tsx';
import { useTRPC } from '../trpc.tsx';
import { DataList } from '../ui/data-list.tsx';
import type { Column } from '../ui/data-table.tsx';
import { useListUrl } from '../ui/list-url.ts';
import { useMessages } from '../ui/locale.tsx';
import { Quantity } from '../ui/money.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';

const FILTERS = ['view'] as const;

function useColumns(): Column<ReadyRow>[] {
  const { t } = useMessages();
  return [
    { key: 'number', header: t('shipments.order'), cell: (row) => row.number, card: 'title' },
    { key: 'node', header: t('shipments.node'), cell: (row) => row.nodeCode, card: 'end' },
    { key: 'customer', header: t('orders.customer'), cell: (row) => row.customerName ?? t('ui.unknown'), card: 'sub' },
    { key: 'country', header: t('shipments.country'), cell: (row) => row.country ?? t('ui.unknown') },
    { key: 'merchant', header: t('orders.merchant'), cell: (row) => row.merchantName },
    { key: 'placed', header: t('shipments.waiting'), cell: (row) => <TimeAgo at={row.placedAt} />, card: 'endSub' },
    { key: 'lines', header: t('shipments.lines'), right: true, cell: (row) => <Quantity value={row.lines} /> },
    { key: 'units', header: t('orders.units'), right: true, cell: (row) => <Quantity value={row.units} /> },
  ];
}

/** What the warehouse ships next: allocated orders by node, oldest first. */
export function ReadyQueue() {
  const { t } = useMessages();
  const trpc = useTRPC();
  const url = useListUrl({ filters: FILTERS, defaultSort: '' });
  const nodes = useQuery(trpc.shipments.nodes.queryOptions());
  const current = nodes.data?.find((node) => node.code === url.filters.view[0]);
  const input = { nodeId: current?.nodeId, after: url.after ?? undefined };
  const list = useQuery({ ...trpc.shipments.ready.queryOptions(input), placeholderData: keepPreviousData });
  useLive(['order'], { queryKeys: [trpc.shipments.ready.queryKey(), trpc.shipments.nodes.queryKey()] });
  const all = { key: '', label: t('shipments.allNodes'), active: current === undefined, onSelect: () => url.setFilters({}) };
  return (
    <DataList
      {...listProps(list, url)}
      header={<PageHeader title={t('shipments.queue')} />}
      label={t('shipments.queue')}
      columns={useColumns()}
      rowKey={(row) => row.orderId + row.nodeId}
      rowLabel={(row) => row.number}
      rowHref={(row) => `/orders/${row.number}`}
      views={[
        all,
        ...(nodes.data ?? []).map((node) => ({
          key: node.code,
          label: node.name,
          count: node.orders,
          active: node === current,
          onSelect: () => url.setFilters({ view: [node.code] }),
        })),
      ]}
      empty={{ title: t('shipments.queueEmptyTitle'), reason: t('shipments.queueEmpty') }}
    />
  );
}
