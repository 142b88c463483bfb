'use client';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { DISPUTE_VIEWS } from '../../server/domains/disputes/schema.ts';
import type { DisputeRow } from '../../server/views/disputes.ts';
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
import { Deadline } from './deadline.tsx';

function useColumns(): Column<DisputeRow>[] {
  const { t, word } = useMessages();
  return [
    { key: 'number', header: t('disputes.number'), cell: (r) => r.number, card: 'title' },
    { key: 'status', header: t('disputes.status'), cell: (r) => <StatusBadge kind="dispute" value={r.status} />, card: 'sub' },
    { key: 'order', header: t('disputes.order'), cell: (r) => r.orderNumber },
    { key: 'customer', header: t('orders.customer'), cell: (r) => r.customerName ?? t('ui.unknown') },
    { key: 'reason', header: t('disputes.reason'), cell: (r) => word('disputes.reasons', r.reason) },
    { key: 'due', header: t('disputes.due'), cell: (r) => <Deadline dispute={r} />, card: 'endSub' },
    {
      key: 'amount',
      header: t('disputes.amount'),
      right: true,
      card: 'end',
      cell: (r) => <Money amountMinor={r.amountMinor} currency={r.currency} />,
    },
  ];
}

/** What cardholders' banks ask about, and take back: what is to be answered by its deadline, then what waits, and what is decided. */
export function DisputeList() {
  const { t } = useMessages();
  const trpc = useTRPC();
  const url = useListUrl({ filters: ['view'], defaultSort: '' });
  const view = oneOf(DISPUTE_VIEWS, url.filters.view[0]) ?? 'to_answer';
  const list = useQuery({
    ...trpc.disputes.list.queryOptions({ view, after: url.after ?? undefined }),
    placeholderData: keepPreviousData,
  });
  useLive(['order'], { queryKeys: [trpc.disputes.list.queryKey()] });
  return (
    <DataList
      {...listProps(list, url)}
      header={<PageHeader title={t('disputes.title')} />}
      label={t('disputes.title')}
      columns={useColumns()}
      rowKey={(r) => r.id}
      rowLabel={(r) => r.number}
      rowHref={(r) => `/disputes/${r.number}`}
      views={DISPUTE_VIEWS.map((key) => ({
        key,
        label: t(`disputes.views.${key}`),
        active: key === view,
        onSelect: () => url.setFilters(key === 'to_answer' ? {} : { view: [key] }),
      }))}
      empty={{ title: t('disputes.emptyTitle'), reason: t('disputes.empty') }}
    />
  );
}
