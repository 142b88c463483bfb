'use client';
import Link from 'next/link';
import type { DatabaseHealth, PeopleCounts, QueueHealth, SagaHealth, WebhookHealth } from '../../server/views/health.ts';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { KeyValue, Section } from '../ui/detail-layout.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { Quantity } from '../ui/money.tsx';
import { EmptyState } from '../ui/states.tsx';

const SAGA_STATES = ['stuck', 'retrying', 'waiting', 'running', 'compensating'] as const;

/** What waits and what runs, by task. */
export function QueueSection({ tasks }: { tasks: readonly QueueHealth[] }) {
  const { t } = useMessages();
  const format = useFormat();
  const number = (key: 'ready' | 'running' | 'later' | 'dead', header: string): Column<QueueHealth> => ({
    key,
    header,
    right: true,
    cell: (row) => <Quantity value={row[key]} />,
  });
  const columns: Column<QueueHealth>[] = [
    { key: 'task', header: t('jobs.task'), cell: (row) => <span className="wb-mono">{row.task}</span>, card: 'title' },
    {
      key: 'age',
      header: t('health.queueAge'),
      right: true,
      card: 'end',
      cell: (row) => (row.oldestSeconds === null ? t('ui.unknown') : format.duration(row.oldestSeconds)),
    },
    number('ready', t('jobs.states.ready')),
    number('running', t('jobs.states.running')),
    number('later', t('jobs.states.scheduled')),
    number('dead', t('jobs.states.dead')),
  ];
  return (
    <Section title={t('health.queue')} actions={<Link href="/ops/jobs">{t('home.showAll')}</Link>}>
      {tasks.length === 0 ? (
        <EmptyState compact title={t('health.queueEmpty')} reason={t('health.queueEmptyText')} />
      ) : (
        <DataTable
          embedded
          label={t('health.queue')}
          columns={columns}
          rows={tasks}
          rowKey={(row) => row.task}
          rowLabel={(row) => row.task}
        />
      )}
    </Section>
  );
}

/** Open sagas by kind and state. */
export function SagaSection({ kinds }: { kinds: readonly SagaHealth[] }) {
  const { t } = useMessages();
  const format = useFormat();
  const columns: Column<SagaHealth>[] = [
    { key: 'kind', header: t('jobs.saga'), cell: (row) => <span className="wb-mono">{row.kind}</span>, card: 'title' },
    {
      key: 'age',
      header: t('health.oldest'),
      right: true,
      card: 'end',
      cell: (row) => (row.oldestSeconds === null ? t('ui.unknown') : format.duration(row.oldestSeconds)),
    },
    ...SAGA_STATES.map(
      (state): Column<SagaHealth> => ({
        key: state,
        header: t(`status.saga.${state}`),
        right: true,
        cell: (row) => <Quantity value={row.counts[state]} />,
      }),
    ),
    { key: 'late', header: t('home.lateSagas'), right: true, cell: (row) => <Quantity value={row.late} /> },
  ];
  return (
    <Section title={t('health.sagas')} actions={<Link href="/ops/jobs">{t('home.showAll')}</Link>}>
      {kinds.length === 0 ? (
        <EmptyState compact title={t('health.noSagas')} reason={t('health.noSagasText')} />
      ) : (
        <DataTable
          embedded
          label={t('health.sagas')}
          columns={columns}
          rows={kinds}
          rowKey={(row) => row.kind}
          rowLabel={(row) => row.kind}
        />
      )}
    </Section>
  );
}

/** What providers sent, and what our own consumers still have to hear. */
export function WebhookSection({ webhooks }: { webhooks: WebhookHealth }) {
  const { t } = useMessages();
  const format = useFormat();
  return (
    <Section title={t('health.webhooks')}>
      <KeyValue
        figures
        items={[
          { label: t('health.received'), value: format.number(webhooks.received) },
          { label: t('health.processed'), value: format.number(webhooks.processed) },
          { label: t('health.failed'), value: format.number(webhooks.failed) },
          { label: t('home.webhooks'), value: format.count(webhooks.allFailed) },
          { label: t('home.deliveries'), value: format.count(webhooks.pendingDeliveries) },
          { label: t('home.deadDeliveries'), value: format.count(webhooks.deadDeliveries) },
        ]}
      />
    </Section>
  );
}

/** How large the database is and who is connected. */
export function DatabaseSection({ database }: { database: DatabaseHealth }) {
  const { t } = useMessages();
  const format = useFormat();
  const { oldestTransactionSeconds: transaction } = database;
  return (
    <Section title={t('home.database')}>
      <KeyValue
        figures
        items={[
          { label: t('health.size'), value: format.bytes(database.bytes) },
          {
            label: t('health.connections'),
            value: t('health.of', { count: format.number(database.connections), max: format.number(database.maxConnections) }),
          },
          {
            label: t('health.transaction'),
            value: transaction === null ? t('home.nothingWaits') : format.duration(transaction),
          },
          ...database.byName.map(({ name, connections, busy }) => ({
            label: name,
            value: t('health.busy', { count: connections, busy: format.number(busy) }),
          })),
        ]}
      />
    </Section>
  );
}

/** Who and what can sign in, each leading to where it is managed. */
export function AccessSection({ people }: { people: PeopleCounts }) {
  const { t } = useMessages();
  const format = useFormat();
  return (
    <Section title={t('health.access')}>
      <KeyValue
        figures
        items={[
          { label: t('health.users'), value: <Link href="/settings/users">{format.number(people.users)}</Link> },
          { label: t('health.sessions'), value: format.number(people.sessions) },
          { label: t('health.apiKeys'), value: <Link href="/settings/api-keys">{format.number(people.apiKeys)}</Link> },
        ]}
      />
    </Section>
  );
}
