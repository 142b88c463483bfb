'use client';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { CountRow } from '../../server/views/counts.ts';
import { listProps, oneOf } from '../list-page.ts';
import { useLive } from '../live.tsx';
import { useOverlay } from '../overlay.ts';
import { usePowers } from '../powers.ts';
import { useTRPC } from '../trpc.tsx';
import { ActionButton } from '../ui/action-button.tsx';
import { StatusBadge } from '../ui/badge.tsx';
import { DataList } from '../ui/data-list.tsx';
import type { Column } from '../ui/data-table.tsx';
import { useListUrl } from '../ui/list-url.ts';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { Quantity } from '../ui/money.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { CreateCountDialog } from './create-count-dialog.tsx';

const FILTERS = ['view'] as const;
const VIEWS = ['all', 'open', 'done'] as const;
const STATUSES_OF = {
  all: undefined,
  open: ['counting'],
  done: ['finished', 'cancelled'],
} as const satisfies Record<(typeof VIEWS)[number], readonly CountRow['status'][] | undefined>;

function useColumns(): Column<CountRow>[] {
  const { t, word } = useMessages();
  const format = useFormat();
  return [
    { key: 'number', header: t('stockWork.counts.number'), cell: (row) => row.number, card: 'title' },
    { key: 'node', header: t('stockWork.node'), cell: (row) => row.nodeCode, card: 'end' },
    {
      key: 'status',
      header: t('stockWork.counts.status'),
      cell: (row) => <StatusBadge kind="count" value={row.status} />,
      card: 'sub',
    },
    { key: 'chosen', header: t('stockWork.counts.chosen'), cell: (row) => word('stockWork.counts.choices', row.chosen) },
    {
      key: 'progress',
      header: t('stockWork.counts.progress'),
      right: true,
      cell: (row) => <span className="wb-number">{`${format.number(row.done)} / ${format.number(row.lines)}`}</span>,
    },
    { key: 'differing', header: t('stockWork.counts.differing'), right: true, cell: (row) => <Quantity value={row.differing} /> },
    { key: 'waiting', header: t('stockWork.counts.waiting'), right: true, cell: (row) => <Quantity value={row.waiting} /> },
    { key: 'created', header: t('stockWork.counts.created'), cell: (row) => <TimeAgo at={row.createdAt} />, card: 'endSub' },
  ];
}

/** Count sheets, newest first. */
export function CountList() {
  const { t } = useMessages();
  const trpc = useTRPC();
  const powers = usePowers();
  const overlay = useOverlay(['new']);
  const url = useListUrl({ filters: FILTERS, defaultSort: '' });
  const current = oneOf(VIEWS, url.filters.view[0]) ?? 'all';
  const statuses: readonly CountRow['status'][] | undefined = STATUSES_OF[current];
  const input = { status: statuses && [...statuses], after: url.after ?? undefined };
  const list = useQuery({ ...trpc.counts.list.queryOptions(input), placeholderData: keepPreviousData });
  useLive(['stock_count', 'approval'], { queryKeys: [trpc.counts.list.queryKey()] });
  const create = powers.may('counts.create');
  return (
    <>
      <DataList
        {...listProps(list, url)}
        header={
          <PageHeader
            title={t('stockWork.counts.title')}
            primary={create && <ActionButton label={t('stockWork.counts.create')} keys="n" onClick={() => overlay.show('new')} />}
          />
        }
        label={t('stockWork.counts.title')}
        columns={useColumns()}
        rowKey={(row) => row.id}
        rowLabel={(row) => row.number}
        rowHref={(row) => `/counts/${row.number}`}
        views={VIEWS.map((view) => ({
          key: view,
          label: t(`stockWork.counts.views.${view}`),
          active: view === current,
          onSelect: () => url.setFilters(view === 'all' ? {} : { view: [view] }),
        }))}
        empty={{ title: t('stockWork.counts.emptyTitle'), reason: t('stockWork.counts.empty') }}
      />
      {overlay.open === 'new' && create && <CreateCountDialog onClose={overlay.close} />}
    </>
  );
}
