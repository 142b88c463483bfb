import type { Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import type { Queryable, Tx } from '../../platform/db.ts';
import { lockStep } from '../../platform/locks.ts';
import { type Found, type Item, keyOfOurs, type Period, seenAgain, seenNoMore } from './rules.ts';
import type { Reconciled } from './schema.ts';
import {
  insertItems,
  insertRuns,
  lockItems,
  lockItemsOfPeriod,
  lockProviders,
  type Run,
  readAgreed,
  readRun,
  readRunning,
  updateItems,
  updateRuns,
} from './store.ts';

/** Locked items, the readings under way, and what the batch changes. */
export interface ReconciliationState {
  readonly items: Map<string, Item>;
  readonly running: readonly Run[];
  readonly freshRuns: Run[];
  readonly freshItems: Set<string>;
  readonly dirtyItems: Set<string>;
}

const none = (): ReconciliationState => ({
  items: new Map(),
  running: [],
  freshRuns: [],
  freshItems: new Set(),
  dirtyItems: new Set(),
});

/** Holds providers for those who begin a reading; tells which readings are under way. */
export async function lockRuns(tx: Tx, providers: readonly Reconciled[]): Promise<ReconciliationState> {
  lockStep(tx, 'reconciliation');
  await lockProviders(tx, providers);
  return { ...none(), running: await readRunning(tx) };
}

/** Locks items by id. Those that are not there are absent from the state. */
export async function lock(tx: Tx, ids: readonly string[]): Promise<ReconciliationState> {
  const state = none();
  if (ids.length === 0) return state;
  lockStep(tx, 'reconciliation');
  for (const item of await lockItems(tx, ids)) state.items.set(item.id, item);
  return state;
}

/** A reading, as it is stored. */
export function run(db: Queryable, id: string): Promise<Run | undefined> {
  return readRun(db, id);
}

export const runsUnderWay = (db: Queryable): Promise<Run[]> => readRunning(db);

/** The reading of that period that is under way, or one that begins now. */
export function begin(
  state: ReconciliationState,
  provider: Reconciled,
  { from, to }: Period,
  ctx: Ctx,
): { readonly run: Run; readonly begun: boolean } {
  const same = (one: Run) =>
    one.provider === provider && one.from.getTime() === from.getTime() && one.to.getTime() === to.getTime();
  const known = state.running.find(same) ?? state.freshRuns.find(same);
  if (known) return { run: known, begun: false };
  const fresh: Run = {
    id: newId(),
    home: ctx.home,
    provider,
    from,
    to,
    status: 'running',
    requestedBy: ctx.actor,
    attempts: 0,
    error: null,
    matched: 0,
    missingHere: 0,
    missingThere: 0,
    amountDiffers: 0,
    version: 1n,
    startedAt: ctx.now,
    finishedAt: null,
  };
  state.freshRuns.push(fresh);
  return { run: fresh, begun: true };
}

/** The locked item. Throws `not_found`. */
export function itemOf(state: ReconciliationState, id: string): Item {
  const item = state.items.get(id);
  if (!item) throw new DomainError('not_found', 'There is no such item.');
  return item;
}

/** Applies a change to a locked item; its version goes up by one. */
export function change(state: ReconciliationState, id: string, after: Partial<Item>): Item {
  const item = itemOf(state, id);
  const next: Item = { ...item, ...after, version: item.version + 1n };
  state.items.set(id, next);
  if (!state.freshItems.has(id)) state.dirtyItems.add(id);
  return next;
}

export async function write(tx: Tx, state: ReconciliationState): Promise<void> {
  const of = (ids: ReadonlySet<string>): Item[] => [...ids].map((id) => state.items.get(id) as Item);
  await insertRuns(tx, state.freshRuns);
  await insertItems(tx, of(state.freshItems));
  await updateItems(tx, of(state.dirtyItems));
}

/** The reading as it is while nobody else writes its provider's. */
async function heldRun(tx: Tx, id: string): Promise<Run | undefined> {
  const before = await readRun(tx, id);
  if (!before) return undefined;
  lockStep(tx, 'reconciliation');
  await lockProviders(tx, [before.provider]);
  return readRun(tx, id);
}

/** Notes that a reading did not come off. Returns whether it was still under way. */
export async function noteFailure(tx: Tx, id: string, error: string, ended: boolean, now: Date): Promise<boolean> {
  const found = await heldRun(tx, id);
  if (found?.status !== 'running') return false;
  const after = {
    attempts: found.attempts + 1,
    error,
    status: ended ? 'failed' : 'running',
    finishedAt: ended ? now : null,
  } as const;
  await updateRuns(tx, [{ ...found, ...after, version: found.version + 1n }]);
  return true;
}

/** A reading that ended, and the items whose write-off no longer stands: what was moved for them has to go back in this transaction. */
export interface FinishedRun {
  readonly run: Run;
  readonly undone: readonly { readonly before: Item; readonly after: Item }[];
}

/**
 * Stores what a reading found, once: a reading that ended meanwhile is left alone. Items seen before keep their id and what people said
 * about them; those of the period that were not seen again are gone. Returns the run as it ended, or undefined.
 */
export async function finish(tx: Tx, id: string, found: readonly Found[], now: Date): Promise<FinishedRun | undefined> {
  const current = await heldRun(tx, id);
  if (current?.status !== 'running') return undefined;
  const { provider, from, to } = current;
  const state = none();
  // A journal that stood alone and now has its partner is no item of its own any more.
  const keys = found.flatMap((one) => [one.key, ...(one.journalId ? [keyOfOurs(one.journalId)] : [])]);
  for (const item of await lockItemsOfPeriod(tx, provider, keys, from, to)) state.items.set(item.id, item);
  const byKey = new Map([...state.items.values()].map((item) => [item.key, item]));
  const seen = new Set(found.map((one) => one.key));
  for (const one of found) see(state, byKey.get(one.key), one, current, now);
  for (const item of byKey.values()) {
    const standing = seen.has(item.key) ? null : seenNoMore(item);
    if (standing) change(state, item.id, { ...standing, runId: id, seenAt: now });
  }
  const count = (kind: Found['kind']) => found.filter((one) => one.kind === kind).length;
  const ended: Run = {
    ...current,
    status: 'done',
    error: null,
    attempts: current.attempts + 1,
    matched: count('matched'),
    missingHere: count('missing_here'),
    missingThere: count('missing_there'),
    amountDiffers: count('amount_differs'),
    version: current.version + 1n,
    finishedAt: now,
  };
  await write(tx, state);
  await updateRuns(tx, [ended]);
  const pairs = [...byKey.values()].map((before) => ({ before, after: itemOf(state, before.id) }));
  return { run: ended, undone: pairs.filter(({ before, after }) => before.writeOffId !== null && after.writeOffId === null) };
}

function see(state: ReconciliationState, item: Item | undefined, found: Found, { id: runId, provider }: Run, now: Date): void {
  if (item) {
    const standing = seenAgain(item, found);
    if (standing) change(state, item.id, { ...found, ...standing, runId, seenAt: now });
    return;
  }
  const fresh: Item = {
    ...found,
    id: newId(),
    provider,
    runId,
    status: found.kind === 'matched' ? 'agreed' : 'open',
    seenAt: now,
    resolvedBy: null,
    resolvedAt: null,
    note: null,
    approvalId: null,
    writeOffId: null,
    version: 1n,
  };
  state.items.set(fresh.id, fresh);
  state.freshItems.add(fresh.id);
}

/** Which of these journals agree with a booking that the provider has outside this period. */
export async function agreed(db: Queryable, journalIds: readonly string[], { from, to }: Period): Promise<ReadonlySet<string>> {
  return new Set(await readAgreed(db, journalIds, from, to));
}
