'use client';
import { Button } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { CHECKOUT_STATES } from '../../server/domains/checkouts/rules.ts';
import { shortId } from '../../server/kernel/ids.ts';
import type { DraftRow } from '../../server/views/drafts.ts';
import { listProps, oneOf } from '../list-page.ts';
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

const FILTERS = ['view'] as const;

function useColumns(): Column<DraftRow>[] {
  const { t } = useMessages();
  return [
    { key: 'id', header: t('drafts.draft'), cell: (row) => <span className="wb-mono">{shortId(row.id)}</span>, card: 'title' },
    { key: 'created', header: t('drafts.created'), cell: (row) => <TimeAgo at={row.createdAt} />, card: 'endSub' },
    {
      key: 'customer',
      header: t('drafts.customer'),
      cell: (row) => row.customerName ?? row.email ?? t('drafts.noCustomer'),
      card: 'sub',
    },
    { key: 'merchant', header: t('drafts.merchant'), cell: (row) => row.merchantName },
    { key: 'state', header: t('drafts.state'), cell: (row) => <StatusBadge kind="checkout" value={row.state} />, card: 'sub' },
    {
      key: 'sent',
      header: t('drafts.sent'),
      cell: (row) => (row.linkSentAt ? <TimeAgo at={row.linkSentAt} /> : t('ui.unknown')),
    },
    { key: 'order', header: t('drafts.order'), cell: (row) => row.orderNumber ?? t('ui.unknown') },
    { key: 'units', header: t('drafts.units'), right: true, cell: (row) => <Quantity value={row.units} /> },
    {
      key: 'total',
      header: t('drafts.total'),
      right: true,
      card: 'end',
      cell: (row) => <Money amountMinor={row.totalMinor} currency={row.currency} />,
    },
  ];
}

/** Makes an order for somebody who pays by a link. */
export function NewOrderButton() {
  const { t } = useMessages();
  return (
    <Button component={Link} href="/orders/new">
      {t('drafts.newOrder')}
    </Button>
  );
}

/** Orders that wait for somebody to pay. */
export function DraftList() {
  const { t } = useMessages();
  const trpc = useTRPC();
  const url = useListUrl({ filters: FILTERS, defaultSort: '' });
  const state = oneOf(CHECKOUT_STATES, url.filters.view[0]);
  const list = useQuery({
    ...trpc.drafts.list.queryOptions({ state, after: url.after ?? undefined }),
    placeholderData: keepPreviousData,
  });
  useLive(['order', 'checkout'], { queryKeys: [trpc.drafts.list.queryKey()] });
  const views = [undefined, ...CHECKOUT_STATES];
  return (
    <DataList
      {...listProps(list, url)}
      header={<PageHeader title={t('drafts.title')} primary={<NewOrderButton />} />}
      label={t('drafts.title')}
      columns={useColumns()}
      rowKey={(row) => row.id}
      rowLabel={(row) => shortId(row.id)}
      rowHref={(row) => `/orders/drafts/${row.id}`}
      views={views.map((view) => ({
        key: view ?? 'all',
        label: view ? t(`status.checkout.${view}`) : t('drafts.all'),
        active: view === state,
        onSelect: () => url.setFilters(view ? { view: [view] } : {}),
      }))}
      empty={{ title: t('drafts.emptyTitle'), reason: t('drafts.empty') }}
    />
  );
}
