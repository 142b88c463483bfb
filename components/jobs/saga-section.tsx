'use client';
import { Button, Group } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { parseAsString, parseAsStringLiteral, useQueryStates } from 'nuqs';
import type { OpenSagaStatus, SagaCounts, SagaRow } from '../../server/views/jobs.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { StatusBadge } from '../ui/badge.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { Section } from '../ui/detail-layout.tsx';
import { ViewTabs } from '../ui/list-toolbar.tsx';
import { useMessages } from '../ui/locale.tsx';
import { EmptyState, Loaded } from '../ui/states.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import classes from './jobs.module.css';

const STATUSES = ['all', 'stuck', 'retrying', 'waiting', 'running', 'compensating'] as const satisfies readonly (
  | 'all'
  | OpenSagaStatus
)[];
const URL_STATE = { sagas: parseAsStringLiteral(STATUSES).withDefault('all'), sagasAfter: parseAsString };

/** Sagas that are not done, each leading to its order, where it is retried, skipped or compensated. */
export function SagaSection({ counts, refreshMs }: { counts: SagaCounts; refreshMs: number }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const [{ sagas: status, sagasAfter: after }, setUrl] = useQueryStates(URL_STATE, { history: 'push' });
  const input = { status: status === 'all' ? undefined : status, after: after ?? undefined };
  const list = useQuery({
    ...trpc.jobs.sagas.queryOptions(input),
    refetchInterval: refreshMs,
    placeholderData: keepPreviousData,
  });
  const columns = useSagaColumns();
  const views = STATUSES.map((key) => ({
    key,
    label: key === 'all' ? t('jobs.allSagas') : t(`status.saga.${key}`),
    count: key === 'all' ? undefined : counts[key],
    active: key === status,
    onSelect: () => void setUrl({ sagas: key, sagasAfter: null }),
  }));
  return (
    <Section title={t('jobs.sagas')}>
      <ViewTabs views={views} label={t('jobs.sagas')} />
      <Loaded data={list.data} error={shownError(list.error)} onRetry={() => void list.refetch()}>
        {({ items, next }) => (
          <>
            {items.length === 0 && <EmptyState compact title={t('jobs.noSagasTitle')} reason={t('jobs.noSagas')} />}
            {items.length > 0 && (
              <DataTable
                embedded
                label={t('jobs.sagas')}
                rows={items}
                rowKey={(saga) => saga.id}
                rowLabel={(saga) => saga.orderNumber ?? saga.id}
                rowHref={(saga) => (saga.orderNumber ? `/orders/${encodeURIComponent(saga.orderNumber)}` : '/orders')}
                columns={columns}
              />
            )}
            <Group gap={8} justify="flex-end" pt={8}>
              {after !== null && (
                <Button variant="default" size="xs" onClick={() => void setUrl({ sagasAfter: null })}>
                  {t('jobs.firstPage')}
                </Button>
              )}
              {next !== null && (
                <Button variant="default" size="xs" onClick={() => void setUrl({ sagasAfter: next })}>
                  {t('jobs.more')}
                </Button>
              )}
            </Group>
          </>
        )}
      </Loaded>
    </Section>
  );
}

function useSagaColumns(): Column<SagaRow>[] {
  const { t } = useMessages();
  return [
    { key: 'order', header: t('jobs.order'), card: 'title', cell: (saga) => saga.orderNumber ?? t('ui.unknown') },
    { key: 'status', header: t('jobs.status'), card: 'sub', cell: (saga) => <StatusBadge kind="saga" value={saga.status} /> },
    { key: 'saga', header: t('jobs.saga'), cell: (saga) => saga.kind },
    { key: 'step', header: t('jobs.step'), card: 'end', cell: (saga) => saga.step },
    { key: 'attempts', header: t('jobs.attempts'), right: true, cell: (saga) => saga.attempt },
    { key: 'wakes', header: t('jobs.wakesAt'), card: 'endSub', cell: (saga) => <TimeAgo at={saga.wakeAt} /> },
    { key: 'deadline', header: t('jobs.deadline'), cell: (saga) => <TimeAgo at={saga.deadline} /> },
    {
      key: 'error',
      header: t('jobs.lastError'),
      cell: (saga) => <span className={classes.error}>{saga.error ?? t('ui.unknown')}</span>,
    },
  ];
}
