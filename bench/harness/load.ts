import { type Latency, latencyOf } from './bench.ts';
import { runInChild } from './child.ts';

/** A closed loop of buyers: each connection places an order, reads the whole answer, and places the next. */
export interface LoadPlan {
  readonly port: number;
  readonly path: string;
  readonly connections: number;
  readonly seconds: number;
  readonly skus: readonly string[];
  readonly emails: readonly string[];
  readonly apiKeys: readonly string[];
  readonly linesPerOrder: number;
  /** `Prefer: wait=N`; absent: the answer is an order in PENDING. */
  readonly waitSeconds?: number;
  /** What an answer must contain to count, beside 201. */
  readonly mustContain?: string;
  readonly seed: number;
}

export interface LoadReport {
  /** Answers in the measured time that counted, per second. */
  readonly perSecond: number;
  readonly counted: number;
  /** All answers that were 201, those after the measured time too: what the database must hold afterwards. */
  readonly acknowledged: readonly string[];
  /** Everything else by status, or `closed` for a connection that ended. */
  readonly others: Readonly<Record<string, number>>;
  readonly latency: Latency;
}

/** What the child writes down. */
export interface LoadRecord {
  readonly counted: number;
  readonly elapsedMs: number;
  readonly others: Readonly<Record<string, number>>;
  readonly latenciesMs: readonly number[];
  readonly acknowledged: readonly string[];
}

/** Runs the load in a process of its own. */
export async function runLoad(plan: LoadPlan): Promise<LoadReport> {
  const record = await runInChild<LoadPlan, LoadRecord>('bench/harness/load-process.ts', plan);
  return {
    perSecond: record.counted / (record.elapsedMs / 1_000),
    counted: record.counted,
    acknowledged: record.acknowledged,
    others: record.others,
    latency: latencyOf(Float64Array.from(record.latenciesMs)),
  };
}
