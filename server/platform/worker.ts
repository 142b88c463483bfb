import { EventEmitter } from 'node:events';
import {
  Logger,
  type ParsedCronItem,
  type Runner,
  type RunnerOptions,
  run,
  runOnce,
  type TaskList,
  type WorkerEvents,
} from 'graphile-worker';
import pg from 'pg';
import { TASKS, type TaskName, type TaskPayload } from '../kernel/tasks.ts';
import type { Log } from './log.ts';
import type { Telemetry } from './telemetry.ts';
import { createLiveness, type Liveness, type Reaper, startReaper } from './worker-liveness.ts';

/** What a task is told of the job that it runs. */
export interface JobInfo {
  readonly id: string;
  /** 1 on the first try. */
  readonly attempt: number;
  /** Whether the job is a dead letter if this try fails. */
  readonly lastTry: boolean;
  /** Aborts when the worker is asked to stop: finish the step at hand and return. */
  readonly signal: AbortSignal;
  readonly log: Log;
}

export type TaskHandler<T extends TaskName> = (payload: TaskPayload<T>, job: JobInfo) => Promise<void>;
export type TaskHandlers = { readonly [T in TaskName]?: TaskHandler<T> };

export interface WorkerOptions {
  readonly connectionString: string;
  readonly tasks: TaskHandlers;
  readonly cron?: readonly ParsedCronItem[];
  /** Jobs at once. */
  readonly concurrency: number;
  readonly log: Log;
  readonly telemetry?: Telemetry;
  /** Called once if the worker had to stop itself; its jobs may be running elsewhere already. */
  readonly onLost?: () => void;
}

export interface RunningWorker {
  /** Takes no new jobs and waits for the running ones, `graceMs` at most. What still runs then is unlocked by the reaper. */
  stop(graceMs?: number): Promise<void>;
}

/** Future jobs start this late at most; jobs for now are announced. */
const POLL_MS = 1_000;
/** Completions of this span share one statement. */
const COMPLETE_BATCH_MS = 5;
/** Enough for the fetches and completions of any concurrency; tasks use the application's pool. */
const WORKER_CONNECTIONS = 6;
const DEFAULT_GRACE_MS = 10_000;

/** Runs jobs until stopped. Resolves when this worker has said that it lives and takes jobs; rejects if it cannot. */
export async function startWorker(options: WorkerOptions): Promise<RunningWorker> {
  const { log, telemetry } = options;
  let started = false;
  let stopping: Promise<void> | undefined;
  let runner: Runner | undefined;
  let reaper: Reaper | undefined;
  const session = openSession(options, loseIt);

  function stop(graceMs = DEFAULT_GRACE_MS): Promise<void> {
    stopping ??= stopNow(graceMs);
    return stopping;
  }
  async function stopNow(graceMs: number): Promise<void> {
    const stopped = runner?.stop().catch(() => {});
    await Promise.race([stopped, new Promise((resolve) => setTimeout(resolve, graceMs).unref())]);
    await reaper?.stop();
    await session.close();
  }
  /** The worker cannot go on: somebody else has to, and to know about it. */
  function loseIt(): void {
    if (stopping || !started) return;
    stop(0).then(options.onLost, options.onLost);
  }

  try {
    runner = await run({ ...session.runnerOptions, parsedCronItems: options.cron ? [...options.cron] : [] });
    runner.promise
      .catch((error: unknown) => log.error({ err: error }, 'the job runner failed'))
      // graphile-worker stops by itself when it cannot complete jobs; a process that runs none must not look alive.
      .then(loseIt);
    reaper = startReaper(session.pool, log, (jobs) => telemetry?.observeReaped(jobs));
    await session.alive();
    started = true;
    return { stop };
  } catch (error) {
    await stop(0);
    throw error;
  }
}

/**
 * Runs every job that can run now, and those they add for now, until none is left: for tests and one-off commands. Jobs with a
 * later `runAt`, and those that wait for a retry, stay.
 */
export async function drainQueue(options: Omit<WorkerOptions, 'cron' | 'onLost'>): Promise<void> {
  for (;;) {
    const session = openSession(options, () => {});
    try {
      await runOnce(session.runnerOptions);
      const { rowCount } = await session.pool.query(
        `SELECT FROM graphile_worker.jobs
         WHERE locked_at IS NULL AND attempts < max_attempts AND run_at <= now() AND task_identifier = ANY($1::text[]) LIMIT 1`,
        [Object.keys(options.tasks)],
      );
      if (rowCount === 0) return;
    } finally {
      await session.close();
    }
  }
}

interface Session {
  readonly pool: pg.Pool;
  readonly runnerOptions: RunnerOptions;
  /** Resolves when the worker pool holds its liveness lock. */
  alive(): Promise<void>;
  close(): Promise<void>;
}

/** Connections and options of one worker pool, which cannot fetch a job before it holds its liveness lock. */
function openSession(options: Omit<WorkerOptions, 'onLost'>, lost: () => void): Session {
  const { connectionString, concurrency, log } = options;
  const pool = new GatedPool({ connectionString, max: WORKER_CONNECTIONS, application_name: 'waybill-worker' });
  pool.on('error', (error) => log.warn({ err: error }, 'an idle worker connection broke'));
  // A connection in use reports its error to the query as well; without a listener it would end the process.
  pool.on('connect', (client) => client.on('error', (error) => log.warn({ err: error }, 'a worker connection broke')));
  const liveness: Liveness = createLiveness(connectionString, log, lost);
  const events: WorkerEvents = new EventEmitter();
  let alive: Promise<void> = Promise.reject(new Error('The worker has no pool yet'));
  alive.catch(() => {});
  // Emitted synchronously before the pool's first fetch: from here on every connection waits for the lock.
  events.on('pool:create', ({ workerPool }) => {
    alive = liveness.hold(workerPool.id);
    alive.catch(() => {});
    pool.gate = alive;
  });
  return {
    pool,
    alive: () => alive,
    runnerOptions: {
      pgPool: pool,
      events,
      taskList: bindTasks(options),
      concurrency,
      noHandleSignals: true,
      pollInterval: POLL_MS,
      logger: graphileLogger(log),
      preset: {
        worker: {
          localQueue: { size: concurrency * 4 },
          completeJobBatchDelay: COMPLETE_BATCH_MS,
          failJobBatchDelay: COMPLETE_BATCH_MS,
        },
      },
    },
    async close() {
      await liveness.release();
      await pool.end().catch(() => {});
    },
  };
}

type ConnectCallback = (error: Error | undefined, client: pg.PoolClient | undefined, done: (release?: unknown) => void) => void;

/**
 * A pool whose connections are handed out only after `gate`. graphile-worker invents the id of its worker pool and fetches jobs
 * under it at once; the gate makes sure that the pool's liveness lock is held first, so that a reaper never sees a live pool
 * without its lock. Types are pg's own, because graphile-worker expects bigint columns as text.
 */
class GatedPool extends pg.Pool {
  gate: Promise<void> = Promise.resolve();

  override connect(): Promise<pg.PoolClient>;
  override connect(callback: ConnectCallback): void;
  override connect(callback?: ConnectCallback): Promise<pg.PoolClient> | undefined {
    if (!callback) return this.gate.then(() => super.connect());
    this.gate.then(
      () => super.connect(callback),
      (error: Error) => callback(error, undefined, () => {}),
    );
    return undefined;
  }
}

function bindTasks({ tasks, log, telemetry }: Pick<WorkerOptions, 'tasks' | 'log' | 'telemetry'>): TaskList {
  const bound: TaskList = {};
  for (const name of Object.keys(tasks) as TaskName[]) {
    const handler = tasks[name] as TaskHandler<TaskName> | undefined;
    if (!handler) continue;
    bound[name] = async (payload: unknown, { job, abortSignal }) => {
      const jobLog = log.child({ task: name, jobId: job.id });
      const began = performance.now();
      try {
        const known = TASKS[name].parse(payload) as TaskPayload<TaskName>;
        const lastTry = job.attempts >= job.max_attempts;
        await handler(known, { id: job.id, attempt: job.attempts, lastTry, signal: abortSignal, log: jobLog });
        telemetry?.observeJob(name, 'done', performance.now() - began);
      } catch (error) {
        telemetry?.observeJob(name, 'failed', performance.now() - began);
        const dead = job.attempts >= job.max_attempts;
        jobLog.error({ err: error, attempt: job.attempts, dead }, dead ? 'a job is a dead letter now' : 'a job failed');
        throw error;
      }
    };
  }
  return bound;
}

/** graphile-worker says at info that each job was done, which is debug here; failed jobs are logged with more by bindTasks. */
function graphileLogger(log: Log): Logger {
  const levels = { error: 'error', warning: 'warn', info: 'debug', debug: 'trace' } as const;
  return new Logger(() => (level, message, meta) => {
    if (meta && 'failure' in meta) return;
    log[levels[level]](meta && 'error' in meta ? { err: meta.error } : {}, message);
  });
}
