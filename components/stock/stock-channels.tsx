'use client';
import { IconAlertTriangle, IconCheck, IconEyeOff, IconRefresh } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import type { ToldChannel } from '../../server/views/sku-channels.ts';
import { useLive } from '../live.tsx';
import { useTRPC } from '../trpc.tsx';
import { Badge } from '../ui/badge.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { Section } from '../ui/detail-layout.tsx';
import { useMessages } from '../ui/locale.tsx';
import { Quantity } from '../ui/money.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';

function State({ row }: { row: ToldChannel }) {
  const { t } = useMessages();
  if (row.problem)
    return (
      <Badge tone="blocked" icon={IconAlertTriangle}>
        {t('stock.told.refused')}
      </Badge>
    );
  if (row.takenOff && !row.behind)
    return (
      <Badge tone="neutral" icon={IconEyeOff}>
        {t('channels.off')}
      </Badge>
    );
  return (
    <Badge tone={row.behind ? 'moving' : 'done'} icon={row.behind ? IconRefresh : IconCheck}>
      {t(row.behind ? 'stock.told.behind' : 'stock.told.current')}
    </Badge>
  );
}

/** What each channel that is told of stock says that it has of a SKU; nothing where none lists it. */
export function StockChannels({ skuId }: { skuId: string }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const query = useQuery(trpc.stock.channels.queryOptions({ skuId }));
  useLive([`sku:${skuId}`, 'order'], { queryKeys: [trpc.stock.channels.queryKey({ skuId })] });
  if (!query.data || query.data.length === 0) return null;
  const columns: Column<ToldChannel>[] = [
    {
      key: 'channel',
      header: t('stock.promises.channel'),
      fluid: true,
      cell: (row) => <Link href={`/channels/${row.connectionId}`}>{row.name}</Link>,
    },
    { key: 'state', header: t('stock.told.state'), cell: (row) => <State row={row} /> },
    { key: 'at', header: t('stock.told.at'), cell: (row) => (row.at ? <TimeAgo at={row.at} /> : t('ui.unknown')) },
    { key: 'has', header: t('stock.told.has'), right: true, cell: (row) => <Quantity value={row.quantity} /> },
  ];
  const label = t('stock.told.title');
  return (
    <Section title={label} count={query.data.length}>
      <DataTable
        embedded
        compact
        label={label}
        columns={columns}
        rows={query.data}
        rowKey={(row) => row.connectionId}
        rowLabel={(row) => row.name}
      />
    </Section>
  );
}
