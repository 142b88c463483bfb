import type { Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { Queryable, Tx } from '../../platform/db.ts';
import { together } from '../../platform/together.ts';
import { afterReturn, type GiftCard } from './rules.ts';
import { findByHash, findOver, insertGiftCards, readGiftCards, updateGiftCards } from './store.ts';

export interface GiftCardsState {
  readonly byId: Map<string, GiftCard>;
  readonly fresh: Set<GiftCard>;
  readonly dirty: Set<GiftCard>;
}

/** Reads cards whose accounts the transaction has locked: they do not change under it. */
export async function load(tx: Tx, ids: readonly string[]): Promise<GiftCardsState> {
  const rows = ids.length === 0 ? [] : await readGiftCards(tx, [...new Set(ids)]);
  return { byId: new Map(rows.map((card) => [card.id, card])), fresh: new Set(), dirty: new Set() };
}

/** The cards of codes, by the codes' hashes; what nobody knows is left out. Without a lock. */
export async function find(db: Queryable, hashes: readonly string[]): Promise<ReadonlyMap<string, GiftCard>> {
  const rows = hashes.length === 0 ? [] : await findByHash(db, [...new Set(hashes)]);
  return new Map(rows.map((card) => [card.codeHash, card]));
}

/** Cards by id, without a lock. */
export async function read(db: Queryable, ids: readonly string[]): Promise<ReadonlyMap<string, GiftCard>> {
  const rows = ids.length === 0 ? [] : await readGiftCards(db, [...new Set(ids)]);
  return new Map(rows.map((card) => [card.id, card]));
}

/** Cards whose time is over and whose end is not written yet. Without a lock. */
export function over(db: Queryable, now: Date, limit: number): Promise<GiftCard[]> {
  return findOver(db, now, limit);
}

/** The card, or `not_found`. */
export function cardOf(state: GiftCardsState, id: string): GiftCard {
  const card = state.byId.get(id);
  if (!card) throw new DomainError('not_found', 'There is no such gift card.');
  return card;
}

export function add(state: GiftCardsState, card: GiftCard): void {
  state.byId.set(card.id, card);
  state.fresh.add(card);
}

/** Changes a card; its version goes up by one. */
export function change(
  state: GiftCardsState,
  card: GiftCard,
  after: Partial<Pick<GiftCard, 'status' | 'expiresAt' | 'approvalId'>>,
  ctx: Ctx,
): void {
  Object.assign(card, after, { updatedAt: ctx.now, version: card.version + 1n });
  if (!state.fresh.has(card)) state.dirty.add(card);
}

/** Money came back to a card: see `afterReturn`. Tells whether that changed it. */
export function returned(state: GiftCardsState, id: string, ctx: Ctx): boolean {
  const card = cardOf(state, id);
  const after = afterReturn(card, ctx.now);
  if (after.status === card.status && after.expiresAt === card.expiresAt) return false;
  change(state, card, after, ctx);
  return true;
}

export async function write(tx: Tx, state: GiftCardsState): Promise<void> {
  await together(insertGiftCards(tx, [...state.fresh]), updateGiftCards(tx, [...state.dirty]));
}
