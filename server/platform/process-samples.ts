import { hostname } from 'node:os';
import type pg from 'pg';
import { newId } from '../kernel/ids.ts';
import type { Log } from './log.ts';
import { type QueueFigures, queueFigures } from './queue.ts';
import type { TallyFigures } from './tally.ts';

/**
 * Writes down what this process saw, every few seconds, where every api process can read it: processes share nothing but the database,
 * and the page of health is to show all of them. A sample is also a sign of life. Lost samples are lost: figures, not books.
 */
export interface Sampling {
  stop(): Promise<void>;
}

export interface SampleFigures extends TallyFigures {
  /** Of workers: the queue as it stood. */
  readonly queue?: QueueFigures;
}

export const SAMPLE_MS = 10_000;
/** A process that just started is seen at once. */
const FIRST_MS = 1_000;

export interface SamplingDeps {
  readonly pool: pg.Pool;
  readonly role: string;
  readonly take: () => TallyFigures;
  readonly log: Log;
  readonly everyMs?: number;
}

export function startSampling({ pool, role, take, log, everyMs = SAMPLE_MS }: SamplingDeps): Sampling {
  const process_ = { id: newId(), startedAt: new Date() };
  let last = performance.now();
  let stopped = false;
  let running: Promise<void> = Promise.resolve();
  let timer = setTimeout(begin, Math.min(FIRST_MS, everyMs));
  timer.unref();

  async function sample(): Promise<void> {
    const now = performance.now();
    const seconds = Math.max(0.001, (now - last) / 1_000);
    last = now;
    try {
      const figures: SampleFigures = { ...take(), ...(role === 'worker' ? { queue: await queueFigures(pool) } : {}) };
      await pool.query({
        name: 'process-sample',
        text: `INSERT INTO process_samples (id, process_id, role, host, pid, started_at, at, seconds, figures)
               VALUES ($1, $2, $3, $4, $5, $6, now(), $7, $8)`,
        values: [newId(), process_.id, role, hostname(), process.pid, process_.startedAt, seconds, JSON.stringify(figures)],
      });
    } catch (error) {
      if (!stopped) log.debug({ err: error }, 'a sample of this process was not kept');
    }
  }
  function begin(): void {
    running = sample().then(() => {
      if (stopped) return;
      timer = setTimeout(begin, everyMs);
      timer.unref();
    });
  }

  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
