'use client';
import { useQuery } from '@tanstack/react-query';
import type { NodeQueue } from '../../server/views/queue.ts';
import { useLive } from '../live.tsx';
import { StockAttentionCards } from '../replenishment/attention-cards.tsx';
import { shownError, useTRPC } from '../trpc.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { Section } from '../ui/detail-layout.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { StatCard, StatGrid } from '../ui/stat-card.tsx';
import { EmptyState, Loaded } from '../ui/states.tsx';

const queueOf = (node: NodeQueue): string => `/shipments/queue?view=${encodeURIComponent(node.code)}`;

function Nodes({ nodes }: { nodes: readonly NodeQueue[] }) {
  const { t } = useMessages();
  const format = useFormat();
  const count = (key: 'orders' | 'picking' | 'packed' | 'late', header: string): Column<NodeQueue> => ({
    key,
    header,
    right: true,
    cell: (node) => format.count(node[key]),
  });
  const columns: Column<NodeQueue>[] = [
    { key: 'name', header: t('shipments.node'), cell: (node) => node.name, card: 'title' },
    { ...count('orders', t('home.queue')), card: 'end' },
    count('picking', t('shipments.stages.picking')),
    count('packed', t('shipments.stages.packed')),
    count('late', t('shipments.late')),
  ];
  return (
    <DataTable
      embedded
      keyboard
      label={t('home.byNode')}
      columns={columns}
      rows={nodes}
      rowKey={(node) => node.nodeId}
      rowLabel={(node) => node.name}
      rowHref={queueOf}
    />
  );
}

/** What waits to leave, in all and by node: to pick, being picked, packed, and what has waited too long. */
export function WarehouseHome() {
  const { t } = useMessages();
  const format = useFormat();
  const trpc = useTRPC();
  const nodes = useQuery(trpc.shipments.nodes.queryOptions());
  useLive(['order'], { queryKeys: [trpc.shipments.nodes.queryKey()] });
  return (
    <Loaded data={nodes.data} error={shownError(nodes.error)} onRetry={() => void nodes.refetch()} lines={8}>
      {(found) => {
        const sum = (key: 'orders' | 'picking' | 'packed' | 'late') =>
          format.count(found.reduce((total, node) => total + node[key], 0));
        return (
          <>
            <StatGrid>
              <StatCard label={t('home.queue')} value={sum('orders')} href="/shipments/queue" />
              <StatCard label={t('shipments.late')} value={sum('late')} href="/shipments/queue" />
              <StatCard label={t('shipments.stages.picking')} value={sum('picking')} href="/shipments/queue?stage=picking" />
              <StatCard label={t('shipments.stages.packed')} value={sum('packed')} href="/shipments/queue?stage=packed" />
              <StockAttentionCards />
            </StatGrid>
            <Section title={t('home.byNode')}>
              {found.length === 0 ? (
                <EmptyState compact title={t('home.queue')} reason={t('home.noNodes')} />
              ) : (
                <Nodes nodes={found} />
              )}
            </Section>
          </>
        );
      }}
    </Loaded>
  );
}
