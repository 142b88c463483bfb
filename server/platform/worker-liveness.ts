import pg from 'pg';
import type { Log } from './log.ts';

/** Sets our advisory locks apart from others that hash a text. */
const LOCK_SEED = 7_261;
const HEARTBEAT_MS = 2_000;
/** A heartbeat that takes longer than this means that the connection is gone, whatever the socket says. */
const HEARTBEAT_TIMEOUT_MS = 5_000;
const REAP_MS = 2_000;

export interface Liveness {
  /** Resolves when the session lock of the pool is held; from then on others may trust that the pool lives. */
  hold(poolId: string): Promise<void>;
  release(): Promise<void>;
}

/**
 * Says "this worker pool lives" by a session advisory lock on a connection of its own: PostgreSQL frees it the moment the process
 * or its connection ends, kill -9 included. When the connection breaks, or a heartbeat stays unanswered, `lost` is called once:
 * others may take our jobs now, so the worker has to stop.
 */
export function createLiveness(connectionString: string, log: Log, lost: () => void): Liveness {
  const client = new pg.Client({
    connectionString,
    application_name: 'waybill-worker-liveness',
    keepAlive: true,
    query_timeout: HEARTBEAT_TIMEOUT_MS,
    connectionTimeoutMillis: HEARTBEAT_TIMEOUT_MS,
  });
  let ended = false;
  let timer: NodeJS.Timeout | undefined;

  function end(reason: unknown): void {
    if (ended) return;
    ended = true;
    clearTimeout(timer);
    log.error({ err: reason }, 'the liveness connection is lost; this worker stops, because others may take its jobs');
    client.end().catch(() => {});
    lost();
  }

  function beat(): void {
    client.query('SELECT 1').then(() => {
      if (!ended) timer = setTimeout(beat, HEARTBEAT_MS);
    }, end);
  }

  client.on('error', end);
  client.on('end', () => end(new Error('The connection ended')));
  return {
    async hold(poolId) {
      try {
        await client.connect();
        await client.query('SELECT pg_advisory_lock(hashtextextended($1, $2))', [poolId, LOCK_SEED]);
      } catch (error) {
        end(error);
        throw error;
      }
      beat();
    },
    async release() {
      ended = true;
      clearTimeout(timer);
      await client.end().catch(() => {});
    },
  };
}

/**
 * Unlocks the jobs of worker pools that are dead: whoever can take a pool's lock knows that nobody holds it. A pool takes its lock
 * before it fetches its first job (see worker.ts), so that a live pool never looks dead. The lock is held until the unlocking has
 * committed. Returns how many jobs can run again; a job may have been run already, which every task must bear.
 */
export async function reapDeadPools(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ id: string }>(
    'SELECT DISTINCT locked_by AS id FROM graphile_worker.jobs WHERE locked_by IS NOT NULL',
  );
  let freed = 0;
  for (const { id } of rows) freed += await reapIfDead(pool, id);
  return freed;
}

// One statement, so one transaction: the lock lives exactly as long as the unlocking. The attempt that was cut off stays counted,
// so that a job which kills its worker each time becomes a dead letter instead of killing workers forever.
const REAP = `
  WITH dead AS MATERIALIZED (SELECT $1::text AS id WHERE pg_try_advisory_xact_lock(hashtextextended($1, $2))),
  queues AS (
    UPDATE graphile_worker._private_job_queues AS queues SET locked_at = NULL, locked_by = NULL
    FROM dead WHERE queues.locked_by = dead.id)
  UPDATE graphile_worker._private_jobs AS jobs SET locked_at = NULL, locked_by = NULL, updated_at = now()
  FROM dead WHERE jobs.locked_by = dead.id`;

async function reapIfDead(pool: pg.Pool, poolId: string): Promise<number> {
  const { rowCount } = await pool.query(REAP, [poolId, LOCK_SEED]);
  return rowCount ?? 0;
}

export interface Reaper {
  stop(): Promise<void>;
}

/** Looks for dead pools every two seconds. Every worker does; it does not matter who finds one first. */
export function startReaper(pool: pg.Pool, log: Log, reaped: (jobs: number) => void): Reaper {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();

  async function look(): Promise<void> {
    try {
      const jobs = await reapDeadPools(pool);
      if (jobs > 0) {
        reaped(jobs);
        log.warn({ jobs }, 'jobs of a dead worker were unlocked');
        // Nobody is told that an unlocked job can run again, so wake the workers that sleep.
        await pool.query(`SELECT pg_notify('jobs:insert', json_build_object('r', random(), 'count', $1::int)::text)`, [jobs]);
      }
    } catch (error) {
      if (!stopped) log.warn({ err: error }, 'could not look for dead workers; trying again');
    }
    if (!stopped) timer = setTimeout(begin, REAP_MS);
  }
  function begin(): void {
    running = look();
  }

  begin();
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
