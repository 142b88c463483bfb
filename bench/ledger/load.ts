/** Which accounts the callers move money between. */
export type Shape = 'hot_credits' | 'hot_debits' | 'hot_pair' | 'uniform';

export type ContenderName = 'lane' | 'interactive' | 'procedure';

/** A closed loop of callers in one process: each posts a transfer, waits until it is committed, and posts the next. */
export interface TransferPlan {
  readonly url: string;
  readonly contender: ContenderName;
  readonly shape: Shape;
  /** The hot account, or two of them, come first. */
  readonly accounts: readonly string[];
  readonly currency: string;
  readonly callers: number;
  readonly connections: number;
  readonly warmupSeconds: number;
  readonly seconds: number;
  readonly seed: number;
}

export interface TransferRecord {
  /** Transfers that were committed in the measured time. */
  readonly counted: number;
  readonly elapsedMs: number;
  readonly latenciesMs: readonly number[];
  /** All that was acknowledged, the warm-up too. */
  readonly acknowledged: number;
}
