'use client';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { ReturnStatus } from '../../server/kernel/vocabulary.ts';
import type { ReturnRow } from '../../server/views/returns.ts';
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

/** What waits for somebody comes first; then what is on its way, and what is over. */
const VIEWS = ['all', 'requested', 'approved', 'labelled', 'in_transit', 'received', 'inspected', 'settled'] as const;

function useColumns(): Column<ReturnRow>[] {
  const { t } = useMessages();
  return [
    { key: 'number', header: t('returns.number'), cell: (r) => r.number, card: 'title' },
    { key: 'status', header: t('returns.status'), cell: (r) => <StatusBadge kind="return" value={r.status} />, card: 'sub' },
    { key: 'order', header: t('returns.order'), cell: (r) => r.orderNumber, card: 'end' },
    { key: 'customer', header: t('orders.customer'), cell: (r) => r.customerName ?? t('ui.unknown') },
    { key: 'wants', header: t('returns.wants'), cell: (r) => t(`returns.wishes.${r.wants}`) },
    { key: 'units', header: t('returns.units'), right: true, cell: (r) => r.units },
    { key: 'requested', header: t('returns.requested'), cell: (r) => <TimeAgo at={r.requestedAt} />, card: 'endSub' },
    {
      key: 'back',
      header: t('returns.back'),
      right: true,
      cell: (r) => (r.refundMinor > 0n ? <Money amountMinor={r.refundMinor} currency={r.currency} /> : t('ui.unknown')),
    },
  ];
}

/** What customers send back, newest first; a view for each thing that is to be done. */
export function ReturnList() {
  const { t } = useMessages();
  const trpc = useTRPC();
  const url = useListUrl({ filters: ['view'], defaultSort: '' });
  const current = oneOf(VIEWS, url.filters.view[0]) ?? 'all';
  const status: ReturnStatus | undefined = current === 'all' ? undefined : current;
  const list = useQuery({
    ...trpc.returns.list.queryOptions({ status, after: url.after ?? undefined }),
    placeholderData: keepPreviousData,
  });
  useLive(['order'], { queryKeys: [trpc.returns.list.queryKey()] });
  return (
    <DataList
      {...listProps(list, url)}
      header={<PageHeader title={t('returns.title')} />}
      label={t('returns.title')}
      columns={useColumns()}
      rowKey={(r) => r.id}
      rowLabel={(r) => r.number}
      rowHref={(r) => `/returns/${r.number}`}
      views={VIEWS.map((view) => ({
        key: view,
        label: view === 'all' ? t('returns.all') : t(`status.return.${view}`),
        active: view === current,
        onSelect: () => url.setFilters(view === 'all' ? {} : { view: [view] }),
      }))}
      empty={{ title: t('returns.emptyTitle'), reason: t('returns.empty') }}
    />
  );
}
