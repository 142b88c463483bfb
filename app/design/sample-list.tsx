'use client';
import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useSearchParams } from 'next/navigation';
import { StatusBadge } from '../../components/ui/badge.tsx';
import { DataList } from '../../components/ui/data-list.tsx';
import type { Column } from '../../components/ui/data-table.tsx';
import { useListUrl } from '../../components/ui/list-url.ts';
import { Money } from '../../components/ui/money.tsx';
import { PageHeader } from '../../components/ui/page-header.tsx';
import { TimeAgo } from '../../components/ui/time-ago.tsx';
import { SAMPLE_ORDERS, type SampleOrder } from './sample.ts';

const COLUMNS: readonly Column<SampleOrder>[] = [
  { key: 'number', header: 'Order', cell: (order) => order.number, card: 'title' },
  { key: 'customer', header: 'Customer', cell: (order) => order.customer, card: 'sub' },
  { key: 'status', header: 'Status', cell: (order) => <StatusBadge kind="order" value={order.status} />, card: 'end' },
  { key: 'payment', header: 'Payment', cell: (order) => <StatusBadge kind="payment" value={order.payment} /> },
  { key: 'fulfilment', header: 'Fulfilment', cell: (order) => <StatusBadge kind="fulfilment" value={order.fulfilment} /> },
  { key: 'placed', header: 'Placed', sort: 'placed_at', cell: (order) => <TimeAgo at={order.placedAt} /> },
  {
    key: 'total',
    header: 'Total',
    sort: 'total',
    right: true,
    cell: (order) => <Money amountMinor={order.totalMinor} currency={order.currency} />,
    card: 'endSub',
  },
];
const FILTERS = ['status', 'payment'] as const;
const STATUS_OPTIONS = [
  { value: 'PENDING', label: 'Pending' },
  { value: 'CONFIRMED', label: 'Confirmed' },
  { value: 'FULFILLED', label: 'Fulfilled' },
];
const PAYMENT_OPTIONS = [
  { value: 'CAPTURED', label: 'Captured' },
  { value: 'IN_DOUBT', label: 'In doubt' },
];

/** The list page; ?state=loading | error | empty | nomatch shows its other faces. */
export function SampleList() {
  const state = useSearchParams().get('state') ?? 'rows';
  const url = useListUrl({ filters: FILTERS, defaultSort: '-placed_at' });
  const rows = SAMPLE_ORDERS.filter(
    (order) =>
      order.number.toLowerCase().includes(url.q.toLowerCase()) &&
      (url.filters.status.length === 0 || url.filters.status.includes(order.status)) &&
      (url.filters.payment.length === 0 || url.filters.payment.includes(order.payment)),
  );
  const shown = state === 'loading' || state === 'error' ? undefined : state === 'rows' ? rows : [];
  return (
    <DataList
      header={
        <PageHeader
          title="Orders"
          count={1_204}
          primary={<Button leftSection={<IconPlus size={16} aria-hidden />}>New order</Button>}
          menu={[{ label: 'Export as CSV', onClick: () => undefined }]}
        />
      }
      label="Orders"
      columns={COLUMNS}
      rows={shown}
      rowKey={(order) => order.id}
      rowLabel={(order) => order.number}
      rowHref={() => '/design?show=detail'}
      sort={url.sort}
      onSort={url.setSort}
      views={[
        { key: 'all', label: 'All', active: !url.isFiltered, onSelect: url.clear },
        {
          key: 'open',
          label: 'To confirm',
          count: 14,
          active: url.filters.status.join() === 'PENDING',
          onSelect: () => url.setFilters({ status: ['PENDING'] }),
        },
        {
          key: 'doubt',
          label: 'In doubt',
          count: 120,
          active: url.filters.payment.join() === 'IN_DOUBT',
          onSelect: () => url.setFilters({ payment: ['IN_DOUBT'] }),
        },
      ]}
      search={{ value: url.q, label: 'Search orders', onChange: url.setQ }}
      filters={[
        {
          key: 'status',
          label: 'Status',
          options: STATUS_OPTIONS,
          values: url.filters.status,
          onChange: (values) => url.setFilter('status', values),
        },
        {
          key: 'payment',
          label: 'Payment',
          options: PAYMENT_OPTIONS,
          values: url.filters.payment,
          onChange: (values) => url.setFilter('payment', values),
        },
      ]}
      isFiltered={url.isFiltered || state === 'nomatch'}
      onClear={url.clear}
      error={state === 'error' ? { kind: 'network', requestId: '01932e5a-7c10-7000-8000-0000000a1b2c' } : undefined}
      onRetry={() => undefined}
      empty={{
        title: 'No orders yet',
        reason: 'Orders appear here as soon as a checkout places one over the API.',
        action: <Button variant="default">Read how</Button>,
      }}
      pager={{ nextCursor: 'next', next: url.next, previous: url.previous, first: url.first }}
      bulk={(selected, clear) => (
        <Button size="xs" variant="default" onClick={clear}>
          Hold {selected.length} orders
        </Button>
      )}
    />
  );
}
