'use client';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { MyOrderRow } from '../../server/views/my-orders.ts';
import { listProps } from '../list-page.ts';
import { useLive } from '../live.tsx';
import { useTRPC } from '../trpc.tsx';
import { StatusBadge } from '../ui/badge.tsx';
import { DataList } from '../ui/data-list.tsx';
import type { Column } from '../ui/data-table.tsx';
import { useListUrl } from '../ui/list-url.ts';
import { useMessages } from '../ui/locale.tsx';
import { Money, Quantity } from '../ui/money.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';

const FILTERS = [] as const;

function useColumns(): Column<MyOrderRow>[] {
  const { t } = useMessages();
  return [
    { key: 'number', header: t('orders.number'), cell: (row) => row.number, card: 'title' },
    { key: 'placed', header: t('track.placed'), cell: (row) => <TimeAgo at={row.placedAt} />, card: 'endSub' },
    { key: 'merchant', header: t('orders.merchant'), cell: (row) => row.merchantName },
    { key: 'status', header: t('track.status'), cell: (row) => <StatusBadge kind="order" value={row.status} />, card: 'sub' },
    { key: 'units', header: t('track.units'), right: true, cell: (row) => <Quantity value={row.units} /> },
    {
      key: 'total',
      header: t('track.total'),
      right: true,
      card: 'end',
      cell: (row) => <Money amountMinor={row.totalMinor} currency={row.currency} withCode />,
    },
  ];
}

/** The signed-in customer's orders, newest first. */
export function MyOrderList() {
  const { t } = useMessages();
  const trpc = useTRPC();
  const url = useListUrl({ filters: FILTERS, defaultSort: '' });
  const list = useQuery({
    ...trpc.myOrders.list.queryOptions({ after: url.after ?? undefined }),
    placeholderData: keepPreviousData,
  });
  useLive(['order'], { queryKeys: [trpc.myOrders.list.queryKey()] });
  return (
    <DataList
      {...listProps(list, url)}
      header={<PageHeader title={t('track.myOrders')} />}
      label={t('track.myOrders')}
      columns={useColumns()}
      rowKey={(row) => row.number}
      rowLabel={(row) => row.number}
      rowHref={(row) => `/account/orders/${row.number}`}
      empty={{ title: t('track.emptyTitle'), reason: t('track.empty') }}
    />
  );
}
