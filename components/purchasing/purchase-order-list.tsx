'use client';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { PurchaseOrderRow } from '../../server/views/purchase-orders.ts';
import { listProps, oneOf } from '../list-page.ts';
import { useLive } from '../live.tsx';
import { useOverlay } from '../overlay.ts';
import { usePowers } from '../powers.ts';
import { PurchasesFileDialog } from '../stock-files/merchant-file-dialogs.tsx';
import { takeAway } from '../stock-files/take-away.ts';
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
import { CreatePurchaseDialog } from './create-purchase-dialog.tsx';

const FILTERS = ['view'] as const;
const VIEWS = ['all', 'open', 'drafts', 'done'] as const;
const STATUSES_OF = {
  all: undefined,
  open: ['ordered', 'partly_received'],
  drafts: ['draft'],
  done: ['received', 'closed', 'cancelled'],
} as const satisfies Record<(typeof VIEWS)[number], readonly PurchaseOrderRow['status'][] | undefined>;

function useColumns(): Column<PurchaseOrderRow>[] {
  const { t } = useMessages();
  return [
    { key: 'number', header: t('purchasing.number'), cell: (row) => row.number, card: 'title' },
    { key: 'supplier', header: t('purchasing.supplier'), cell: (row) => row.supplier, card: 'end' },
    {
      key: 'status',
      header: t('purchasing.status'),
      cell: (row) => <StatusBadge kind="purchase" value={row.status} />,
      card: 'sub',
    },
    { key: 'node', header: t('purchasing.node'), cell: (row) => row.nodeCode },
    { key: 'expected', header: t('purchasing.expected'), cell: (row) => row.expectedOn ?? t('purchasing.noDay') },
    { key: 'ordered', header: t('purchasing.ordered'), right: true, cell: (row) => <Quantity value={row.ordered} /> },
    { key: 'received', header: t('purchasing.received'), right: true, cell: (row) => <Quantity value={row.received} /> },
    { key: 'open', header: t('purchasing.open'), right: true, cell: (row) => <Quantity value={row.open} /> },
    { key: 'created', header: t('purchasing.created'), cell: (row) => <TimeAgo at={row.createdAt} />, card: 'endSub' },
  ];
}

/** What is bought of suppliers, newest first. */
export function PurchaseOrderList() {
  const { t } = useMessages();
  const trpc = useTRPC();
  const powers = usePowers();
  const overlay = useOverlay(['new', 'file']);
  const url = useListUrl({ filters: FILTERS, defaultSort: '' });
  const current = oneOf(VIEWS, url.filters.view[0]) ?? 'all';
  const statuses: readonly PurchaseOrderRow['status'][] | undefined = STATUSES_OF[current];
  const input = { q: url.q || undefined, status: statuses && [...statuses], after: url.after ?? undefined };
  const list = useQuery({ ...trpc.purchaseOrders.list.queryOptions(input), placeholderData: keepPreviousData });
  useLive(['purchase_order'], { queryKeys: [trpc.purchaseOrders.list.queryKey()] });
  const create = powers.may('purchaseOrders.create');
  const exported = new URLSearchParams([
    ...(url.q ? [['q', url.q]] : []),
    ...(statuses ?? []).map((status) => ['status', status]),
  ]);
  return (
    <>
      <DataList
        {...listProps(list, url)}
        header={
          <PageHeader
            title={t('purchasing.title')}
            primary={create && <ActionButton label={t('purchasing.create')} keys="n" onClick={() => overlay.show('new')} />}
            menu={[
              ...(powers.may('stockFiles.carryOut')
                ? [{ label: t('stockIo.importButton'), onClick: () => overlay.show('file') }]
                : []),
              { label: t('stockIo.exportButton'), onClick: () => takeAway(`/api/exports/purchase-orders.csv?${exported}`) },
            ]}
          />
        }
        label={t('purchasing.title')}
        columns={useColumns()}
        rowKey={(row) => row.id}
        rowLabel={(row) => row.number}
        rowHref={(row) => `/purchase-orders/${row.number}`}
        search={{ value: url.q, label: t('purchasing.search'), onChange: url.setQ }}
        views={VIEWS.map((view) => ({
          key: view,
          label: t(`purchasing.views.${view}`),
          active: view === current,
          onSelect: () => url.setFilters(view === 'all' ? {} : { view: [view] }),
        }))}
        empty={{ title: t('purchasing.emptyTitle'), reason: t('purchasing.empty') }}
      />
      {overlay.open === 'file' && powers.may('stockFiles.carryOut') && <PurchasesFileDialog onClose={overlay.close} />}
      {overlay.open === 'new' && create && <CreatePurchaseDialog onClose={overlay.close} />}
    </>
  );
}
