'use client';
import { useQuery } from '@tanstack/react-query';
import type { DeadDeliveryRow } from '../../server/views/jobs.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { DataTable } from '../ui/data-table.tsx';
import { Section } from '../ui/detail-layout.tsx';
import { useMessages } from '../ui/locale.tsx';
import { EmptyState, Loaded } from '../ui/states.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import classes from './jobs.module.css';
import { useLetters } from './use-letters.tsx';

const keyOf = (row: DeadDeliveryRow): string => `${row.eventId}:${row.consumer}`;

/** Events that a consumer failed at as often as it may: told again once their cause is gone. */
export function DeliverySection({ refreshMs }: { refreshMs: number }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const list = useQuery({ ...trpc.jobs.deliveries.queryOptions(), refetchInterval: refreshMs });
  const letters = useLetters(list.data, keyOf, (rows) => ({
    kind: 'deliveries',
    deliveries: rows.map(({ eventId, consumer }) => ({ eventId, consumer })),
  }));
  return (
    <Section title={t('jobs.deliveries')} actions={letters.button}>
      <Loaded data={list.data} error={shownError(list.error)} onRetry={() => void list.refetch()}>
        {(rows) =>
          rows.length === 0 ? (
            <EmptyState compact title={t('jobs.noDeliveriesTitle')} reason={t('jobs.noDeliveries')} />
          ) : (
            <DataTable
              embedded
              label={t('jobs.deliveries')}
              rows={rows}
              rowKey={keyOf}
              rowLabel={(row) => `${row.consumer} ${row.type}`}
              {...(letters.selection ? { selection: letters.selection } : {})}
              columns={[
                { key: 'consumer', header: t('jobs.consumer'), card: 'title', cell: (row) => row.consumer },
                { key: 'event', header: t('jobs.event'), card: 'sub', cell: (row) => row.type },
                { key: 'order', header: t('jobs.order'), card: 'end', cell: (row) => row.orderNumber ?? t('ui.unknown') },
                { key: 'attempts', header: t('jobs.attempts'), right: true, cell: (row) => row.attempts },
                { key: 'since', header: t('jobs.since'), card: 'endSub', cell: (row) => <TimeAgo at={row.at} /> },
                {
                  key: 'error',
                  header: t('jobs.lastError'),
                  cell: (row) => <span className={classes.error}>{row.lastError ?? t('ui.unknown')}</span>,
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
