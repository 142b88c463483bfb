import type pg from 'pg';
import type { TaskName } from '../kernel/tasks.ts';
import type { Log } from './log.ts';
import { addJobs } from './queue.ts';

/** A task that takes an empty payload and runs every few seconds, which a crontab cannot say. */
export interface Tick {
  readonly task: Extract<TaskName, `sweep-${string}` | `expire-${string}`>;
  readonly everySeconds: number;
}

export interface Ticks {
  stop(): Promise<void>;
}

/**
 * Adds each tick's job now and then every few seconds. The key makes it one waiting job however many workers there are. Its
 * failures are logged by the worker; it is tried once, because the next tick comes soon.
 */
export function startTicks(pool: pg.Pool, ticks: readonly Tick[], log: Log): Ticks {
  let adding: Promise<void> = Promise.resolve();
  const add = (tick: Tick): void => {
    adding = addJobs(pool, [{ task: tick.task, payload: {}, jobKey: `tick:${tick.task}`, maxAttempts: 1 }]).catch(
      (error: unknown) => log.warn({ err: error, task: tick.task }, 'a tick was not added; the next one will be'),
    );
  };
  const timers = ticks.map((tick) => {
    add(tick);
    return setInterval(() => add(tick), tick.everySeconds * 1_000);
  });
  return {
    async stop() {
      for (const timer of timers) clearInterval(timer);
      await adding;
    },
  };
}
