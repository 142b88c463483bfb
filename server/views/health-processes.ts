import type { Queryable } from '../platform/db.ts';

/** A process that wrote down what it saw within the last minutes. */
export interface ProcessHealth {
  readonly processId: string;
  readonly role: string;
  readonly host: string;
  readonly pid: number;
  readonly startedAt: Date;
  readonly seenAt: Date;
  /** False where it has said nothing for three of its intervals. */
  readonly alive: boolean;
  readonly memoryBytes: bigint;
  readonly loopDelayMs: number;
  readonly requestsPerSecond: number;
  readonly jobsPerSecond: number;
}

/** A lane over the last five minutes, in all processes of a role together. */
export interface LaneHealth {
  readonly lane: string;
  readonly role: string;
  readonly requests: number;
  readonly batches: number;
  readonly meanSize: number;
  readonly meanWaitMs: number;
  readonly worstWaitMs: number;
  readonly meanRunMs: number;
  readonly maxDepth: number;
}

/** Something that failed within the last hour: answers of 500 and above by route, handlers of jobs that threw by task. */
export interface Trouble {
  readonly kind: 'request' | 'job';
  readonly where: string;
  readonly count: number;
  readonly lastAt: Date;
}

/** One minute of the last hour. Null where no worker said how the queue was. */
export interface Minute {
  readonly at: Date;
  readonly requests: number;
  readonly jobs: number;
  readonly failures: number;
  readonly queueDepth: number | null;
  readonly queueSeconds: number | null;
}

/** A stopped process is shown for this long, so that one sees that it was there. */
const SHOWN_FOR = "interval '5 minutes'";
/** Three samples of ten seconds. */
const SILENT_AFTER = "interval '30 seconds'";
const HOUR = "interval '1 hour'";
const SAMPLES = 'process_samples s';

export async function readProcesses(db: Queryable): Promise<ProcessHealth[]> {
  const { rows } = await db.query<ProcessHealth>({
    name: 'health-processes',
    text: `SELECT DISTINCT ON (s.role, s.process_id) s.process_id AS "processId", s.role, s.host, s.pid, s.started_at AS "startedAt", s.at AS "seenAt",
        s.at > now() - ${SILENT_AFTER} AS alive, (s.figures->>'memoryBytes')::bigint AS "memoryBytes",
        (s.figures->>'loopDelayMs')::float8 AS "loopDelayMs", round(((s.figures->>'requests')::numeric / s.seconds::numeric), 1)::float8 AS "requestsPerSecond",
        round(((s.figures->>'jobs')::numeric / s.seconds::numeric), 1)::float8 AS "jobsPerSecond"
      FROM ${SAMPLES} WHERE s.at > now() - ${SHOWN_FOR} ORDER BY s.role, s.process_id, s.at DESC`,
  });
  return rows;
}

export async function readLanes(db: Queryable): Promise<LaneHealth[]> {
  const { rows } = await db.query<LaneHealth>({
    name: 'health-lanes',
    text: `SELECT lane, role, requests, batches, round(requests::numeric / batches, 1)::float8 AS "meanSize",
        round(wait / batches)::float8 AS "meanWaitMs", round(worst)::float8 AS "worstWaitMs", round(run / batches)::float8 AS "meanRunMs", depth AS "maxDepth"
      FROM (SELECT l.key AS lane, s.role, sum((l.value->>'requests')::int)::int AS requests, sum((l.value->>'batches')::int)::int AS batches,
          sum((l.value->>'waitMs')::numeric) AS wait, max((l.value->>'worstWaitMs')::numeric) AS worst,
          sum((l.value->>'runMs')::numeric) AS run, max((l.value->>'maxDepth')::int) AS depth
        FROM ${SAMPLES}, jsonb_each(s.figures->'lanes') l WHERE s.at > now() - ${SHOWN_FOR} GROUP BY 1, 2) x
      WHERE batches > 0 ORDER BY requests DESC, lane, role`,
  });
  return rows;
}

export async function readErrors(db: Queryable): Promise<Trouble[]> {
  const part = (kind: string, field: string): string =>
    `SELECT '${kind}' AS kind, f.key AS "where", sum(f.value::int)::int AS count, max(s.at) AS "lastAt"
     FROM ${SAMPLES}, jsonb_each_text(s.figures->'${field}') f WHERE s.at > now() - ${HOUR} GROUP BY f.key`;
  const { rows } = await db.query<Trouble>({
    name: 'health-errors',
    text: `${part('request', 'failedRequests')} UNION ALL ${part('job', 'failedJobs')} ORDER BY count DESC, kind, "where" LIMIT 50`,
  });
  return rows;
}

/** Each minute of the last hour, also those in which nobody wrote anything down. */
export async function readMinutes(db: Queryable): Promise<Minute[]> {
  const failures = (field: string): string =>
    `(SELECT coalesce(sum(f.value::int), 0) FROM jsonb_each_text(s.figures->'${field}') f)`;
  const { rows } = await db.query<Minute>({
    name: 'health-minutes',
    text: `SELECT m.at, coalesce(sum((s.figures->>'requests')::int), 0)::int AS requests, coalesce(sum((s.figures->>'jobs')::int), 0)::int AS jobs,
        coalesce(sum(${failures('failedRequests')} + ${failures('failedJobs')}), 0)::int AS failures,
        max((s.figures->'queue'->>'runnable')::int) AS "queueDepth",
        round(max((s.figures->'queue'->>'oldestRunnableSeconds')::numeric))::int AS "queueSeconds"
      FROM generate_series(date_trunc('minute', now()) - interval '59 minutes', date_trunc('minute', now()), interval '1 minute') m(at)
      LEFT JOIN ${SAMPLES} ON s.at >= m.at AND s.at < m.at + interval '1 minute'
      GROUP BY m.at ORDER BY m.at`,
  });
  return rows;
}
