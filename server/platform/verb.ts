import type pg from 'pg';
import type { Ctx } from '../kernel/context.ts';
import { DomainError } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import type { Tx } from './db.ts';
import { type Claim, claimKeys, dropClaims, replay, requestHash, type StoredOutcome, storeOutcomes } from './idempotency.ts';
import { createLane, type Lane, type LaneOptions, type Settled } from './lane.ts';
import { forgetLocks } from './locks.ts';
import { together } from './together.ts';

/** One call of a verb: what is asked, by whom, under which idempotency key. */
export interface Request<I> {
  readonly input: I;
  readonly ctx: Ctx;
  readonly key: string;
  /** Told when the answer is one that was stored before, or that of the same request beside it. */
  readonly onReplay?: (() => void) | undefined;
}

/** Locked state. `applied` counts the changes applied to it, so that a refusal after a change is caught as the bug it is. */
export interface Locked {
  applied: number;
}

/**
 * Lock, decide, write (DESIGN 1). `decide` plans in every domain and applies only if none refuses: it throws a DomainError
 * before it has changed anything, or returns the JSON that the caller and every replay of its key is answered.
 */
export interface Verb<I, W extends Locked, R> {
  readonly name: string;
  readonly lock: (tx: Tx, requests: readonly Request<I>[]) => Promise<W>;
  readonly decide: (world: W, request: Request<I>) => R;
  readonly write: (tx: Tx, world: W) => Promise<void>;
  /** What of the input makes a repeat the same request; all of it where absent. */
  readonly identity?: (input: I) => unknown;
}

/** How a verb is called. Without a key the call gets one of its own: a COMMIT without a reply is retried under it. */
export type Call<I, R> = (input: I, ctx: Ctx, key?: string, onReplay?: () => void) => Promise<R>;

export interface VerbDeps {
  readonly pool: pg.Pool;
  readonly observe?: LaneOptions<unknown, unknown>['observe'];
}

/** While PostgreSQL writes one batch, the process reads and decides the next, as far as they want other rows. */
const PARALLEL = 2;

/** Gives a verb its lane. */
export function createVerb<I, W extends Locked, R>(
  deps: VerbDeps,
  verb: Verb<I, W, R>,
): { readonly call: Call<I, R>; readonly idle: () => Promise<void> } {
  const lane: Lane<Request<I>, R> = createLane({
    name: verb.name,
    pool: deps.pool,
    run: (tx, requests) => runVerb(tx, verb, requests),
    parallel: PARALLEL,
    ...(deps.observe ? { observe: deps.observe } : {}),
  });
  return {
    call: (input, ctx, key, onReplay) => lane.submit({ input, ctx, key: key ?? newId(), onReplay }),
    idle: () => lane.idle(),
  };
}

/** One batch inside its transaction. Exported for flows that run a verb inside a batch of their own, and for tests. */
export async function runVerb<I, W extends Locked, R>(
  tx: Tx,
  verb: Verb<I, W, R>,
  requests: readonly Request<I>[],
): Promise<Settled<R>[]> {
  forgetLocks(tx);
  const { identity = (input: I): unknown => input } = verb;
  const claims: Claim[] = requests.map(({ input, ctx, key }) => ({
    principal: ctx.actor,
    key,
    requestHash: requestHash(identity(input)),
  }));
  const claimed = await claimKeys(tx, verb.name, claims);
  const results: Settled<R>[] = new Array(requests.length);
  const ours: number[] = [];
  claimed.forEach((result, index) => {
    if (result.kind === 'claimed') ours.push(index);
    else if (result.kind === 'stored') results[index] = attempt(() => replay<R>(result.outcome));
    else if (result.kind === 'reused') results[index] = { ok: false, error: new DomainError('key_reused') };
  });
  if (ours.length > 0) await decideAndWrite(tx, verb, requests, claims, ours, results);
  claimed.forEach((result, index) => {
    if (result.kind === 'duplicate') results[index] = results[result.of] as Settled<R>;
    if (result.kind === 'duplicate' || result.kind === 'stored') requests[index]?.onReplay?.();
  });
  return results;
}

async function decideAndWrite<I, W extends Locked, R>(
  tx: Tx,
  verb: Verb<I, W, R>,
  requests: readonly Request<I>[],
  claims: readonly Claim[],
  ours: readonly number[],
  results: Settled<R>[],
): Promise<void> {
  const world = await verb.lock(
    tx,
    ours.map((index) => requests[index] as Request<I>),
  );
  for (const index of ours) {
    results[index] = decideOne(world, () => verb.decide(world, requests[index] as Request<I>));
  }
  const stored: { claim: Claim; outcome: StoredOutcome }[] = [];
  const dropped: Claim[] = [];
  for (const index of ours) {
    const outcome = toStored(results[index] as Settled<R>);
    if (outcome) stored.push({ claim: claims[index] as Claim, outcome });
    else dropped.push(claims[index] as Claim);
  }
  await together(storeOutcomes(tx, verb.name, stored), dropClaims(tx, verb.name, dropped), verb.write(tx, world));
}

/** Runs one decision; a refusal is a result, a refusal after a change is a bug that isolates the item. */
export function decideOne<R>(world: Locked, decide: () => R): Settled<R> {
  const before = world.applied;
  const result = attempt(decide);
  if (!result.ok && world.applied !== before) throw new Error(`Refused after a change was applied: ${result.error.message}`);
  return result;
}

function attempt<R>(decide: () => R): Settled<R> {
  try {
    return { ok: true, value: decide() };
  } catch (error) {
    if (error instanceof DomainError) return { ok: false, error };
    throw error;
  }
}

function toStored(result: Settled<unknown>): StoredOutcome | null {
  if (result.ok) return { ok: result.value };
  const error = result.error as DomainError;
  if (error.entry.status === 429 || error.entry.status >= 500) return null;
  return { refused: { code: error.code, detail: error.detail, ...(error.data ? { data: error.data } : {}) } };
}
