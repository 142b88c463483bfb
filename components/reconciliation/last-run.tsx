'use client';
import { useQuery } from '@tanstack/react-query';
import { useTRPC } from '../trpc.tsx';
import { StatusBadge } from '../ui/badge.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import classes from './reconciliation.module.css';

/** Reports are read by days in UTC; a period ends where the day after it begins. */
const dayOf = (at: Date): string => at.toISOString().slice(0, 10);

/** When a report was read last, for which days, and what it came to. */
export function LastRun() {
  const { t } = useMessages();
  const format = useFormat();
  const trpc = useTRPC();
  const runs = useQuery(trpc.reconciliation.runs.queryOptions({ limit: 1 }));
  const [run] = runs.data?.items ?? [];
  if (!run) return <span className={classes.run}>{runs.data ? t('reconciliation.neverRun') : ''}</span>;
  const period = format.days(dayOf(run.from), dayOf(new Date(run.to.getTime() - 1)), 'dated');
  return (
    <span className={classes.run}>
      <StatusBadge kind="reading" value={run.status} />
      <span>
        {t('reconciliation.lastRun', {
          provider: t(`reconciliation.providers.${run.provider}`),
          period,
          matched: format.number(run.matched),
          differs: format.number(run.missingHere + run.missingThere + run.amountDiffers),
        })}
      </span>
      <TimeAgo at={run.finishedAt ?? run.startedAt} />
      {run.status !== 'done' && run.error && <span>{run.error}</span>}
    </span>
  );
}
