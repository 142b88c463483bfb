'use client';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { ShipmentStatus } from '../../server/kernel/vocabulary.ts';
import type { ShipmentRow } from '../../server/views/shipments.ts';
import { listProps, oneOf } from '../list-page.ts';
import { useLive } from '../live.tsx';
import { useTRPC } from '../trpc.tsx';
import { StatusBadge } from '../ui/badge.tsx';
import { DataList } from '../ui/data-list.tsx';
import type { Column } from '../ui/data-table.tsx';
import { useListUrl } from '../ui/list-url.ts';
import { useMessages } from '../ui/locale.tsx';
import { Money } from '../ui/money.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';

const FILTERS = ['view'] as const;
const VIEWS = ['all', 'open', 'moving', 'trouble', 'delivered'] as const;
const STATUSES_OF = {
  all: undefined,
  open: ['PENDING', 'LABELLED'],
  moving: ['SHIPPED', 'IN_TRANSIT'],
  trouble: ['EXCEPTION', 'LOST', 'DAMAGED', 'RETURNING', 'RETURNED'],
  delivered: ['DELIVERED'],
} as const satisfies Record<(typeof VIEWS)[number], readonly ShipmentStatus[] | undefined>;

function useColumns(): Column<ShipmentRow>[] {
  const { t, word } = useMessages();
  return [
    { key: 'number', header: t('shipments.number'), cell: (s) => s.number, card: 'title' },
    { key: 'order', header: t('shipments.order'), cell: (s) => s.orderNumber, card: 'end' },
    { key: 'customer', header: t('orders.customer'), cell: (s) => s.customerName ?? t('ui.unknown') },
    { key: 'status', header: t('shipments.status'), cell: (s) => <StatusBadge kind="shipment" value={s.status} />, card: 'sub' },
    { key: 'node', header: t('shipments.node'), cell: (s) => s.nodeCode ?? t('orders.noParcel') },
    {
      key: 'carrier',
      header: t('orders.carrier'),
      cell: (s) => (s.carrier ? word('shipments.carriers', s.carrier) : t('ui.unknown')),
    },
    {
      key: 'tracking',
      header: t('orders.trackingNumber'),
      cell: (s) => <span className="wb-mono">{s.trackingNumber ?? t('ui.unknown')}</span>,
    },
    { key: 'created', header: t('shipments.created'), cell: (s) => <TimeAgo at={s.createdAt} />, card: 'endSub' },
    {
      key: 'value',
      header: t('orders.value'),
      right: true,
      cell: (s) => <Money amountMinor={s.valueMinor} currency={s.currency} />,
    },
  ];
}

/** All shipments, newest first. */
export function ShipmentList() {
  const { t } = useMessages();
  const trpc = useTRPC();
  const url = useListUrl({ filters: FILTERS, defaultSort: '' });
  const current = oneOf(VIEWS, url.filters.view[0]) ?? 'all';
  const statuses: readonly ShipmentStatus[] | undefined = STATUSES_OF[current];
  const input = { status: statuses && [...statuses], after: url.after ?? undefined };
  const list = useQuery({ ...trpc.shipments.list.queryOptions(input), placeholderData: keepPreviousData });
  useLive(['order'], { queryKeys: [trpc.shipments.list.queryKey()] });
  return (
    <DataList
      {...listProps(list, url)}
      header={<PageHeader title={t('shipments.title')} />}
      label={t('shipments.title')}
      columns={useColumns()}
      rowKey={(s) => s.id}
      rowLabel={(s) => s.number}
      rowHref={(s) => `/shipments/${s.number}`}
      views={VIEWS.map((view) => ({
        key: view,
        label: t(`shipments.views.${view}`),
        active: view === current,
        onSelect: () => url.setFilters(view === 'all' ? {} : { view: [view] }),
      }))}
      empty={{ title: t('shipments.emptyTitle'), reason: t('shipments.empty') }}
    />
  );
}
