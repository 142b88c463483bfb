'use client';
import { useQuery } from '@tanstack/react-query';
import type { Health } from '../../server/views/health.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { Bar } from '../ui/bars.tsx';
import { ChartColumns } from '../ui/chart-figure.tsx';
import { DetailLayout } from '../ui/detail-layout.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { StatCard, StatGrid } from '../ui/stat-card.tsx';
import { Loaded } from '../ui/states.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { ErrorSection, LaneSection, ProcessSection } from './process-sections.tsx';
import { LoadChart, QueueChart } from './queue-chart.tsx';
import { AccessSection, DatabaseSection, QueueSection, SagaSection, WebhookSection } from './work-sections.tsx';

/** Each process writes down what it saw every ten seconds; looking more often would show the same. */
const REFRESH_MS = 5_000;
/** A job that waits longer says that too few workers run, or none. */
const LATE_SECONDS = 60;

const oldest = (health: Health): number | null =>
  health.queue.reduce<number | null>((most, { oldestSeconds }) => {
    return oldestSeconds === null ? most : Math.max(most ?? 0, oldestSeconds);
  }, null);

const sum = <Row,>(rows: readonly Row[], of: (row: Row) => number): number => rows.reduce((total, row) => total + of(row), 0);

/** What somebody has to do something about, in words; one line where there is nothing. */
function Verdict({ health }: { health: Health }) {
  const { t } = useMessages();
  const stuck = sum(health.sagas, (saga) => saga.counts.stuck);
  const dead = sum(health.queue, (task) => task.dead) + health.webhooks.deadDeliveries;
  const wait = oldest(health) ?? 0;
  const wrong = [
    health.database.workers === 0 && t('health.noWorker'),
    wait > LATE_SECONDS && t('health.queueLate', { count: wait }),
    stuck > 0 && t('health.stuck', { count: stuck }),
    dead > 0 && t('health.dead', { count: dead }),
    health.integrity !== null && health.integrity.violations > 0n && t('health.violated'),
    health.webhooks.allFailed > 0 && t('health.webhooksFailed', { count: health.webhooks.allFailed }),
  ].filter((line) => line !== false);
  if (wrong.length === 0) {
    return (
      <Bar tone="done" title={t('health.well')}>
        {t('health.wellText')}
      </Bar>
    );
  }
  return (
    <Bar tone="attention" title={t('health.look')}>
      {wrong.join(' ')}
    </Bar>
  );
}

function Figures({ health }: { health: Health }) {
  const { t } = useMessages();
  const format = useFormat();
  const wait = oldest(health);
  const { integrity, database } = health;
  const failures = sum(health.errors, (trouble) => trouble.count);
  return (
    <StatGrid>
      <StatCard
        label={t('health.queueAge')}
        value={wait === null ? t('home.nothingWaits') : format.duration(wait)}
        note={t('health.queueDepth', { count: sum(health.queue, (task) => task.ready) })}
        href="/ops/jobs"
      />
      <StatCard
        label={t('health.openSagas')}
        value={format.number(sum(health.sagas, (saga) => saga.open))}
        note={t('health.stuckSagas', { count: sum(health.sagas, (saga) => saga.counts.stuck) })}
        href="/ops/jobs"
      />
      <StatCard
        label={t('health.workers')}
        value={format.number(database.workers)}
        note={t('health.processes', { count: health.processes.filter((process) => process.alive).length })}
      />
      <StatCard label={t('health.errors')} value={format.number(failures)} note={t('health.lastHour')} />
      <StatCard
        label={t('health.integrity')}
        value={integrity === null ? t('ui.unknown') : t(integrity.violations > 0n ? 'health.violations' : 'health.holds')}
        note={integrity === null ? t('health.neverChecked') : <TimeAgo at={integrity.checkedAt} />}
        href="/ops/integrity"
      />
    </StatGrid>
  );
}

/** How the installation is doing, read anew by itself. */
export function HealthPage() {
  const { t } = useMessages();
  const trpc = useTRPC();
  const health = useQuery({ ...trpc.health.read.queryOptions(), refetchInterval: REFRESH_MS });
  const sub = health.data && (
    <span className="wb-number">
      {t('home.asOf')} <TimeAgo at={health.data.at} />
    </span>
  );
  return (
    <Loaded data={health.data} error={shownError(health.error)} onRetry={() => void health.refetch()} lines={12}>
      {(found) => (
        <DetailLayout header={<PageHeader title={t('nav.health')} sub={sub} />} bars={<Verdict health={found} />}>
          <Figures health={found} />
          <ChartColumns>
            <QueueChart minutes={found.minutes} />
            <LoadChart minutes={found.minutes} />
          </ChartColumns>
          <QueueSection tasks={found.queue} />
          <SagaSection kinds={found.sagas} />
          <ProcessSection processes={found.processes} />
          <LaneSection lanes={found.lanes} />
          <ErrorSection errors={found.errors} />
          <ChartColumns>
            <WebhookSection webhooks={found.webhooks} />
            <DatabaseSection database={found.database} />
            <AccessSection people={found.people} />
          </ChartColumns>
        </DetailLayout>
      )}
    </Loaded>
  );
}
