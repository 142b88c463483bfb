import type pg from 'pg';
import type { Tx } from '../platform/db.ts';
import { readSnapshot } from '../platform/read-snapshot.ts';
import {
  type DatabaseHealth,
  type PeopleCounts,
  readDatabase,
  readPeople,
  readWebhooks,
  type WebhookHealth,
} from './health-parts.ts';
import {
  type LaneHealth,
  type Minute,
  type ProcessHealth,
  readErrors,
  readLanes,
  readMinutes,
  readProcesses,
  type Trouble,
} from './health-processes.ts';
import { OPEN_SAGA_STATUSES, type OpenSagaStatus } from './jobs.ts';

/** Jobs of one task: what waits, what runs, how long the oldest has waited. */
export interface QueueHealth {
  readonly task: string;
  readonly ready: number;
  readonly running: number;
  readonly later: number;
  readonly dead: number;
  /** Null where none could run now. */
  readonly oldestSeconds: number | null;
}

/** Open sagas of one kind. */
export interface SagaHealth {
  readonly kind: string;
  readonly open: number;
  readonly counts: Readonly<Record<OpenSagaStatus, number>>;
  /** How long the oldest one has been under way. */
  readonly oldestSeconds: number | null;
  readonly late: number;
}

export interface IntegrityHealth {
  readonly checkedAt: Date;
  readonly violations: bigint;
  readonly unchecked: number;
}

export interface Health {
  readonly at: Date;
  readonly queue: readonly QueueHealth[];
  readonly sagas: readonly SagaHealth[];
  readonly processes: readonly ProcessHealth[];
  readonly lanes: readonly LaneHealth[];
  /** Of the last hour, the most frequent first. */
  readonly errors: readonly Trouble[];
  readonly minutes: readonly Minute[];
  readonly database: DatabaseHealth;
  readonly integrity: IntegrityHealth | null;
  readonly webhooks: WebhookHealth;
  readonly people: PeopleCounts;
}

/** How the whole installation is doing, on one snapshot: what its tables say, and what its processes wrote down of themselves. */
export async function readHealth(pool: pg.Pool): Promise<Health> {
  return readSnapshot(pool, async (tx) => {
    const now = await tx.query<{ at: Date }>('SELECT now() AS at');
    const at = now.rows[0]?.at ?? new Date();
    return {
      at,
      queue: await readQueueHealth(tx),
      sagas: await readSagaHealth(tx),
      processes: await readProcesses(tx),
      lanes: await readLanes(tx),
      errors: await readErrors(tx),
      minutes: await readMinutes(tx),
      database: await readDatabase(tx),
      integrity: await readIntegrity(tx),
      webhooks: await readWebhooks(tx, at),
      people: await readPeople(tx),
    };
  });
}

async function readQueueHealth(tx: Tx): Promise<QueueHealth[]> {
  const { rows } = await tx.query<QueueHealth>({
    name: 'health-queue',
    text: `SELECT task, count(*) FILTER (WHERE state = 'ready')::int AS ready, count(*) FILTER (WHERE state = 'running')::int AS running,
        count(*) FILTER (WHERE state = 'later')::int AS later, count(*) FILTER (WHERE state = 'dead')::int AS dead,
        extract(epoch FROM now() - min(run_at) FILTER (WHERE state = 'ready'))::int AS "oldestSeconds"
      FROM (SELECT task_identifier AS task, run_at, CASE WHEN locked_at IS NOT NULL THEN 'running' WHEN attempts >= max_attempts THEN 'dead'
              WHEN run_at <= now() THEN 'ready' ELSE 'later' END AS state FROM graphile_worker.jobs) j
      GROUP BY task ORDER BY "oldestSeconds" DESC NULLS LAST, dead DESC, task`,
  });
  return rows;
}

type SagaRow = Omit<SagaHealth, 'counts'> & Readonly<Record<OpenSagaStatus, number>>;

async function readSagaHealth(tx: Tx): Promise<SagaHealth[]> {
  const counts = OPEN_SAGA_STATUSES.map((status) => `count(*) FILTER (WHERE status = '${status}')::int AS ${status}`);
  const { rows } = await tx.query<SagaRow>({
    name: 'health-sagas',
    text: `SELECT kind, count(*)::int AS open, ${counts.join(', ')}, extract(epoch FROM now() - min(created_at))::int AS "oldestSeconds",
        count(*) FILTER (WHERE deadline < now())::int AS late
      FROM sagas WHERE status <> 'done' GROUP BY kind ORDER BY kind`,
  });
  return rows.map(({ kind, open, oldestSeconds, late, ...by }) => ({ kind, open, oldestSeconds, late, counts: by }));
}

async function readIntegrity(tx: Tx): Promise<IntegrityHealth | null> {
  const { rows } = await tx.query<IntegrityHealth>({
    name: 'health-integrity',
    text: 'SELECT checked_at AS "checkedAt", violations, unchecked FROM integrity_runs ORDER BY checked_at DESC, id DESC LIMIT 1',
  });
  return rows[0] ?? null;
}

export type { DatabaseHealth, PeopleCounts, WebhookHealth } from './health-parts.ts';
export type { LaneHealth, Minute, ProcessHealth, Trouble } from './health-processes.ts';
