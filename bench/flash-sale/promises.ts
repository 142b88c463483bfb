import type { PromiserName, Promising } from './contenders.ts';

/** Callers in a closed loop, all of whom want a unit of the same SKU. */
export interface PromisePlan extends Promising {
  readonly url: string;
  readonly contender: PromiserName;
  readonly callers: number;
  readonly connections: number;
  readonly warmupSeconds: number;
  readonly seconds: number;
}

export interface PromiseRecord {
  readonly counted: number;
  readonly elapsedMs: number;
  readonly latenciesMs: readonly number[];
  /** All that was acknowledged, the warm-up too. */
  readonly acknowledged: number;
}
