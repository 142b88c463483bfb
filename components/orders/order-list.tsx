'use client';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { FULFILMENT_STATUSES, HOLDS, ORDER_STATUSES, PAYMENT_STATUSES } from '../../server/kernel/vocabulary.ts';
import type { OrderRow, OrderSort, OrderView } from '../../server/views/orders.ts';
import { NewOrderButton } from '../drafts/draft-list.tsx';
import { listProps, oneOf, someOf } from '../list-page.ts';
import { useLive } from '../live.tsx';
import { usePowers } from '../powers.ts';
import { useStatusOptions } from '../status-options.ts';
import { useTRPC } from '../trpc.tsx';
import { BadgeGroup, StatusBadge } from '../ui/badge.tsx';
import { DataList } from '../ui/data-list.tsx';
import type { Column } from '../ui/data-table.tsx';
import type { ListFilter } from '../ui/list-toolbar.tsx';
import { type ListUrl, useListUrl } from '../ui/list-url.ts';
import { useMessages, usePreferences } from '../ui/locale.tsx';
import { Money, Quantity } from '../ui/money.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { BulkActions } from './bulk-actions.tsx';
import { CancellingBadge } from './undo-bars.tsx';

const VIEWS = [
  'all',
  'pending',
  'to_ship',
  'held',
  'in_doubt',
  'fulfilled',
  'cancelled',
  'refunded',
] as const satisfies readonly OrderView[];
const SORTS = ['-placed_at', 'placed_at', '-total', 'total'] as const satisfies readonly OrderSort[];
const FILTERS = [
  'view',
  'status',
  'payment',
  'fulfilment',
  'hold',
  'channel',
  'merchant',
  'tag',
  'within',
  'day',
  'from',
] as const;
const WITHIN_DAYS = ['1', '7', '30', '90'] as const;
type Url = ListUrl<(typeof FILTERS)[number]>;

const DAY_MS = 86_400_000;
/** A range that starts at a full minute keeps its query, so that typing does not read the list anew. */
const RANGE_STEP_MS = 60_000;

/** A calendar day from the address, where it is one: addresses can be typed. */
function zonedDay(day: string | undefined, timeZone: string) {
  return day && /^\d{4}-\d\d-\d\d$/.test(day) ? { day, timeZone } : undefined;
}

function useOrderQuery(url: Url) {
  const trpc = useTRPC();
  const { filters } = url;
  const { timeZone } = usePreferences();
  const day = filters.day.at(-1);
  const days = oneOf(WITHIN_DAYS, filters.within.at(-1));
  const placedFrom = useMemo(
    () => (days ? new Date(Math.floor(Date.now() / RANGE_STEP_MS) * RANGE_STEP_MS - Number(days) * DAY_MS) : undefined),
    [days],
  );
  const input = {
    view: oneOf(VIEWS, filters.view[0]),
    status: someOf(ORDER_STATUSES, filters.status),
    paymentStatus: someOf(PAYMENT_STATUSES, filters.payment),
    fulfilmentStatus: someOf(FULFILMENT_STATUSES, filters.fulfilment),
    holds: someOf(HOLDS, filters.hold),
    channel: filters.channel.at(-1),
    merchantId: filters.merchant.at(-1),
    tag: filters.tag.at(-1),
    placedFrom,
    placedOn: zonedDay(day, timeZone),
    placedSince: zonedDay(filters.from.at(-1), timeZone),
    q: url.q || undefined,
    sort: oneOf(SORTS, url.sort),
    after: url.after ?? undefined,
  };
  return useQuery({ ...trpc.orders.list.queryOptions(input), placeholderData: keepPreviousData });
}

function useOrderColumns(showMerchant: boolean): Column<OrderRow>[] {
  const { t } = useMessages();
  const merchant: Column<OrderRow> = { key: 'merchant', header: t('orders.merchant'), cell: (o) => o.merchantName };
  return [
    { key: 'number', header: t('orders.number'), cell: (o) => o.number, card: 'title' },
    { key: 'placed', header: t('orders.placed'), sort: 'placed_at', cell: (o) => <TimeAgo at={o.placedAt} />, card: 'endSub' },
    { key: 'customer', header: t('orders.customer'), cell: (o) => o.customerName ?? o.email ?? t('orders.guest'), card: 'sub' },
    ...(showMerchant ? [merchant] : []),
    {
      key: 'status',
      header: t('orders.status'),
      card: 'sub',
      cell: (o) => (
        <BadgeGroup>
          <StatusBadge kind="order" value={o.status} />
          {o.cancellingUntil && <CancellingBadge orderId={o.id} />}
          {o.holds.map((hold) => (
            <StatusBadge key={hold} kind="hold" value={hold} />
          ))}
        </BadgeGroup>
      ),
    },
    { key: 'payment', header: t('orders.payment'), cell: (o) => <StatusBadge kind="payment" value={o.paymentStatus} /> },
    {
      key: 'fulfilment',
      header: t('orders.fulfilment'),
      cell: (o) => <StatusBadge kind="fulfilment" value={o.fulfilmentStatus} />,
    },
    { key: 'units', header: t('orders.units'), right: true, cell: (o) => <Quantity value={o.units} /> },
    {
      key: 'total',
      header: t('orders.total'),
      right: true,
      sort: 'total',
      card: 'end',
      cell: (o) => <Money amountMinor={o.totalMinor} currency={o.currency} />,
    },
  ];
}

function useOrderFilters(
  url: Url,
  facets: { channels: string[]; merchants: { id: string; name: string }[] } | undefined,
): ListFilter[] {
  const { t } = useMessages();
  const filter = (key: keyof Url['filters'], label: string, options: ListFilter['options']): ListFilter => ({
    key,
    label,
    options,
    values: url.filters[key],
    onChange: (values) => url.setFilter(key, values),
  });
  /** One value at a time: the last one ticked. */
  const single = (key: keyof Url['filters'], label: string, options: ListFilter['options']): ListFilter => ({
    ...filter(key, label, options),
    onChange: (values) => url.setFilter(key, values.slice(-1)),
  });
  const status = useStatusOptions('order', ORDER_STATUSES);
  const payment = useStatusOptions('payment', PAYMENT_STATUSES);
  const fulfilment = useStatusOptions('fulfilment', FULFILMENT_STATUSES);
  const hold = useStatusOptions('hold', HOLDS);
  const channels = (facets?.channels ?? []).map((value) => ({ value, label: value }));
  const merchants = (facets?.merchants ?? []).map(({ id, name }) => ({ value: id, label: name }));
  const tags = url.filters.tag.map((value) => ({ value, label: value }));
  const days = url.filters.day.map((value) => ({ value, label: value }));
  const from = url.filters.from.map((value) => ({ value, label: value }));
  return [
    filter('status', t('orders.status'), status),
    filter('payment', t('orders.payment'), payment),
    filter('fulfilment', t('orders.fulfilment'), fulfilment),
    filter('hold', t('orders.hold'), hold),
    single(
      'within',
      t('orders.placedWithin'),
      WITHIN_DAYS.map((value) => ({ value, label: t(`orders.within.${value}`) })),
    ),
    ...(channels.length > 1 || url.filters.channel.length > 0 ? [single('channel', t('orders.channel'), channels)] : []),
    ...(merchants.length > 1 ? [single('merchant', t('orders.merchant'), merchants)] : []),
    ...(days.length > 0 ? [single('day', t('orders.placed'), days)] : []),
    ...(from.length > 0 ? [single('from', t('orders.placedFrom'), from)] : []),
    ...(tags.length > 0 ? [single('tag', t('orders.tag'), tags)] : []),
  ];
}

/** All orders the reader may see: views, search, filters, live. */
export function OrderList() {
  const { t } = useMessages();
  const trpc = useTRPC();
  const url = useListUrl({ filters: FILTERS, defaultSort: '-placed_at' });
  const list = useOrderQuery(url);
  const counts = useQuery(trpc.orders.counts.queryOptions());
  const facets = useQuery(trpc.orders.facets.queryOptions());
  useLive(['order'], { queryKeys: [trpc.orders.list.queryKey(), trpc.orders.counts.queryKey()] });
  const columns = useOrderColumns((facets.data?.merchants.length ?? 0) > 1);
  const filters = useOrderFilters(url, facets.data);
  const current = oneOf(VIEWS, url.filters.view[0]) ?? 'all';
  const powers = usePowers();
  const bulk =
    powers.may('orders.tag') || powers.may('orders.hold')
      ? (selected: readonly OrderRow[], clear: () => void) => <BulkActions selected={selected} onDone={clear} />
      : undefined;
  return (
    <DataList
      {...listProps(list, url)}
      header={
        <PageHeader
          title={t('orders.title')}
          count={counts.data?.all}
          primary={powers.may('drafts.create') ? <NewOrderButton /> : undefined}
        />
      }
      label={t('orders.title')}
      columns={columns}
      rowKey={(o) => o.id}
      rowLabel={(o) => o.number}
      rowHref={(o) => `/orders/${encodeURIComponent(o.number)}`}
      sort={url.sort}
      onSort={url.setSort}
      views={VIEWS.map((view) => ({
        key: view,
        label: t(`orders.views.${view}`),
        active: view === current,
        count: view === 'all' ? undefined : counts.data?.[view],
        onSelect: () => url.setFilters(view === 'all' ? {} : { view: [view] }),
      }))}
      search={{ value: url.q, label: t('orders.search'), onChange: url.setQ }}
      filters={filters}
      bulk={bulk}
      empty={{ title: t('orders.emptyTitle'), reason: t('orders.empty') }}
    />
  );
}
