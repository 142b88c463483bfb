'use client';
import { useQuery } from '@tanstack/react-query';
import { useLive } from '../live.tsx';
import { shownError, useTRPC } from '../trpc.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { StatCard, StatGrid } from '../ui/stat-card.tsx';
import { Loaded } from '../ui/states.tsx';
import { AttentionList } from './attention-list.tsx';

/** What an agent starts with: how many orders wait where, and those that need a person. */
export function AgentHome() {
  const { t } = useMessages();
  const format = useFormat();
  const trpc = useTRPC();
  const home = useQuery(trpc.home.agent.queryOptions());
  useLive(['order'], { queryKeys: [trpc.home.agent.queryKey()] });
  return (
    <Loaded data={home.data} error={shownError(home.error)} onRetry={() => void home.refetch()} lines={8}>
      {({ counts, attention }) => (
        <>
          <StatGrid>
            <StatCard label={t('home.inDoubt')} value={format.count(counts.in_doubt)} href="/orders?view=in_doubt" />
            <StatCard label={t('home.held')} value={format.count(counts.held)} href="/orders?view=held" />
            <StatCard label={t('home.pending')} value={format.count(counts.pending)} href="/orders?view=pending" />
            <StatCard label={t('home.toShip')} value={format.count(counts.to_ship)} href="/orders?view=to_ship" />
          </StatGrid>
          <AttentionList rows={attention} />
        </>
      )}
    </Loaded>
  );
}
