import { TASKS, type TaskName, type TaskPayload } from '../kernel/tasks.ts';
import type { Queryable, Tx } from './db.ts';
import { lockStep } from './locks.ts';

/** A job to add. A re-added `jobKey` replaces the waiting job of that key; one that is running already is not disturbed. */
export type NewJob = {
  [T in TaskName]: {
    readonly task: T;
    readonly payload: TaskPayload<T>;
    readonly runAt?: Date;
    readonly jobKey?: string;
    /** Smaller runs first; 0 when absent. */
    readonly priority?: number;
    /** How often graphile-worker tries a job whose handler throws (a bug). */
    readonly maxAttempts?: number;
  };
}[TaskName];

/** A thrown bug is tried ten times, over about four hours; then the job is a dead letter, shown on the jobs page. */
const DEFAULT_MAX_ATTEMPTS = 10;

// add_jobs sends one NOTIFY for the batch, and PostgreSQL delivers it at COMMIT.
const ADD_JOBS = {
  name: 'queue-add-jobs',
  text: `SELECT count(*) FROM graphile_worker.add_jobs(
           ARRAY(SELECT json_populate_recordset(NULL::graphile_worker.job_spec, $1::json)))`,
};

/**
 * Adds jobs in one statement inside the caller's transaction, so that they exist exactly if it commits. Payloads are checked
 * against kernel/tasks.ts; a wrong one throws, because it is a bug of the caller.
 * Call it last: jobs come last in the lock order, and keyed ones are added sorted so that two batches cannot deadlock.
 */
export async function addJobs(tx: Queryable, jobs: readonly NewJob[]): Promise<void> {
  if (jobs.length === 0) return;
  await tx.query({ ...ADD_JOBS, values: [JSON.stringify(specsOf(jobs))] });
}

function specsOf(jobs: readonly NewJob[]): readonly Record<string, unknown>[] {
  const unkeyed: Record<string, unknown>[] = [];
  // One statement may touch a key once only; the last wish for a key wins.
  const keyed = new Map<string, Record<string, unknown>>();
  for (const job of jobs) {
    const spec = {
      identifier: job.task,
      payload: TASKS[job.task].parse(job.payload),
      run_at: job.runAt?.toISOString() ?? null,
      max_attempts: job.maxAttempts ?? DEFAULT_MAX_ATTEMPTS,
      job_key: job.jobKey ?? null,
      priority: job.priority ?? 0,
    };
    if (job.jobKey === undefined) unkeyed.push(spec);
    else keyed.set(job.jobKey, spec);
  }
  const sorted = [...keyed.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, spec]) => spec);
  return [...unkeyed, ...sorted];
}

export interface LockedJob {
  readonly id: string;
  readonly task: string;
  readonly attempts: number;
  readonly maxAttempts: number;
  readonly running: boolean;
  readonly lastError: string | null;
}

/** Jobs under their lock, by id; an id whose job was done or removed is left out. */
export async function lockJobs(tx: Tx, ids: readonly string[]): Promise<Map<string, LockedJob>> {
  lockStep(tx, 'jobs');
  const { rows } = await tx.query<LockedJob>({
    name: 'queue-lock-jobs',
    text: `SELECT j.id::text AS id, t.identifier AS task, j.attempts::int AS attempts, j.max_attempts::int AS "maxAttempts",
                  j.locked_at IS NOT NULL AS running, j.last_error AS "lastError"
           FROM graphile_worker._private_jobs j JOIN graphile_worker._private_tasks t ON t.id = j.task_id
           WHERE j.id = ANY($1::bigint[]) ORDER BY j.id FOR UPDATE OF j`,
    values: [ids],
  });
  return new Map(rows.map((row) => [row.id, row]));
}

/** Has jobs run now, with all their attempts again. One that a worker has is left to it. */
export async function rescheduleJobs(tx: Tx, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await tx.query({
    name: 'queue-reschedule',
    text: 'SELECT count(*) FROM graphile_worker.reschedule_jobs($1::bigint[], run_at => now(), attempts => 0)',
    values: [ids],
  });
}

export interface QueueFigures {
  /** Seconds that the oldest job which could run now has been waiting; 0 when none waits. */
  readonly oldestRunnableSeconds: number;
  readonly runnable: number;
  readonly running: number;
  /** Jobs that used up their attempts. */
  readonly dead: number;
}

/** What health and metrics say about the queue. */
export async function queueFigures(db: Queryable): Promise<QueueFigures> {
  const { rows } = await db.query<{ oldest: number; runnable: number; running: number; dead: number }>({
    name: 'queue-figures',
    text: `SELECT coalesce(extract(epoch FROM now() - min(run_at) FILTER (WHERE runnable)), 0)::float8 AS oldest,
                  count(*) FILTER (WHERE runnable)::int AS runnable,
                  count(*) FILTER (WHERE locked_at IS NOT NULL)::int AS running,
                  count(*) FILTER (WHERE attempts >= max_attempts AND locked_at IS NULL)::int AS dead
           FROM (SELECT *, locked_at IS NULL AND attempts < max_attempts AND run_at <= now() AS runnable
                 FROM graphile_worker.jobs) AS jobs`,
  });
  const row = rows[0];
  if (!row) throw new Error('An aggregate without GROUP BY returns one row');
  return { oldestRunnableSeconds: row.oldest, runnable: row.runnable, running: row.running, dead: row.dead };
}
