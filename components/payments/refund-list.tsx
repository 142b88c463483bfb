'use client';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { REFUND_STATUSES } from '../../server/kernel/vocabulary.ts';
import type { RefundRow } from '../../server/views/refunds.ts';
import { useActorName } from '../actor-name.ts';
import { listProps, someOf } from '../list-page.ts';
import { useLive } from '../live.tsx';
import { useStatusOptions } from '../status-options.ts';
import { useTRPC } from '../trpc.tsx';
import { StatusBadge } from '../ui/badge.tsx';
import { DataList } from '../ui/data-list.tsx';
import type { Column } from '../ui/data-table.tsx';
import { useListUrl } from '../ui/list-url.ts';
import { useMessages } from '../ui/locale.tsx';
import { Money } from '../ui/money.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';

const FILTERS = ['status'] as const;

function useColumns(): Column<RefundRow>[] {
  const { t, word } = useMessages();
  const actor = useActorName();
  return [
    { key: 'number', header: t('payments.refund'), cell: (r) => r.number, card: 'title' },
    { key: 'order', header: t('payments.order'), cell: (r) => r.orderNumber, card: 'endSub' },
    { key: 'customer', header: t('payments.customer'), cell: (r) => r.customerName ?? t('ui.unknown') },
    { key: 'status', header: t('payments.status'), cell: (r) => <StatusBadge kind="refund" value={r.status} />, card: 'sub' },
    { key: 'reason', header: t('payments.reason'), cell: (r) => word('actions.refund.reasons', r.reason) },
    { key: 'by', header: t('payments.requestedBy'), cell: (r) => actor(r.requestedBy) },
    { key: 'created', header: t('payments.created'), cell: (r) => <TimeAgo at={r.createdAt} /> },
    {
      key: 'amount',
      header: t('payments.amount'),
      right: true,
      card: 'end',
      cell: (r) => <Money amountMinor={r.amountMinor} currency={r.currency} />,
    },
  ];
}

/** All refunds, newest first; each leads to its order. */
export function RefundList() {
  const { t } = useMessages();
  const trpc = useTRPC();
  const url = useListUrl({ filters: FILTERS, defaultSort: '' });
  const input = { status: someOf(REFUND_STATUSES, url.filters.status), after: url.after ?? undefined };
  const list = useQuery({ ...trpc.refunds.list.queryOptions(input), placeholderData: keepPreviousData });
  useLive(['order'], { queryKeys: [trpc.refunds.list.queryKey()] });
  const statuses = useStatusOptions('refund', REFUND_STATUSES);
  const current = url.filters.status.length === 1 ? url.filters.status[0] : undefined;
  const all = {
    key: 'all',
    label: t('payments.allRefunds'),
    active: url.filters.status.length === 0,
    onSelect: () => url.setFilters({}),
  };
  return (
    <DataList
      {...listProps(list, url)}
      header={<PageHeader title={t('payments.refunds')} />}
      label={t('payments.refunds')}
      columns={useColumns()}
      rowKey={(r) => r.id}
      rowLabel={(r) => r.number}
      rowHref={(r) => `/orders/${r.orderNumber}`}
      views={[
        all,
        ...statuses.map(({ value, label }) => ({
          key: value,
          label,
          active: value === current,
          onSelect: () => url.setFilters({ status: [value] }),
        })),
      ]}
      empty={{ title: t('payments.noRefundsTitle'), reason: t('payments.noRefunds') }}
    />
  );
}
