'use client';
import { useQuery } from '@tanstack/react-query';
import { useLive } from '../live.tsx';
import { shownError, useTRPC } from '../trpc.tsx';
import { Section } from '../ui/detail-layout.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { StatCard, StatGrid } from '../ui/stat-card.tsx';
import { EmptyState, Loaded } from '../ui/states.tsx';

/** What waits to ship, by node. */
export function WarehouseHome() {
  const { t } = useMessages();
  const format = useFormat();
  const trpc = useTRPC();
  const nodes = useQuery(trpc.shipments.nodes.queryOptions());
  useLive(['order'], { queryKeys: [trpc.shipments.nodes.queryKey()] });
  return (
    <Section title={t('home.queue')}>
      <Loaded data={nodes.data} error={shownError(nodes.error)} onRetry={() => void nodes.refetch()}>
        {(found) =>
          found.length === 0 ? (
            <EmptyState compact title={t('home.queue')} reason={t('home.noNodes')} />
          ) : (
            <StatGrid>
              {found.map((node) => (
                <StatCard
                  key={node.nodeId}
                  label={node.name}
                  value={format.count(node.orders)}
                  href={`/shipments/queue?view=${encodeURIComponent(node.code)}`}
                />
              ))}
            </StatGrid>
          )
        }
      </Loaded>
    </Section>
  );
}
