'use client';
import { Button } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ExpiringLotRow, LowStockRow } from '../../server/views/stock-alerts.ts';
import { listProps, oneOf } from '../list-page.ts';
import { useLive } from '../live.tsx';
import { usePowers } from '../powers.ts';
import { useTRPC } from '../trpc.tsx';
import { DataList } from '../ui/data-list.tsx';
import type { Column } from '../ui/data-table.tsx';
import { type ListUrl, useListUrl } from '../ui/list-url.ts';
import { useMessages } from '../ui/locale.tsx';
import { Quantity } from '../ui/money.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { OrderMoreDialog } from './order-more-dialog.tsx';

const FILTERS = ['view'] as const;
const VIEWS = ['low', 'expiring', 'past'] as const;
type View = (typeof VIEWS)[number];
type Url = ListUrl<(typeof FILTERS)[number]>;

const hrefOf = (row: { code: string; merchantId: string }) => `/stock/${encodeURIComponent(row.code)}?merchant=${row.merchantId}`;

function useViews(url: Url, current: View) {
  const { t } = useMessages();
  return VIEWS.map((view) => ({
    key: view,
    label: t(`stockIo.low.views.${view}`),
    active: view === current,
    onSelect: () => url.setFilters(view === 'low' ? {} : { view: [view] }),
  }));
}

function useAlertColumns(past: boolean): Column<LowStockRow>[] {
  const { t } = useMessages();
  const figure = (key: 'available' | 'inbound' | 'drafted' | 'point' | 'toOrder', card?: 'end'): Column<LowStockRow> => ({
    key,
    header: t(`stockIo.low.${key}`),
    right: true,
    card,
    cell: (row) => <Quantity value={row[key]} />,
  });
  return [
    { key: 'sku', header: t('stockIo.low.sku'), cell: (row) => <span className="wb-mono">{row.code}</span>, card: 'title' },
    { key: 'name', header: t('stockIo.low.name'), cell: (row) => row.name, card: 'sub' },
    { key: 'merchant', header: t('stockIo.low.merchant'), cell: (row) => row.merchantName },
    { key: 'where', header: t('stockIo.low.where'), cell: (row) => row.nodeCode ?? t('stockIo.low.allNodes'), card: 'endSub' },
    figure('point'),
    figure('available', 'end'),
    figure('inbound'),
    figure('drafted'),
    figure('toOrder'),
    { key: 'opened', header: t('stockIo.low.opened'), cell: (row) => <TimeAgo at={row.openedAt} /> },
    ...(past
      ? [
          {
            key: 'closed',
            header: t('stockIo.low.closed'),
            cell: (row: LowStockRow) => (row.closedAt ? <TimeAgo at={row.closedAt} /> : t('ui.unknown')),
          },
        ]
      : []),
  ];
}

function Alerts({ url, view }: { url: Url; view: 'low' | 'past' }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const powers = usePowers();
  const [ordering, setOrdering] = useState<readonly LowStockRow[]>([]);
  const input = { q: url.q || undefined, closed: view === 'past' || undefined, after: url.after ?? undefined };
  const list = useQuery({ ...trpc.replenishment.alerts.queryOptions(input), placeholderData: keepPreviousData });
  useLive(['sku', 'purchase_order'], { queryKeys: [trpc.replenishment.alerts.queryKey()] });
  const may = powers.may('purchaseOrders.create') && view === 'low';
  return (
    <>
      <DataList
        {...listProps(list, url)}
        header={<PageHeader title={t('stockIo.low.title')} />}
        label={t('stockIo.low.title')}
        columns={useAlertColumns(view === 'past')}
        rowKey={(row) => row.id}
        rowLabel={(row) => row.code}
        rowHref={hrefOf}
        search={{ value: url.q, label: t('stockIo.low.search'), onChange: url.setQ }}
        views={useViews(url, view)}
        bulk={
          may
            ? (rows) => (
                <Button size="xs" onClick={() => setOrdering(rows)}>
                  {t('stockIo.low.orderMore')}
                </Button>
              )
            : undefined
        }
        empty={{ title: t('stockIo.low.emptyTitle'), reason: t('stockIo.low.empty') }}
      />
      {ordering.length > 0 && <OrderMoreDialog alerts={ordering} onClose={() => setOrdering([])} />}
    </>
  );
}

function Expiring({ url }: { url: Url }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const list = useQuery({
    ...trpc.replenishment.expiring.queryOptions({ after: url.after ?? undefined }),
    placeholderData: keepPreviousData,
  });
  useLive(['sku'], { queryKeys: [trpc.replenishment.expiring.queryKey()] });
  const columns: Column<ExpiringLotRow>[] = [
    { key: 'sku', header: t('stockIo.low.sku'), cell: (row) => <span className="wb-mono">{row.code}</span>, card: 'title' },
    { key: 'name', header: t('stockIo.low.name'), cell: (row) => row.name, card: 'sub' },
    { key: 'merchant', header: t('stockIo.low.merchant'), cell: (row) => row.merchantName },
    { key: 'where', header: t('stockIo.low.where'), cell: (row) => row.nodeCode },
    { key: 'lot', header: t('stockIo.low.lot'), cell: (row) => <span className="wb-mono">{row.lot || t('ui.unknown')}</span> },
    { key: 'expires', header: t('stockIo.low.expires'), cell: (row) => row.expiresOn, card: 'endSub' },
    {
      key: 'days',
      header: t('stockIo.low.daysLeft'),
      right: true,
      cell: (row) => <Quantity value={row.daysLeft} />,
      card: 'end',
    },
    { key: 'onHand', header: t('stockIo.low.onHand'), right: true, cell: (row) => <Quantity value={row.onHand} /> },
  ];
  return (
    <DataList
      {...listProps(list, url)}
      header={<PageHeader title={t('stockIo.low.title')} />}
      label={t('stockIo.low.views.expiring')}
      columns={columns}
      rowKey={(row) => row.id}
      rowLabel={(row) => `${row.code} ${row.lot}`}
      rowHref={hrefOf}
      views={useViews(url, 'expiring')}
      empty={{ title: t('stockIo.low.noExpiring'), reason: t('stockIo.low.noExpiringWhy') }}
    />
  );
}

/** What runs low and what expires soon. */
export function LowStockPage() {
  const url = useListUrl({ filters: FILTERS, defaultSort: '' });
  const view = oneOf(VIEWS, url.filters.view[0]) ?? 'low';
  return view === 'expiring' ? <Expiring url={url} /> : <Alerts key={view} url={url} view={view} />;
}
