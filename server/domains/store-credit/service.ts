import type { Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { Queryable, Tx } from '../../platform/db.ts';
import { together } from '../../platform/together.ts';
import type { StoreCredit } from './rules.ts';
import { insertStoreCredits, readStoreCredits, updateStoreCredits } from './store.ts';

export interface StoreCreditState {
  readonly byId: Map<string, StoreCredit>;
  readonly fresh: Set<StoreCredit>;
  readonly dirty: Set<StoreCredit>;
}

/** Reads credits whose accounts the transaction has locked: they do not change under it. */
export async function load(tx: Tx, ids: readonly string[]): Promise<StoreCreditState> {
  const rows = ids.length === 0 ? [] : await readStoreCredits(tx, [...new Set(ids)]);
  return { byId: new Map(rows.map((credit) => [credit.id, credit])), fresh: new Set(), dirty: new Set() };
}

/** Credits by id, without a lock. */
export async function read(db: Queryable, ids: readonly string[]): Promise<ReadonlyMap<string, StoreCredit>> {
  const rows = ids.length === 0 ? [] : await readStoreCredits(db, [...new Set(ids)]);
  return new Map(rows.map((credit) => [credit.id, credit]));
}

/** The credit, or `not_found`. */
export function creditOf(state: StoreCreditState, id: string): StoreCredit {
  const credit = state.byId.get(id);
  if (!credit) throw new DomainError('not_found', 'There is no such store credit.');
  return credit;
}

/** The customer's credit with a merchant, made if this is their first. `id` is its account's. */
export function ensure(
  state: StoreCreditState,
  wanted: Pick<StoreCredit, 'id' | 'home' | 'merchantId' | 'customerId' | 'currency'>,
  ctx: Ctx,
): StoreCredit {
  const known = state.byId.get(wanted.id);
  if (known) return known;
  const credit: StoreCredit = { ...wanted, status: 'active', createdAt: ctx.now, updatedAt: ctx.now, version: 0n };
  state.byId.set(credit.id, credit);
  state.fresh.add(credit);
  return credit;
}

/** Something happened to it: its version goes up by one. */
export function change(
  state: StoreCreditState,
  credit: StoreCredit,
  after: Partial<Pick<StoreCredit, 'status'>>,
  ctx: Ctx,
): void {
  Object.assign(credit, after, { updatedAt: ctx.now, version: credit.version + 1n });
  if (!state.fresh.has(credit)) state.dirty.add(credit);
}

export async function write(tx: Tx, state: StoreCreditState): Promise<void> {
  await together(insertStoreCredits(tx, [...state.fresh]), updateStoreCredits(tx, [...state.dirty]));
}
