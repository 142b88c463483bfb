'use client';
import { Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import type { HoldingCart, WaitingOrder } from '../../server/views/shortages.ts';
import { useLive } from '../live.tsx';
import { shownError, useTRPC } from '../trpc.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { Section } from '../ui/detail-layout.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { Quantity } from '../ui/money.tsx';
import { EmptyState, Loaded } from '../ui/states.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';

/** When a backordered unit is promised for, and what it comes with. */
function Waits({ row }: { row: WaitingOrder }) {
  const { t } = useMessages();
  const format = useFormat();
  if (row.backordered === 0 || row.promisedOn === null) return null;
  return (
    <>
      {t('stock.holders.waitsUntil', { count: row.backordered, day: format.day(row.promisedOn) })}
      {row.purchaseNumber && (
        <>
          {' · '}
          <Link href={`/purchase-orders/${row.purchaseNumber}`}>{row.purchaseNumber}</Link>
        </>
      )}
    </>
  );
}

function Orders({ rows }: { rows: readonly WaitingOrder[] }) {
  const { t } = useMessages();
  const beyond = rows.some((row) => row.backordered > 0);
  const waits: Column<WaitingOrder> = {
    key: 'waits',
    header: t('stock.grid.waiting'),
    wideOnly: true,
    cell: (row) => <Waits row={row} />,
  };
  const columns: Column<WaitingOrder>[] = [
    { key: 'order', header: t('stock.promises.order'), cell: (row) => <Link href={`/orders/${row.number}`}>{row.number}</Link> },
    {
      key: 'customer',
      header: t('stock.promises.customer'),
      wideOnly: true,
      cell: (row) => row.customerName ?? t('ui.unknown'),
    },
    { key: 'placed', header: t('stock.when'), cell: (row) => <TimeAgo at={row.placedAt} /> },
    { key: 'units', header: t('stock.promises.waits'), right: true, cell: (row) => <Quantity value={row.units} /> },
    { key: 'allocated', header: t('stock.allocated'), right: true, cell: (row) => <Quantity value={row.allocated} /> },
    ...(beyond ? [waits] : []),
  ];
  return (
    <DataTable
      embedded
      label={t('stock.promises.affected')}
      columns={columns}
      rows={rows}
      rowKey={(row) => row.id}
      rowLabel={(row) => row.number}
    />
  );
}

function Carts({ rows }: { rows: readonly HoldingCart[] }) {
  const { t, word } = useMessages();
  const format = useFormat();
  const columns: Column<HoldingCart>[] = [
    { key: 'cart', header: t('stock.holders.cart'), cell: (row) => row.reference ?? t('ui.unknown') },
    { key: 'channel', header: t('stock.promises.channel'), cell: (row) => word('stock.promises.channels', row.channel) },
    { key: 'until', header: t('stock.holders.until'), cell: (row) => format.dateTime(row.expiresAt) },
    { key: 'units', header: t('stock.promises.waits'), right: true, cell: (row) => <Quantity value={row.units} /> },
  ];
  return (
    <DataTable
      embedded
      label={t('stock.holders.carts')}
      columns={columns}
      rows={rows}
      rowKey={(row) => row.id}
      rowLabel={(row) => row.reference ?? row.id}
    />
  );
}

/** Who holds what is promised: orders, the youngest first because a shortage hits them first, and carts until they expire. */
export function PromiseHolders({ skuId }: { skuId: string }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const query = useQuery(trpc.promises.holders.queryOptions({ skuId }));
  useLive([`sku:${skuId}`, 'order', 'reservation'], { queryKeys: [trpc.promises.holders.queryKey({ skuId })] });
  const label = t('stock.promises.affected');
  return (
    <Section title={label} count={query.data?.orders.length}>
      <Loaded data={query.data} error={shownError(query.error)} onRetry={() => void query.refetch()}>
        {({ orders, carts }) => (
          <Stack gap={16}>
            {orders.length + carts.length === 0 && <EmptyState compact title={label} reason={t('stock.holders.none')} />}
            {orders.length > 0 && <Orders rows={orders} />}
            {carts.length > 0 && <Carts rows={carts} />}
          </Stack>
        )}
      </Loaded>
    </Section>
  );
}
