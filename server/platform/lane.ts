import type pg from 'pg';
import { DomainError } from '../kernel/errors.ts';
import { sqlState, type Tx, withTx } from './db.ts';

/**
 * The lane: group commit (DESIGN 3). Requests of one kind queue in process; while one batch commits the next gathers; an idle
 * lane runs at once, so a lone request waits for nothing. One batch is one transaction on one connection, and a caller's promise
 * settles only after COMMIT, with its own result.
 *
 * Whatever a lane runs must be safe to run again: when the connection breaks around COMMIT nobody knows whether it happened, and
 * the batch is submitted again. Idempotency keys, or a compare-and-set on a position, make the second run a replay.
 */
export type Settled<O> = { readonly ok: true; readonly value: O } | { readonly ok: false; readonly error: Error };

/** Thrown by `run` after it has seen why its batch failed: the same items again, which know better now. */
export class RunAgain extends Error {}

export interface LaneOptions<I, O> {
  readonly name: string;
  readonly pool: pg.Pool;
  /** Runs one batch in the open transaction: one result per item, in order. */
  readonly run: (tx: Tx, items: readonly I[]) => Promise<readonly Settled<O>[]>;
  /** Above a few hundred items a batch gains nothing and holds its locks longer. */
  readonly maxBatch?: number;
  /** What an item counts for in a batch; one where absent. One that counts for more than a batch has it to itself. */
  readonly weigh?: (item: I) => number;
  /**
   * Batches at work at once, each on a connection of its own; one where absent. While PostgreSQL works on one, this process reads and
   * writes for the other. Those that want the same rows wait for each other there. Another is begun only where it is full: two halves
   * cost more than one whole.
   */
  readonly parallel?: number;
  /** Past this many waiting requests the lane refuses with `overloaded`: a bounded wait is better than a long one. */
  readonly maxQueue?: number;
  /** For items that nobody waits for: a batch gathers this long before it runs, so that a steady trickle costs a transaction per span. */
  readonly lingerMs?: number;
  /** Told after each batch: its size, how long its oldest item waited, and how many wait now. */
  readonly observe?: (name: string, figures: { size: number; waitMs: number; depth: number; runMs: number }) => void;
}

export interface Lane<I, O> {
  /** Resolves with the item's own result after COMMIT; rejects with its refusal, or with `unavailable` / `overloaded`. */
  submit(item: I): Promise<O>;
  /** Resolves when nothing waits or runs. */
  idle(): Promise<void>;
  depth(): number;
}

interface Waiting<I, O> {
  readonly item: I;
  readonly since: number;
  readonly resolve: (value: O) => void;
  readonly reject: (error: Error) => void;
}

const DEFAULT_BATCH = 256;
const DEFAULT_QUEUE = 8_192;
const MAX_TRIES = 6;

/** Makes a lane. Lanes of several processes take turns by their row locks. */
export function createLane<I, O>(options: LaneOptions<I, O>): Lane<I, O> {
  const {
    name,
    pool,
    run,
    maxBatch = DEFAULT_BATCH,
    weigh = () => 1,
    maxQueue = DEFAULT_QUEUE,
    lingerMs = 0,
    parallel = 1,
    observe,
  } = options;
  const queue: Waiting<I, O>[] = [];
  let idleWaiters: (() => void)[] = [];
  let running = 0;
  /** What waits, as `weigh` counts. */
  let waitingWeight = 0;
  const fillsBatch = (): boolean => waitingWeight >= maxBatch;

  async function drain(): Promise<void> {
    running++;
    // Yield once, so that requests that arrived in the same turn of the event loop share the first batch.
    await new Promise(setImmediate);
    while (queue.length > 0 && (running === 1 || fillsBatch())) {
      if (lingerMs > 0 && !fillsBatch()) await wait(lingerMs);
      const batch = take();
      const began = performance.now();
      await settle(batch);
      observe?.(name, {
        size: batch.length,
        waitMs: began - (batch[0]?.since ?? began),
        depth: queue.length,
        runMs: performance.now() - began,
      });
    }
    running--;
    if (running > 0) return;
    for (const wake of idleWaiters) wake();
    idleWaiters = [];
  }

  /** Those that go into the next batch: the first of them, and as many more as fit. */
  function take(): Waiting<I, O>[] {
    let count = 0;
    let weight = 0;
    for (const { item } of queue) {
      const more = weigh(item);
      if (count > 0 && weight + more > maxBatch) break;
      count++;
      weight += more;
    }
    waitingWeight -= weight;
    return queue.splice(0, count);
  }

  async function settle(batch: readonly Waiting<I, O>[]): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        const results = await withTx(pool, (tx) =>
          run(
            tx,
            batch.map((waiting) => waiting.item),
          ),
        );
        if (results.length !== batch.length)
          throw new Error(`Lane ${name} returned ${results.length} results for ${batch.length} items`);
        batch.forEach((waiting, index) => {
          const result = results[index] as Settled<O>;
          if (result.ok) waiting.resolve(result.value);
          else waiting.reject(result.error);
        });
        return;
      } catch (error) {
        const verdict = classify(error);
        if (verdict === 'again' && attempt < MAX_TRIES) {
          await pause(attempt);
          continue;
        }
        if (verdict === 'isolate' && batch.length > 1) {
          const middle = batch.length >> 1;
          await settle(batch.slice(0, middle));
          await settle(batch.slice(middle));
          return;
        }
        const failure =
          verdict === 'isolate' ? (error as Error) : new DomainError('unavailable', undefined, { cause: String(error) });
        for (const waiting of batch) waiting.reject(failure);
        return;
      }
    }
  }

  return {
    submit(item) {
      if (queue.length >= maxQueue) return Promise.reject(new DomainError('overloaded', undefined, { retryAfterSeconds: 1 }));
      return new Promise<O>((resolve, reject) => {
        queue.push({ item, since: performance.now(), resolve, reject });
        waitingWeight += weigh(item);
        if (running === 0 || (running < parallel && fillsBatch())) void drain();
      });
    },
    idle: () => (running > 0 ? new Promise((resolve) => idleWaiters.push(resolve)) : Promise.resolve()),
    depth: () => queue.length,
  };
}

/**
 * What a failed batch calls for. Class 40 (deadlock, serialization) and 55P03 (lock timeout): the same batch again. Classes 22
 * and 23 (bad data, violated constraint) and an exception of our own: one item is to blame, halve until it is alone. 53 (no
 * resources), 25006 (read-only) and 57014 (took longer than a statement may) fail it whole: again would only be slow again. The rest
 * (08 and 57P connection lost, a broken socket): nobody knows whether it happened, again under the same keys.
 */
function classify(error: unknown): 'again' | 'isolate' | 'fail' {
  if (error instanceof RunAgain) return 'again';
  const state = sqlState(error);
  if (state) {
    if (state.startsWith('22') || state.startsWith('23') || isOurFault(state)) return 'isolate';
    return state.startsWith('53') || state === '25006' || state === '57014' ? 'fail' : 'again';
  }
  if (error instanceof DomainError) return 'isolate';
  return isConnectionError(error) ? 'again' : 'isolate';
}

/** Class 42 (syntax, missing column, no privilege) never heals by waiting. */
function isOurFault(state: string): boolean {
  return state.startsWith('42') || state.startsWith('P0');
}

function isConnectionError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  return (
    ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOENT'].includes(code) ||
    /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error/.test(error.message)
  );
}

/** Full jitter, so that two processes that met once do not meet again in step. */
function pause(attempt: number): Promise<void> {
  return wait(Math.random() * Math.min(1_000, 10 * 2 ** attempt));
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
