import { type Latency, latencyOf } from './bench.ts';
import { runInChild } from './child.ts';

/** A page or a list that somebody asks for. */
export interface ReadRequest {
  readonly kind: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A closed loop of readers: each connection draws a kind by its weight, then one of its requests, and reads the whole answer. */
export interface ReadPlan {
  readonly port: number;
  readonly connections: number;
  readonly seconds: number;
  readonly seed: number;
  readonly weights: Readonly<Record<string, number>>;
  readonly requests: readonly ReadRequest[];
}

/** What the child writes down. */
export interface ReadRecord {
  readonly latenciesMs: Readonly<Record<string, readonly number[]>>;
  /** Answers that were not 200: status and path, with how often. */
  readonly refused: Readonly<Record<string, number>>;
}

export interface ReadReport {
  readonly overall: Latency;
  readonly kinds: Readonly<Record<string, Latency & { readonly count: number }>>;
}

/** Runs the load in a process of its own. Throws where anything was refused: a request that fails is no measurement. */
export async function runReadLoad(plan: ReadPlan): Promise<ReadReport> {
  const record = await runInChild<ReadPlan, ReadRecord>('bench/harness/read-load-process.ts', plan);
  const refused = Object.entries(record.refused);
  if (refused.length > 0)
    throw new Error(`Requests were refused: ${refused.map(([what, times]) => `${times} × ${what}`).join('; ')}`);
  return {
    overall: latencyOf(Float64Array.from(Object.values(record.latenciesMs).flat())),
    kinds: Object.fromEntries(
      Object.entries(record.latenciesMs).map(([kind, samples]) => [
        kind,
        { ...latencyOf(Float64Array.from(samples)), count: samples.length },
      ]),
    ),
  };
}
