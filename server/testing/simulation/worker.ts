import { pino } from 'pino';
import { TICKS } from '../../../jobs/crontab.ts';
import { bindTasks } from '../../../jobs/tasks.ts';
import type { App } from '../../app.ts';
import type { TaskName } from '../../kernel/tasks.ts';
import type { JobInfo, TaskHandler, TaskHandlers } from '../../platform/worker.ts';
import { describe, type Faults, isExpected } from './faults.ts';
import { HOME, type House, type Process } from './house.ts';
import type { Random } from './random.ts';

interface Job {
  readonly id: bigint;
  readonly task: TaskName;
  readonly payload: Record<string, unknown>;
  readonly attempts: number;
  readonly max_attempts: number;
}

const log = pino({ level: 'silent' });
/** Jobs at once in one worker. */
const SLOTS = 2;
const REAPED_AFTER_MS = { from: 100, to: 4_000 };
/** What may be lost with a queue, and who finds it again: that sweep runs by the clock. */
const FOUND_BY: { readonly [task in TaskName]?: TaskName } = {
  'advance-saga': 'sweep-sagas',
  'advance-sagas': 'sweep-sagas',
  'deliver-event': 'sweep-deliveries',
};

/** Runs the real tasks from the real queue, as graphile-worker does: takes a job, runs it, removes it or puts it off. */
export class Workers {
  private readonly house: House;
  private readonly faults: Faults;
  private readonly random: Random;
  private sleepers: { readonly worker: Process; readonly wake: () => void }[] = [];
  private nextAlarm: number | null = null;
  private readonly living = new Map<Process, TaskHandlers>();

  constructor(options: { house: House; faults: Faults; random: Random }) {
    this.house = options.house;
    this.faults = options.faults;
    this.random = options.random;
    this.house.workerStarted = (worker) => this.begin(worker);
    this.house.workerDied = (name) => this.reap(name);
  }

  /** Jobs were added: somebody who sleeps looks again, and wakes another if there is more than one. */
  wake(): void {
    const living = this.sleepers.filter(({ worker }) => worker.alive);
    this.sleepers = living;
    if (living.length === 0) return;
    const running = living.filter(({ worker }) => worker.pausedUntil <= this.house.scheduler.time.now);
    const chosen = this.random.pick(running.length > 0 ? running : living);
    this.sleepers = living.filter((sleeper) => sleeper !== chosen);
    chosen.wake();
  }

  private begin(worker: Process): void {
    const settings = { region: HOME };
    const app = { pool: worker.pool, flows: worker.flows, settings, env: { PSP_URL: '' }, log } as unknown as App;
    // Mail has tests of its own (flows/send-notices.test.ts).
    const tasks: TaskHandlers = { ...bindTasks(app), 'send-notices': async () => {} };
    this.living.set(worker, tasks);
    for (let slot = 0; slot < SLOTS; slot++) void this.work(worker, tasks);
  }

  /** Sweeps by the clock: as in the house, one of the workers does each. */
  startTicks(): void {
    const sweeps = TICKS.filter(({ task }) => Object.values(FOUND_BY).includes(task));
    for (const { task, everySeconds } of sweeps) void this.tick(task, everySeconds * 1_000);
  }

  private async work(worker: Process, tasks: TaskHandlers): Promise<never> {
    for (;;) {
      const job = await survive(() => this.take(worker));
      if (job) await this.handle(worker, tasks, job);
    }
  }

  /** One of the jobs that are due, locked; null after a sleep where there is none. */
  private async take(worker: Process): Promise<Job | null> {
    const { rows } = await worker.pool.query<Job & { readonly next: Date | null }>({
      name: 'worker-take',
      text: `WITH waiting AS (
               SELECT id, run_at, count(*) FILTER (WHERE run_at <= $1) OVER () AS due FROM graphile_worker._private_jobs
               WHERE locked_at IS NULL AND attempts < max_attempts),
             taken AS (
               UPDATE graphile_worker._private_jobs j SET attempts = attempts + 1, locked_at = $1, locked_by = $2
               WHERE j.id = (SELECT id FROM waiting WHERE run_at <= $1 ORDER BY id OFFSET floor($3::float8 * (SELECT max(due) FROM waiting)) LIMIT 1)
               RETURNING j.*)
             SELECT j.id, t.identifier AS task, j.payload, j.attempts, j.max_attempts, (SELECT min(run_at) FROM waiting WHERE id IS DISTINCT FROM j.id) AS next
             FROM (SELECT) one LEFT JOIN taken j ON true LEFT JOIN graphile_worker._private_tasks t ON t.id = j.task_id ORDER BY j.id`,
      values: [new Date(), worker.name, this.random.next()],
    });
    const row = rows[0];
    const next = row?.next?.getTime();
    if (next !== undefined) this.alarm(next);
    if (row?.id) return row;
    await new Promise<void>((wake) => this.sleepers.push({ worker, wake }));
    return null;
  }

  /** At that time somebody looks again. */
  private alarm(at: number): void {
    const { time } = this.house.scheduler;
    if (this.nextAlarm !== null && this.nextAlarm <= at && this.nextAlarm > time.now) return;
    this.nextAlarm = at;
    time.after(at - time.now, 'a job is due', () => this.wake());
  }

  private async handle(worker: Process, tasks: TaskHandlers, job: Job): Promise<void> {
    const handler = tasks[job.task] as TaskHandler<TaskName> | undefined;
    if (!handler) return this.house.scheduler.found(`There is no task ${job.task}`);
    const lost = job.task in FOUND_BY && this.faults.strikes('job_lost');
    if (lost) this.house.scheduler.say(`job ${job.task} is lost`);
    // Two workers have it: the one that was thought dead, and this.
    else if (this.faults.strikes('job_twice')) void this.run(this.anyTasks()[job.task] as TaskHandler<TaskName>, job);
    const error = lost ? undefined : await this.run(handler, job);
    await survive(() =>
      error === undefined
        ? worker.pool.query({
            name: 'worker-done',
            text: 'DELETE FROM graphile_worker._private_jobs WHERE id = $1',
            values: [job.id],
          })
        : worker.pool.query({
            name: 'worker-failed',
            text: `UPDATE graphile_worker._private_jobs SET locked_at = NULL, locked_by = NULL, last_error = $2,
                     run_at = $3::timestamptz + (exp(least(attempts, 10)) * interval '1 second') WHERE id = $1 AND locked_by IS NOT NULL`,
            values: [job.id, error, new Date()],
          }),
    );
  }

  /** What went wrong, as text; a bug is a violation. */
  private async run(handler: TaskHandler<TaskName>, job: Job): Promise<string | undefined> {
    try {
      await handler(job.payload as never, this.info(job));
      return undefined;
    } catch (error) {
      if (!isExpected(error)) this.house.scheduler.found(`Job ${job.task} threw ${describe(error)}`);
      return String(error);
    }
  }

  private info(job: Pick<Job, 'id' | 'attempts' | 'max_attempts'>): JobInfo {
    const { attempts, max_attempts } = job;
    return {
      id: String(job.id),
      attempt: attempts,
      lastTry: attempts >= max_attempts,
      signal: new AbortController().signal,
      log,
    };
  }

  private async tick(task: TaskName, everyMs: number): Promise<never> {
    for (;;) {
      await this.house.scheduler.sleep(everyMs);
      const handler = this.anyTasks()[task];
      if (handler) void this.run(handler as TaskHandler<TaskName>, { id: 0n, task, payload: {}, attempts: 1, max_attempts: 1 });
      // Workers look by themselves from time to time, whether or not somebody tells them.
      this.wake();
    }
  }

  /** The tasks of one of the workers that live; nothing where none does. */
  private anyTasks(): TaskHandlers {
    const living = [...this.living].filter(([worker]) => worker.alive);
    return living.length > 0 ? this.random.pick(living)[1] : {};
  }

  /** Another worker finds that it is dead and frees its jobs (platform/worker-liveness.ts). */
  private reap(name: string): void {
    const { scheduler, db } = this.house;
    const free = async (): Promise<void> => {
      const reaper = db.poolOf(null);
      await survive(() =>
        reaper.query({
          name: 'worker-reap',
          text: 'UPDATE graphile_worker._private_jobs SET locked_at = NULL, locked_by = NULL WHERE locked_by = $1',
          values: [name],
        }),
      );
      scheduler.say(`the jobs of ${name} are free again`);
      this.wake();
    };
    scheduler.time.after(this.random.between(REAPED_AFTER_MS.from, REAPED_AFTER_MS.to), 'reaper', () => void free());
  }
}

/** Repeats what must happen in the end until the database lets it. */
async function survive<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isExpected(error)) throw error;
    }
  }
}
