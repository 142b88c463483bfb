'use client';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { parseAsStringLiteral, useQueryState } from 'nuqs';
import type { JobCounts, JobState } from '../../server/views/jobs.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { StatusBadge } from '../ui/badge.tsx';
import { DataTable } from '../ui/data-table.tsx';
import { Section } from '../ui/detail-layout.tsx';
import { ViewTabs } from '../ui/list-toolbar.tsx';
import { useMessages } from '../ui/locale.tsx';
import { EmptyState, Loaded } from '../ui/states.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import classes from './jobs.module.css';
import { useLetters } from './use-letters.tsx';

const STATES = ['dead', 'running', 'ready', 'retrying', 'scheduled'] as const satisfies readonly JobState[];

/** The queue by state; dead letters first, with the error that killed them. */
export function JobSection({ counts, refreshMs }: { counts: JobCounts; refreshMs: number }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const [state, setState] = useQueryState('jobs', parseAsStringLiteral(STATES).withDefault('dead'));
  const list = useQuery({
    ...trpc.jobs.list.queryOptions({ state }),
    refetchInterval: refreshMs,
    placeholderData: keepPreviousData,
  });
  // While another state is read, what is shown is the last one's.
  const dead = state === 'dead' && !list.isPlaceholderData ? list.data : undefined;
  const letters = useLetters(
    dead,
    (job) => job.id,
    (rows) => ({ kind: 'jobs', jobIds: rows.map((job) => job.id) }),
  );
  const views = STATES.map((key) => ({
    key,
    label: t(`jobs.states.${key}`),
    count: counts[key],
    active: key === state,
    onSelect: () => void setState(key),
  }));
  return (
    <Section title={t('jobs.jobs')} actions={letters.button}>
      <ViewTabs views={views} label={t('jobs.jobs')} />
      <Loaded data={list.data} error={shownError(list.error)} onRetry={() => void list.refetch()}>
        {(rows) =>
          rows.length === 0 ? (
            <EmptyState compact title={t('jobs.noJobsTitle')} reason={t('jobs.noJobs')} />
          ) : (
            <DataTable
              embedded
              label={t('jobs.jobs')}
              rows={rows}
              rowKey={(job) => job.id}
              rowLabel={(job) => job.task}
              {...(letters.selection ? { selection: letters.selection } : {})}
              columns={[
                { key: 'task', header: t('jobs.task'), card: 'title', cell: (job) => job.task },
                {
                  key: 'status',
                  header: t('jobs.status'),
                  card: 'sub',
                  cell: (job) => <StatusBadge kind="job" value={job.state} />,
                },
                {
                  key: 'attempts',
                  header: t('jobs.attempts'),
                  right: true,
                  card: 'end',
                  cell: (job) => t('jobs.attemptsOf', { count: job.attempts, max: job.maxAttempts }),
                },
                { key: 'runAt', header: t('jobs.runAt'), card: 'endSub', cell: (job) => <TimeAgo at={job.runAt} /> },
                { key: 'since', header: t('jobs.since'), cell: (job) => <TimeAgo at={job.createdAt} /> },
                {
                  key: 'error',
                  header: t('jobs.lastError'),
                  cell: (job) => <span className={classes.error}>{job.lastError ?? t('ui.unknown')}</span>,
                },
              ]}
            />
          )
        }
      </Loaded>
      {letters.dialog}
    </Section>
  );
}
