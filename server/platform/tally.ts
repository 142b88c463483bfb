import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { LaneFigures } from './telemetry.ts';

/** What a process saw since it was last asked: small sums that a page can show, beside the histograms that Prometheus reads. */
export interface TallyFigures {
  readonly lanes: Readonly<Record<string, LaneTally>>;
  readonly requests: number;
  /** Answers of 500 and above, by route: "trpc", "rest". */
  readonly failedRequests: Readonly<Record<string, number>>;
  readonly jobs: number;
  /** Handlers that threw, by task. */
  readonly failedJobs: Readonly<Record<string, number>>;
  readonly memoryBytes: number;
  /** The 99th percentile of how late the event loop was, in milliseconds. */
  readonly loopDelayMs: number;
}

export interface LaneTally {
  readonly batches: number;
  readonly requests: number;
  /** Of all batches together; the oldest of each batch counts. */
  readonly waitMs: number;
  readonly worstWaitMs: number;
  readonly runMs: number;
  readonly maxDepth: number;
}

export interface Tally {
  request(route: string, status: number): void;
  lane(name: string, figures: LaneFigures): void;
  job(task: string, outcome: 'done' | 'failed'): void;
  /** The figures since the last call; the next ones start at nothing. */
  take(): TallyFigures;
}

const NO_LANE: LaneTally = { batches: 0, requests: 0, waitMs: 0, worstWaitMs: 0, runMs: 0, maxDepth: 0 };
const NS_PER_MS = 1_000_000;
/** What the clock of the event loop itself is late by. */
const RESOLUTION_MS = 20;

export function createTally(): Tally {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  let lanes: Record<string, LaneTally> = {};
  let failedRequests: Record<string, number> = {};
  let failedJobs: Record<string, number> = {};
  let requests = 0;
  let jobs = 0;
  return {
    request(route, status) {
      requests++;
      if (status >= 500) failedRequests[route] = (failedRequests[route] ?? 0) + 1;
    },
    lane(name, { size, waitMs, depth, runMs }) {
      const known = lanes[name] ?? NO_LANE;
      lanes[name] = {
        batches: known.batches + 1,
        requests: known.requests + size,
        waitMs: known.waitMs + waitMs,
        worstWaitMs: Math.max(known.worstWaitMs, waitMs),
        runMs: known.runMs + runMs,
        maxDepth: Math.max(known.maxDepth, depth),
      };
    },
    job(task, outcome) {
      jobs++;
      if (outcome === 'failed') failedJobs[task] = (failedJobs[task] ?? 0) + 1;
    },
    take() {
      const late = delay.percentile(99) / NS_PER_MS - RESOLUTION_MS;
      const loopDelayMs = Math.max(0, Math.round(late));
      const taken = { lanes, requests, failedRequests, jobs, failedJobs, memoryBytes: process.memoryUsage.rss(), loopDelayMs };
      delay.reset();
      [lanes, failedRequests, failedJobs, requests, jobs] = [{}, {}, {}, 0, 0];
      return taken;
    },
  };
}
