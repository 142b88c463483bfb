'use client';
import type { LaneHealth, ProcessHealth, Trouble } from '../../server/views/health.ts';
import { StatusBadge } from '../ui/badge.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { Section } from '../ui/detail-layout.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { Quantity } from '../ui/money.tsx';
import { EmptyState } from '../ui/states.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';

/** Every process that said something of itself in the last minutes. */
export function ProcessSection({ processes }: { processes: readonly ProcessHealth[] }) {
  const { t } = useMessages();
  const format = useFormat();
  const columns: Column<ProcessHealth>[] = [
    { key: 'role', header: t('health.process'), cell: (row) => `${row.role} ${row.pid}`, card: 'title' },
    {
      key: 'alive',
      header: t('health.state'),
      cell: (row) => <StatusBadge kind="health" value={row.alive ? 'up' : 'down'} />,
      card: 'end',
    },
    { key: 'host', header: t('health.host'), cell: (row) => row.host },
    { key: 'seen', header: t('health.seen'), cell: (row) => <TimeAgo at={row.seenAt} />, card: 'endSub' },
    { key: 'started', header: t('health.started'), cell: (row) => <TimeAgo at={row.startedAt} /> },
    { key: 'memory', header: t('health.memory'), right: true, cell: (row) => format.bytes(row.memoryBytes), card: 'sub' },
    {
      key: 'delay',
      header: t('health.loopDelay'),
      right: true,
      cell: (row) => t('health.ms', { count: format.number(row.loopDelayMs) }),
    },
    {
      key: 'requests',
      header: t('health.requestsPerSecond'),
      right: true,
      cell: (row) => <Quantity value={row.requestsPerSecond} />,
    },
    { key: 'jobs', header: t('health.jobsPerSecond'), right: true, cell: (row) => <Quantity value={row.jobsPerSecond} /> },
  ];
  return (
    <Section title={t('health.processesTitle')} count={processes.length}>
      {processes.length === 0 ? (
        <EmptyState compact title={t('health.noProcesses')} reason={t('health.noProcessesText')} />
      ) : (
        <DataTable
          embedded
          label={t('health.processesTitle')}
          columns={columns}
          rows={processes}
          rowKey={(row) => row.processId}
          rowLabel={(row) => `${row.role} ${row.pid}`}
        />
      )}
    </Section>
  );
}

/** How the lanes did: how many requests one commit carried, how long they waited for it. */
export function LaneSection({ lanes }: { lanes: readonly LaneHealth[] }) {
  const { t } = useMessages();
  const format = useFormat();
  const ms = (key: 'meanWaitMs' | 'worstWaitMs' | 'meanRunMs', header: string): Column<LaneHealth> => ({
    key,
    header,
    right: true,
    cell: (row) => t('health.ms', { count: format.number(row[key]) }),
  });
  const number = (key: 'requests' | 'meanSize' | 'maxDepth', header: string): Column<LaneHealth> => ({
    key,
    header,
    right: true,
    cell: (row) => <Quantity value={row[key]} />,
  });
  const columns: Column<LaneHealth>[] = [
    { key: 'lane', header: t('health.lane'), cell: (row) => <span className="wb-mono">{row.lane}</span>, card: 'title' },
    { key: 'role', header: t('health.process'), cell: (row) => row.role, card: 'sub' },
    { ...number('requests', t('health.laneRequests')), card: 'end' },
    number('meanSize', t('health.batchSize')),
    { ...ms('meanWaitMs', t('health.wait')), card: 'endSub' },
    ms('worstWaitMs', t('health.worstWait')),
    ms('meanRunMs', t('health.run')),
    number('maxDepth', t('health.depth')),
  ];
  return (
    <Section title={t('health.lanes')}>
      {lanes.length === 0 ? (
        <EmptyState compact title={t('health.noLanes')} reason={t('health.noLanesText')} />
      ) : (
        <DataTable
          embedded
          label={t('health.lanes')}
          columns={columns}
          rows={lanes}
          rowKey={(row) => row.lane + row.role}
          rowLabel={(row) => row.lane}
        />
      )}
    </Section>
  );
}

/** What failed within the hour, by where. */
export function ErrorSection({ errors }: { errors: readonly Trouble[] }) {
  const { t } = useMessages();
  const columns: Column<Trouble>[] = [
    { key: 'where', header: t('health.where'), cell: (row) => <span className="wb-mono">{row.where}</span>, card: 'title' },
    { key: 'kind', header: t('health.kind'), cell: (row) => t(`health.kinds.${row.kind}`), card: 'sub' },
    { key: 'last', header: t('health.last'), cell: (row) => <TimeAgo at={row.lastAt} />, card: 'endSub' },
    { key: 'count', header: t('health.times'), right: true, cell: (row) => <Quantity value={row.count} />, card: 'end' },
  ];
  return (
    <Section title={t('health.errorsTitle')}>
      {errors.length === 0 ? (
        <EmptyState compact title={t('health.noErrors')} reason={t('health.noErrorsText')} />
      ) : (
        <DataTable
          embedded
          label={t('health.errorsTitle')}
          columns={columns}
          rows={errors}
          rowKey={(row) => row.kind + row.where}
          rowLabel={(row) => row.where}
        />
      )}
    </Section>
  );
}
