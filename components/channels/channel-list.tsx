'use client';
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ChannelRow } from '../../server/views/channels.ts';
import { useLive } from '../live.tsx';
import { useOverlay } from '../overlay.ts';
import { usePowers } from '../powers.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { StatusBadge } from '../ui/badge.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { useMessages } from '../ui/locale.tsx';
import { Quantity } from '../ui/money.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { EmptyState, Loaded } from '../ui/states.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { ConnectDialog } from './connect-dialog.tsx';

/** What waits changes with every sale: events tell of trouble, this of the lag. */
export const WATCH_MS = 2_000;

function useColumns(several: boolean): Column<ChannelRow>[] {
  const { t, word } = useMessages();
  return [
    { key: 'name', header: t('channels.name'), cell: (row) => row.name, card: 'title' },
    ...(several ? [{ key: 'merchant', header: t('channels.merchant'), cell: (row: ChannelRow) => row.merchantName }] : []),
    { key: 'kind', header: t('channels.kind'), cell: (row) => word('channels.kinds', row.kind), card: 'sub' },
    { key: 'state', header: t('channels.state'), cell: (row) => <StatusBadge kind="channel" value={row.state} />, card: 'end' },
    { key: 'listings', header: t('channels.listings'), right: true, cell: (row) => <Quantity value={row.listings} /> },
    { key: 'unsent', header: t('channels.unsent'), right: true, cell: (row) => <Quantity value={row.unsent} /> },
    {
      key: 'lag',
      header: t('channels.lag'),
      cell: (row) => (row.waitingSince ? <TimeAgo at={row.waitingSince} /> : t('channels.noLag')),
    },
    { key: 'differences', header: t('channels.differences'), right: true, cell: (row) => <Quantity value={row.differences} /> },
    { key: 'reported', header: t('channels.reported'), cell: (row) => <TimeAgo at={row.reportedAt} />, card: 'endSub' },
  ];
}

function Rows({ rows }: { rows: readonly ChannelRow[] }) {
  const { t } = useMessages();
  const columns = useColumns(new Set(rows.map((row) => row.merchantId)).size > 1);
  return (
    <DataTable
      keyboard
      label={t('channels.title')}
      columns={columns}
      rows={rows}
      rowKey={(row) => row.id}
      rowLabel={(row) => row.name}
      rowHref={(row) => `/channels/${row.id}`}
    />
  );
}

/** Every connection, and how it goes. */
export function ChannelList() {
  const { t } = useMessages();
  const trpc = useTRPC();
  const powers = usePowers();
  const overlay = useOverlay(['connect']);
  const list = useQuery(trpc.channels.list.queryOptions(undefined, { refetchInterval: WATCH_MS }));
  useLive(['channel'], { queryKeys: [trpc.channels.list.queryKey()] });
  const may = powers.may('channels.connect');
  return (
    <>
      <PageHeader
        title={t('channels.title')}
        sub={t('channels.sub')}
        {...(list.data ? { count: list.data.length } : {})}
        primary={may && <Button onClick={() => overlay.show('connect')}>{t('channels.connect')}</Button>}
      />
      <Loaded data={list.data} error={shownError(list.error)} onRetry={() => void list.refetch()}>
        {(rows) =>
          rows.length === 0 ? <EmptyState title={t('channels.emptyTitle')} reason={t('channels.empty')} /> : <Rows rows={rows} />
        }
      </Loaded>
      {may && overlay.open === 'connect' && <ConnectDialog onClose={overlay.close} />}
    </>
  );
}
