'use client';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { BackorderRow } from '../../server/views/backorders.ts';
import { listProps, oneOf } from '../list-page.ts';
import { useLive } from '../live.tsx';
import { useTRPC } from '../trpc.tsx';
import { DataList } from '../ui/data-list.tsx';
import type { Column } from '../ui/data-table.tsx';
import { useListUrl } from '../ui/list-url.ts';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { Quantity } from '../ui/money.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';

const FILTERS = ['view'] as const;
const VIEWS = ['all', 'overdue', 'backorder', 'preorder'] as const;

function useColumns(): Column<BackorderRow>[] {
  const { t } = useMessages();
  const format = useFormat();
  return [
    {
      key: 'order',
      header: t('backorders.order'),
      cell: (row) => <span className="wb-mono">{row.orderNumber}</span>,
      card: 'title',
    },
    { key: 'sku', header: t('stock.sku'), cell: (row) => <span className="wb-mono">{row.skuCode}</span>, card: 'sub' },
    { key: 'customer', header: t('backorders.customer'), cell: (row) => row.customerName ?? t('ui.unknown') },
    { key: 'units', header: t('backorders.units'), right: true, cell: (row) => <Quantity value={row.units} />, card: 'end' },
    { key: 'kind', header: t('backorders.kind'), cell: (row) => t(`backorders.kinds.${row.kind}`) },
    {
      key: 'promised',
      header: t('backorders.promised'),
      card: 'endSub',
      cell: (row) => (row.overdue ? t('backorders.overdue', { day: format.day(row.promisedOn) }) : format.day(row.promisedOn)),
    },
    {
      key: 'first',
      header: t('backorders.first'),
      cell: (row) => (row.firstPromisedOn === row.promisedOn ? t('backorders.unmoved') : format.day(row.firstPromisedOn)),
    },
    { key: 'inbound', header: t('backorders.inbound'), cell: (row) => row.purchaseNumber ?? t('backorders.byPolicy') },
    { key: 'since', header: t('backorders.since'), cell: (row) => <TimeAgo at={row.since} /> },
  ];
}

function useSummary(): string | undefined {
  const { t } = useMessages();
  const trpc = useTRPC();
  const skus = useQuery(trpc.backorders.bySku.queryOptions());
  if (!skus.data || skus.data.length === 0) return undefined;
  return skus.data
    .slice(0, 3)
    .map(({ skuCode: sku, units, inbound }) => t('backorders.bySku', { sku, units, inbound }))
    .join(' · ');
}

/** Units that were sold before they were here, the earliest promise first. */
export function BackorderList() {
  const { t } = useMessages();
  const trpc = useTRPC();
  const url = useListUrl({ filters: FILTERS, defaultSort: '' });
  const view = oneOf(VIEWS, url.filters.view[0]) ?? 'all';
  const kind = view === 'backorder' || view === 'preorder' ? view : undefined;
  const input = { q: url.q || undefined, kind, overdue: view === 'overdue' || undefined, after: url.after ?? undefined };
  const list = useQuery({ ...trpc.backorders.list.queryOptions(input), placeholderData: keepPreviousData });
  useLive(['order', 'sku'], { queryKeys: [trpc.backorders.list.queryKey(), trpc.backorders.bySku.queryKey()] });
  return (
    <DataList
      {...listProps(list, url)}
      header={<PageHeader title={t('backorders.title')} sub={useSummary()} />}
      label={t('backorders.title')}
      columns={useColumns()}
      rowKey={(row) => row.id}
      rowLabel={(row) => `${row.orderNumber} ${row.skuCode}`}
      rowHref={(row) => `/orders/${row.orderNumber}`}
      search={{ value: url.q, label: t('backorders.search'), onChange: url.setQ }}
      views={VIEWS.map((one) => ({
        key: one,
        label: t(`backorders.views.${one}`),
        active: one === view,
        onSelect: () => url.setFilters(one === 'all' ? {} : { view: [one] }),
      }))}
      empty={{ title: t('backorders.emptyTitle'), reason: t('backorders.empty') }}
    />
  );
}
