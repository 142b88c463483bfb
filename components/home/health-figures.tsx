'use client';
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import type { HealthFigures as Figures } from '../../server/views/homes.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { Section } from '../ui/detail-layout.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { StatCard, StatGrid } from '../ui/stat-card.tsx';
import { Loaded } from '../ui/states.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';

const REFRESH_MS = 10_000;

function Cards({ figures }: { figures: Figures }) {
  const { t } = useMessages();
  const format = useFormat();
  const { oldestWaitSeconds } = figures;
  const wait =
    oldestWaitSeconds === null ? t('home.nothingWaits') : t('home.seconds', { count: format.number(oldestWaitSeconds) });
  return (
    <StatGrid>
      <StatCard label={t('home.stuckSagas')} value={format.count(figures.stuckSagas)} href="/ops/jobs" />
      <StatCard label={t('home.lateSagas')} value={format.count(figures.lateSagas)} href="/ops/jobs" />
      <StatCard label={t('home.openSagas')} value={format.count(figures.openSagas)} href="/ops/jobs" />
      <StatCard label={t('home.oldestWait')} value={wait} href="/ops/jobs" />
      <StatCard label={t('home.deliveries')} value={format.count(figures.pendingDeliveries)} />
      <StatCard label={t('home.deadDeliveries')} value={format.count(figures.deadDeliveries)} />
      <StatCard label={t('home.webhooks')} value={format.count(figures.failedWebhooks)} />
      <StatCard label={t('home.mails')} value={format.count(figures.unsentMails)} href="/channels/mail?status=in_doubt,failed" />
      <StatCard label={t('home.database')} value={format.bytes(figures.databaseBytes)} />
    </StatGrid>
  );
}

/** How the machinery is doing, read anew every ten seconds. */
export function HealthFigures() {
  const { t } = useMessages();
  const trpc = useTRPC();
  const health = useQuery({ ...trpc.home.health.queryOptions(), refetchInterval: REFRESH_MS });
  const asOf = health.data && (
    <span className="wb-number">
      {t('home.asOf')} <TimeAgo at={health.data.at} />
    </span>
  );
  return (
    <Section
      title={t('home.health')}
      actions={
        <span>
          {asOf} · <Link href="/ops/health">{t('home.showAll')}</Link>
        </span>
      }
    >
      <Loaded data={health.data} error={shownError(health.error)} onRetry={() => void health.refetch()}>
        {(figures) => <Cards figures={figures} />}
      </Loaded>
    </Section>
  );
}
