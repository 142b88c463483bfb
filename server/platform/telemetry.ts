import type pg from 'pg';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { type QueueFigures, queueFigures } from './queue.ts';
import { createTally, type TallyFigures } from './tally.ts';

/** What a lane says after each batch. */
export interface LaneFigures {
  readonly size: number;
  readonly waitMs: number;
  readonly depth: number;
  readonly runMs: number;
}

/** This process's figures, in Prometheus' format. Labels are bounded: routes and names, never ids. */
export interface Telemetry {
  observeRequest(figures: {
    readonly route: string;
    readonly method: string;
    readonly status: number;
    readonly ms: number;
  }): void;
  observeLane(name: string, figures: LaneFigures): void;
  observeJob(task: string, outcome: 'done' | 'failed', ms: number): void;
  observeReaped(jobs: number): void;
  /** Watches a pool: connections in use, idle, and callers waiting for one. */
  watchPool(name: string, pool: pg.Pool): void;
  /** Reads the queue on each scrape. */
  watchQueue(pool: pg.Pool): void;
  /** Reads a number on each scrape. */
  watch(name: string, help: string, read: () => number): void;
  /** What was observed since the last call, in small: what the page of health shows (process-samples.ts). */
  take(): TallyFigures;
  render(): Promise<{ readonly contentType: string; readonly body: string }>;
}

const REQUEST_SECONDS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const BATCH_SIZES = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];

/** A registry of its own per call, so that tests and several apps in one process do not share figures. */
export function createTelemetry({ role, region }: { readonly role: string; readonly region: string }): Telemetry {
  const registry = new Registry();
  registry.setDefaultLabels({ role, region });
  // Event-loop delay, garbage collection, memory and file handles of the process.
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const tally = createTally();
  const histogram = <L extends string>(name: string, help: string, labelNames: readonly L[], buckets: number[]) =>
    new Histogram({ name, help, labelNames, buckets, registers });

  const requests = histogram(
    'waybill_http_request_seconds',
    'HTTP requests by route',
    ['route', 'method', 'status'],
    REQUEST_SECONDS,
  );
  const laneSize = histogram('waybill_lane_batch_size', 'Requests per lane batch', ['lane'], BATCH_SIZES);
  const laneWait = histogram('waybill_lane_wait_seconds', 'How long the oldest of a batch waited', ['lane'], REQUEST_SECONDS);
  const laneRun = histogram('waybill_lane_run_seconds', 'How long a batch took, COMMIT included', ['lane'], REQUEST_SECONDS);
  const laneDepth = new Gauge({ name: 'waybill_lane_depth', help: 'Requests waiting', labelNames: ['lane'], registers });
  const jobs = histogram('waybill_job_seconds', 'Jobs by task and outcome', ['task', 'outcome'], REQUEST_SECONDS);
  const reaped = new Counter({ name: 'waybill_jobs_reaped_total', help: 'Jobs taken from dead workers', registers });
  const watch: Telemetry['watch'] = (name, help, read) => {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  };

  return {
    observeRequest({ route, method, status, ms }) {
      requests.observe({ route, method, status: `${Math.trunc(status / 100)}xx` }, ms / 1_000);
      tally.request(route, status);
    },
    observeLane(lane, figures) {
      const { size, waitMs, depth, runMs } = figures;
      tally.lane(lane, figures);
      laneSize.observe({ lane }, size);
      laneWait.observe({ lane }, waitMs / 1_000);
      laneRun.observe({ lane }, runMs / 1_000);
      laneDepth.set({ lane }, depth);
    },
    observeJob(task, outcome, ms) {
      jobs.observe({ task, outcome }, ms / 1_000);
      tally.job(task, outcome);
    },
    observeReaped: (count) => reaped.inc(count),
    watch,
    watchPool(name, pool) {
      watch(`waybill_pool_${name}_total`, 'Open connections', () => pool.totalCount);
      watch(`waybill_pool_${name}_idle`, 'Idle connections', () => pool.idleCount);
      watch(`waybill_pool_${name}_waiting`, 'Callers waiting for a connection', () => pool.waitingCount);
    },
    watchQueue: (pool) => watchQueue(registry, pool),
    take: () => tally.take(),
    render: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
  };
}

function watchQueue(registry: Registry, pool: pg.Pool): void {
  const figures: readonly [string, string, (figures: QueueFigures) => number][] = [
    ['waybill_queue_oldest_runnable_seconds', 'Age of the oldest job that could run now', (f) => f.oldestRunnableSeconds],
    ['waybill_queue_runnable', 'Jobs that could run now', (f) => f.runnable],
    ['waybill_queue_running', 'Jobs locked by a worker', (f) => f.running],
    ['waybill_queue_dead', 'Jobs that used up their attempts', (f) => f.dead],
  ];
  const gauges = figures
    .slice(1)
    .map(([name, help, pick]) => ({ gauge: new Gauge({ name, help, registers: [registry] }), pick }));
  const [name, help, pick] = figures[0] ?? [];
  if (!name || !help || !pick) return;
  new Gauge({
    name,
    help,
    registers: [registry],
    // One query per scrape serves all four. A scrape must not fail because the database does: the last figures stay.
    async collect() {
      const read = await queueFigures(pool).catch(() => undefined);
      if (!read) return;
      this.set(pick(read));
      for (const other of gauges) other.gauge.set(other.pick(read));
    },
  });
}
