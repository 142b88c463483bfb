'use client';
import { useQuery } from '@tanstack/react-query';
import type { Hold } from '../../server/kernel/vocabulary.ts';
import { useLive } from '../live.tsx';
import { shownError, useTRPC } from '../trpc.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { StatCard, StatGrid } from '../ui/stat-card.tsx';
import { Loaded } from '../ui/states.tsx';
import { AttentionList } from './attention-list.tsx';
import { HeldList } from './held-list.tsx';

/** What an agent starts with: how many orders wait where, those that need a person, those on hold. `hold` narrows the last to one kind. */
export function AgentHome({ hold }: { hold?: Hold }) {
  const { t } = useMessages();
  const format = useFormat();
  const trpc = useTRPC();
  const home = useQuery(trpc.home.agent.queryOptions({ hold }));
  useLive(['order'], { queryKeys: [trpc.home.agent.queryKey()] });
  return (
    <Loaded data={home.data} error={shownError(home.error)} onRetry={() => void home.refetch()} lines={8}>
      {({ counts, attention, held }) => {
        const heldList = (
          <HeldList
            rows={held}
            count={hold ? undefined : counts.held}
            title={hold ? t(`home.heldFor.${hold}`) : t('home.held')}
            href={hold ? `/orders?view=held&hold=${hold}` : '/orders?view=held'}
          />
        );
        return (
          <>
            <StatGrid>
              <StatCard label={t('home.inDoubt')} value={format.count(counts.in_doubt)} href="/orders?view=in_doubt" />
              <StatCard label={t('home.held')} value={format.count(counts.held)} href="/orders?view=held" />
              <StatCard label={t('home.pending')} value={format.count(counts.pending)} href="/orders?view=pending" />
              <StatCard label={t('home.toShip')} value={format.count(counts.to_ship)} href="/orders?view=to_ship" />
            </StatGrid>
            {hold && heldList}
            <AttentionList rows={attention} />
            {!hold && heldList}
          </>
        );
      }}
    </Loaded>
  );
}
