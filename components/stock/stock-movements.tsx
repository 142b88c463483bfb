'use client';
import Link from 'next/link';
import type { MovementRow } from '../../server/views/stock.ts';
import { useActorName } from '../actor-name.ts';
import { useMoreRows } from '../more-rows.ts';
import { useTRPC, useTRPCClient } from '../trpc.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { Section } from '../ui/detail-layout.tsx';
import { useMessages } from '../ui/locale.tsx';
import { Quantity } from '../ui/money.tsx';
import { MoreButton } from '../ui/more-button.tsx';
import { EmptyState, Loaded } from '../ui/states.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';

const PAGE = 25;

function useColumns(): Column<MovementRow>[] {
  const { t, word } = useMessages();
  const actor = useActorName();
  const kind = (row: MovementRow) => word('stock.kinds', row.kind);
  const why = (row: MovementRow) =>
    row.orderNumber ? (
      <Link href={`/orders/${row.orderNumber}`}>{row.orderNumber}</Link>
    ) : (
      (row.reason ?? row.reference ?? t('ui.unknown'))
    );
  return [
    { key: 'when', header: t('stock.when'), cell: (row) => <TimeAgo at={row.at} /> },
    { key: 'kind', header: t('stock.kind'), cell: kind },
    { key: 'node', header: t('stock.node'), cell: (row) => row.nodeCode ?? t('ui.unknown') },
    { key: 'onHand', header: t('stock.delta'), right: true, cell: (row) => <Quantity value={row.onHandDelta} /> },
    { key: 'allocated', header: t('stock.allocatedDelta'), right: true, cell: (row) => <Quantity value={row.allocatedDelta} /> },
    { key: 'promised', header: t('stock.promisedDelta'), right: true, cell: (row) => <Quantity value={row.promisedDelta} /> },
    { key: 'why', header: t('stock.why'), cell: why },
    { key: 'who', header: t('stock.who'), cell: (row) => actor(row.actor) },
  ];
}

/** What moved, newest first; more on demand. */
export function StockMovements({ skuId }: { skuId: string }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const client = useTRPCClient();
  const columns = useColumns();
  const key = trpc.stock.movements.queryKey({ skuId });
  const list = useMoreRows(key, (after) => client.stock.movements.query({ skuId, limit: PAGE, after }));
  return (
    <Section title={t('stock.movements')}>
      <Loaded data={list.rows} error={list.error} onRetry={list.onRetry}>
        {(rows) =>
          rows.length === 0 ? (
            <EmptyState compact title={t('stock.movements')} reason={t('stock.noMovements')} />
          ) : (
            <DataTable
              embedded
              label={t('stock.movements')}
              columns={columns}
              rows={rows}
              rowKey={(row) => row.id}
              rowLabel={(row) => row.kind}
            />
          )
        }
      </Loaded>
      <MoreButton more={list.more} busy={list.busy} />
    </Section>
  );
}
