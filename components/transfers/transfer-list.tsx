'use client';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { TransferRow } from '../../server/views/stock-transfers.ts';
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
import { useMessages } from '../ui/locale.tsx';
import { Quantity } from '../ui/money.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { CreateTransferDialog } from './create-transfer-dialog.tsx';

const FILTERS = ['view'] as const;
const VIEWS = ['all', 'open', 'done'] as const;
const STATUSES_OF = {
  all: undefined,
  open: ['requested', 'sent', 'partly_received'],
  done: ['received', 'cancelled'],
} as const satisfies Record<(typeof VIEWS)[number], readonly TransferRow['status'][] | undefined>;

function useColumns(): Column<TransferRow>[] {
  const { t } = useMessages();
  const figure = (key: 'requested' | 'inTransit' | 'received'): Column<TransferRow> => ({
    key,
    header: t(`stockWork.transfers.${key}`),
    right: true,
    cell: (row) => <Quantity value={row[key]} />,
  });
  return [
    { key: 'number', header: t('stockWork.transfers.number'), cell: (row) => row.number, card: 'title' },
    { key: 'from', header: t('stockWork.transfers.from'), cell: (row) => row.fromCode },
    {
      key: 'to',
      header: t('stockWork.transfers.to'),
      cell: (row) => row.toCode,
      cardCell: (row) => `${row.fromCode} → ${row.toCode}`,
      card: 'end',
    },
    {
      key: 'status',
      header: t('stockWork.transfers.status'),
      cell: (row) => <StatusBadge kind="transfer" value={row.status} />,
      card: 'sub',
    },
    figure('requested'),
    figure('inTransit'),
    figure('received'),
    { key: 'created', header: t('stockWork.transfers.created'), cell: (row) => <TimeAgo at={row.createdAt} />, card: 'endSub' },
  ];
}

/** What goes from one node to another, newest first. */
export function TransferList() {
  const { t } = useMessages();
  const trpc = useTRPC();
  const powers = usePowers();
  const overlay = useOverlay(['new']);
  const url = useListUrl({ filters: FILTERS, defaultSort: '' });
  const current = oneOf(VIEWS, url.filters.view[0]) ?? 'all';
  const statuses: readonly TransferRow['status'][] | undefined = STATUSES_OF[current];
  const input = { status: statuses && [...statuses], after: url.after ?? undefined };
  const list = useQuery({ ...trpc.transfers.list.queryOptions(input), placeholderData: keepPreviousData });
  useLive(['transfer'], { queryKeys: [trpc.transfers.list.queryKey()] });
  const create = powers.may('transfers.create');
  return (
    <>
      <DataList
        {...listProps(list, url)}
        header={
          <PageHeader
            title={t('stockWork.transfers.title')}
            primary={
              create && <ActionButton label={t('stockWork.transfers.create')} keys="n" onClick={() => overlay.show('new')} />
            }
          />
        }
        label={t('stockWork.transfers.title')}
        columns={useColumns()}
        rowKey={(row) => row.id}
        rowLabel={(row) => row.number}
        rowHref={(row) => `/transfers/${row.number}`}
        views={VIEWS.map((view) => ({
          key: view,
          label: t(`stockWork.transfers.views.${view}`),
          active: view === current,
          onSelect: () => url.setFilters(view === 'all' ? {} : { view: [view] }),
        }))}
        empty={{ title: t('stockWork.transfers.emptyTitle'), reason: t('stockWork.transfers.empty') }}
      />
      {overlay.open === 'new' && create && <CreateTransferDialog onClose={overlay.close} />}
    </>
  );
}
