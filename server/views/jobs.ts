import type { SagaStatus } from '../kernel/vocabulary.ts';
import type { Queryable } from '../platform/db.ts';
import { Conditions, prepared } from './conditions.ts';
import { keysetPage, type PageRequest } from './keyset.ts';
import { COUNT_CAP, type Page } from './pages.ts';
import type { Scope } from './scope.ts';

/**
 * ready: could run now. scheduled: runs later for the first time. retrying: failed, runs again later. running: a worker has it.
 * dead: used up its attempts and waits for a person.
 */
export const JOB_STATES = ['dead', 'running', 'ready', 'retrying', 'scheduled'] as const;
export type JobState = (typeof JOB_STATES)[number];

export interface JobRow {
  readonly id: string;
  readonly task: string;
  readonly key: string | null;
  readonly state: JobState;
  readonly attempts: number;
  readonly maxAttempts: number;
  readonly runAt: Date;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly lockedBy: string | null;
  readonly lastError: string | null;
}

const STATE = `CASE
  WHEN j.locked_at IS NOT NULL THEN 'running'
  WHEN j.attempts >= j.max_attempts THEN 'dead'
  WHEN j.run_at <= now() THEN 'ready'
  WHEN j.attempts > 0 THEN 'retrying'
  ELSE 'scheduled' END`;

/** A queue is a queue: whoever wants more than this wants a number, not a list. */
const JOBS_SHOWN = 200;

/** Jobs of one state, those that have waited longest first; dead ones, the newest first. */
export async function listJobs(db: Queryable, state: JobState): Promise<readonly JobRow[]> {
  const order = state === 'dead' ? 'j.updated_at DESC' : 'j.run_at';
  const text = `SELECT j.id::text AS id, j.task_identifier AS task, j.key, ${STATE} AS state, j.attempts::int AS attempts,
      j.max_attempts::int AS "maxAttempts", j.run_at AS "runAt", j.created_at AS "createdAt", j.updated_at AS "updatedAt",
      j.locked_by AS "lockedBy", j.last_error AS "lastError"
    FROM graphile_worker.jobs j WHERE ${STATE} = $1 ORDER BY ${order}, j.id LIMIT ${JOBS_SHOWN}`;
  const { rows } = await db.query<JobRow>(prepared('jobs-list', text, [state]));
  return rows;
}

/** An event that a consumer failed at as often as it may. */
export interface DeadDeliveryRow {
  readonly eventId: string;
  readonly consumer: string;
  readonly attempts: number;
  readonly type: string;
  /** Of the order the event is about; null where it is about something else. */
  readonly orderNumber: string | null;
  readonly at: Date;
  readonly lastError: string | null;
}

/** Deliveries that wait for a person, those of the newest events first. */
export async function listDeadDeliveries(db: Queryable): Promise<readonly DeadDeliveryRow[]> {
  const text = `SELECT d.event_id AS "eventId", d.consumer, d.attempts, e.type, o.number AS "orderNumber", e.at, d.last_error AS "lastError"
    FROM event_deliveries d JOIN events e ON e.id = d.event_id
    LEFT JOIN orders o ON e.aggregate = 'order' AND o.id = e.aggregate_id
    WHERE d.status = 'dead' ORDER BY d.event_id DESC, d.consumer LIMIT ${JOBS_SHOWN}`;
  const { rows } = await db.query<DeadDeliveryRow>(prepared('deliveries-dead', text, []));
  return rows;
}

export type JobCounts = Readonly<Record<JobState, number>>;

/** How many jobs there are of each state. */
export async function countJobs(db: Queryable): Promise<JobCounts> {
  const text = `SELECT ${STATE} AS state, count(*)::int AS n FROM graphile_worker.jobs j GROUP BY 1`;
  const { rows } = await db.query<{ state: JobState; n: number }>(prepared('jobs-count', text, []));
  const counts = new Map(rows.map((row) => [row.state, row.n]));
  return Object.fromEntries(JOB_STATES.map((state) => [state, counts.get(state) ?? 0])) as JobCounts;
}

export const OPEN_SAGA_STATUSES = [
  'stuck',
  'retrying',
  'waiting',
  'running',
  'compensating',
] as const satisfies readonly SagaStatus[];
export type OpenSagaStatus = (typeof OPEN_SAGA_STATUSES)[number];

export interface SagaRow {
  readonly id: string;
  readonly kind: string;
  readonly step: string;
  readonly status: OpenSagaStatus;
  readonly attempt: number;
  readonly orderId: string;
  readonly orderNumber: string | null;
  readonly wakeAt: Date;
  readonly deadline: Date | null;
  /** The sentence of the last failure, or null. */
  readonly error: string | null;
  readonly updatedAt: Date;
}

/** Sagas that are not done, of one status or all, those due first first. */
export async function listSagas(
  db: Queryable,
  scope: Scope,
  request: { readonly status?: OpenSagaStatus | undefined } & PageRequest,
): Promise<Page<SagaRow>> {
  const where = new Conditions().plain(`s.status <> 'done'`).scope(scope, 's', null);
  if (request.status !== undefined) where.add((p) => `s.status = ${p}`, request.status);
  return keysetPage<SagaRow>(
    db,
    {
      label: 'sagas-list',
      columns: `s.id, s.kind, s.step, s.status, s.attempt, s.order_id AS "orderId", o.number AS "orderNumber", s.wake_at AS "wakeAt", s.deadline,
        coalesce(s.error->>'detail', s.error->>'message', s.error #>> '{}') AS error, s.updated_at AS "updatedAt"`,
      from: 'sagas s LEFT JOIN orders o ON o.id = s.order_id',
      where,
      by: 's.wake_at',
      id: 's.id',
      descending: false,
    },
    request,
  );
}

export type SagaCounts = Readonly<Record<OpenSagaStatus, number>>;

/** How many sagas are in each open status, each to `COUNT_CAP`. */
export async function countSagas(db: Queryable, scope: Scope): Promise<SagaCounts> {
  const where = new Conditions().scope(scope, 's', null);
  const counts = OPEN_SAGA_STATUSES.map(
    (status) =>
      `(SELECT count(*)::int FROM (SELECT FROM sagas s WHERE s.status = '${status}' AND ${where.where} LIMIT ${COUNT_CAP}) c) AS ${status}`,
  );
  const { rows } = await db.query<SagaCounts>(prepared('sagas-count', `SELECT ${counts.join(', ')}`, where.values));
  const [row] = rows;
  if (!row) throw new Error('A query of scalars returned no row.');
  return row;
}
