import { pino } from 'pino';
import { bindTasks } from '../../../jobs/tasks.ts';
import type { App } from '../../app.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { TaskName } from '../../kernel/tasks.ts';
import type { JobInfo, TaskHandler, TaskHandlers } from '../../platform/worker.ts';
import { type Faults, InjectedFault } from './faults.ts';
import { HOME, type House, type Process } from './house.ts';
import type { Random } from './random.ts';

interface Job {
  readonly id: bigint;
  readonly task: TaskName;
  readonly payload: Record<string, unknown>;
  readonly run_at: Date;
  readonly attempts: number;
  readonly max_attempts: number;
}

const log = pino({ level: 'silent' });
/** Jobs at once in one worker. */
const SLOTS = 2;
const REAPED_AFTER_MS = { from: 100, to: 4_000 };
const SWEEPS: readonly (readonly [task: TaskName, everyMs: number])[] = [
  ['sweep-sagas', 5_000],
  ['sweep-deliveries', 15_000],
];
/** A job for which everything but its own loss has a remedy: what is lost with a queue. */
const LOSABLE: ReadonlySet<TaskName> = new Set(['advance-saga', 'deliver-event']);

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
    const chosen = this.random.pick(living);
    this.sleepers = living.filter((sleeper) => sleeper !== chosen);
    chosen.wake();
  }

  private begin(worker: Process): void {
    const settings = { region: HOME };
    const app = { pool: worker.pool, flows: worker.flows, settings, env: { PSP_URL: '' }, log } as unknown as App;
    const tasks = bindTasks(app);
    this.living.set(worker, tasks);
    for (let slot = 0; slot < SLOTS; slot++) void this.work(worker, tasks);
  }

  /** Sweeps by the clock: as in the house, one of the workers does each. */
  startTicks(): void {
    for (const [task, everyMs] of SWEEPS) void this.tick(task, everyMs);
  }

  private async work(worker: Process, tasks: TaskHandlers): Promise<never> {
    for (;;) {
      const job = await survive(() => this.take(worker));
      if (job) await this.handle(worker, tasks, job);
    }
  }

  /** The next job that is due, locked; null after a sleep where there is none. */
  private async take(worker: Process): Promise<Job | null> {
    const { rows } = await worker.pool.query<Job>({
      name: 'worker-look',
      text: `SELECT j.id, t.identifier AS task, j.payload, j.run_at, j.attempts, j.max_attempts
             FROM graphile_worker._private_jobs j JOIN graphile_worker._private_tasks t ON t.id = j.task_id
             WHERE j.locked_at IS NULL AND j.attempts < j.max_attempts ORDER BY j.priority, j.run_at, j.id`,
    });
    const due = rows.filter((row) => row.run_at.getTime() <= this.house.scheduler.time.now);
    if (due.length === 0) {
      await this.sleep(worker, rows.map((row) => row.run_at.getTime()));
      return null;
    }
    if (due.length > 1) this.wake();
    const job = this.random.pick(due);
    const { rowCount } = await worker.pool.query({
      name: 'worker-take',
      text: `UPDATE graphile_worker._private_jobs SET attempts = attempts + 1, locked_at = $3, locked_by = $2 WHERE id = $1 AND locked_at IS NULL`,
      values: [job.id, worker.name, new Date()],
    });
    return rowCount === 1 ? { ...job, attempts: job.attempts + 1 } : null;
  }

  private sleep(worker: Process, times: readonly number[]): Promise<void> {
    return new Promise((resolve) => {
      const sleeper = { worker, wake: resolve };
      this.sleepers.push(sleeper);
      const { time } = this.house.scheduler;
      // Whoever sleeps knows when the next job is due; one of them is enough to see to it.
      if (times.length > 0) this.alarm(Math.min(...times) - time.now);
    });
  }

  private alarm(ms: number): void {
    const { time } = this.house.scheduler;
    const at = time.now + ms;
    if (this.nextAlarm !== null && this.nextAlarm <= at && this.nextAlarm > time.now) return;
    this.nextAlarm = at;
    time.after(ms, 'a job is due', () => this.wake());
  }

  private async handle(worker: Process, tasks: TaskHandlers, job: Job): Promise<void> {
    const handler = tasks[job.task] as TaskHandler<TaskName> | undefined;
    if (!handler) return this.house.scheduler.found(`There is no task ${job.task}`);
    const lost = LOSABLE.has(job.task) && this.faults.strikes('job_lost');
    if (lost) this.house.scheduler.say(`job ${job.task} is lost`);
    const error = lost ? undefined : await this.run(handler, job);
    if (!lost && this.faults.strikes('job_twice')) void this.run(handler, job);
    await survive(() =>
      error === undefined
        ? worker.pool.query({ name: 'worker-done', text: 'DELETE FROM graphile_worker._private_jobs WHERE id = $1', values: [job.id] })
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
      const running = [...this.living].filter(([worker]) => worker.alive);
      if (running.length === 0) continue;
      const [, tasks] = this.random.pick(running);
      const handler = tasks[task] as TaskHandler<TaskName>;
      void this.run(handler, { id: 0n, task, payload: {}, run_at: new Date(), attempts: 1, max_attempts: 1 });
    }
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

/** An injected fault, or the refusal that the product makes of one. */
export function isExpected(error: unknown): boolean {
  if (error instanceof InjectedFault) return true;
  return error instanceof DomainError && (error.code === 'unavailable' || error.code === 'overloaded');
}

/** An error with where it came from, on few lines. */
export function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message).split('\n').slice(0, 6).join('\n') : String(error);
}
