'use client';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { ApprovalRow, ApprovalStatus } from '../../server/views/approvals.ts';
import { useActorName } from '../actor-name.ts';
import { listProps, oneOf } from '../list-page.ts';
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
import { DecideButtons, subjectHref } from './decide-dialog.tsx';

const FILTERS = ['view'] as const;
const STATUSES = ['pending', 'approved', 'rejected', 'expired'] as const satisfies readonly ApprovalStatus[];

function useColumns(decided: boolean): Column<ApprovalRow>[] {
  const { t } = useMessages();
  const actor = useActorName();
  const decision: Column<ApprovalRow>[] = [
    {
      key: 'decidedBy',
      header: t('approvals.decidedBy'),
      cell: (row) => (row.decidedBy ? actor(row.decidedBy) : t('ui.unknown')),
    },
    { key: 'decided', header: t('approvals.decided'), cell: (row) => <TimeAgo at={row.decidedAt} /> },
    { key: 'reason', header: t('approvals.reason'), cell: (row) => row.reason ?? t('ui.unknown') },
  ];
  return [
    { key: 'summary', header: t('approvals.what'), cell: (row) => row.summary, card: 'title' },
    { key: 'subject', header: t('approvals.subject'), cell: (row) => row.subjectLabel ?? t('ui.unknown'), card: 'endSub' },
    { key: 'status', header: t('orders.status'), cell: (row) => <StatusBadge kind="approval" value={row.status} />, card: 'sub' },
    { key: 'by', header: t('approvals.requestedBy'), cell: (row) => actor(row.requestedBy) },
    { key: 'requested', header: t('approvals.requested'), cell: (row) => <TimeAgo at={row.requestedAt} /> },
    ...(decided
      ? decision
      : [
          { key: 'expires', header: t('approvals.expires'), cell: (row: ApprovalRow) => <TimeAgo at={row.expiresAt} /> },
          {
            key: 'decide',
            header: t('actions.approval.decide'),
            cell: (row: ApprovalRow) => <DecideButtons row={row} />,
            card: 'actions' as const,
          },
        ]),
    {
      key: 'amount',
      header: t('approvals.amount'),
      right: true,
      card: 'end',
      cell: (row) =>
        row.currency === null ? t('ui.unknown') : <Money amountMinor={row.amountMinor} currency={row.currency} withCode />,
    },
  ];
}

/** The inbox of approvals: what waits, oldest first, and what was decided. */
export function ApprovalList() {
  const { t } = useMessages();
  const trpc = useTRPC();
  const url = useListUrl({ filters: FILTERS, defaultSort: '' });
  const current = oneOf(STATUSES, url.filters.view[0]) ?? 'pending';
  const list = useQuery({
    ...trpc.approvals.list.queryOptions({ status: current, after: url.after ?? undefined }),
    placeholderData: keepPreviousData,
  });
  const count = useQuery(trpc.approvals.count.queryOptions());
  useLive(['approval'], { queryKeys: [trpc.approvals.list.queryKey(), trpc.approvals.count.queryKey()] });
  const labels = useStatusOptions('approval', STATUSES);
  return (
    <DataList
      {...listProps(list, url)}
      header={<PageHeader title={t('approvals.title')} count={count.data} />}
      label={t('approvals.title')}
      columns={useColumns(current !== 'pending')}
      rowKey={(row) => row.id}
      rowLabel={(row) => row.summary}
      rowHref={subjectHref}
      views={labels.map(({ value, label }) => ({
        key: value,
        label,
        active: value === current,
        onSelect: () => url.setFilters(value === 'pending' ? {} : { view: [value] }),
      }))}
      empty={{ title: t('approvals.emptyTitle'), reason: t('approvals.empty') }}
    />
  );
}
