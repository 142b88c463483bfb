import type { Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import type { Queryable, Tx } from '../../platform/db.ts';
import { lockStep } from '../../platform/locks.ts';
import { type Checkout, LIFETIME_MS } from './rules.ts';
import { findUnsettled, insertCheckouts, lockCheckouts, readCheckouts, updateCheckouts } from './store.ts';

export interface CheckoutsState {
  readonly byId: Map<string, Checkout>;
  readonly fresh: Set<Checkout>;
  readonly dirty: Set<Checkout>;
}

/** Locks checkouts. An id without one is left out; `checkoutOf` refuses it. */
export async function lock(tx: Tx, ids: readonly string[]): Promise<CheckoutsState> {
  const state: CheckoutsState = { byId: new Map(), fresh: new Set(), dirty: new Set() };
  if (ids.length === 0) return state;
  lockStep(tx, 'checkouts');
  for (const checkout of await lockCheckouts(tx, [...new Set(ids)])) state.byId.set(checkout.id, checkout);
  return state;
}

/** The checkout under its lock, or `not_found`. */
export function checkoutOf(state: CheckoutsState, id: string): Checkout {
  const checkout = state.byId.get(id);
  if (!checkout) throw new DomainError('not_found', 'There is no such checkout.');
  return checkout;
}

/** A checkout as it stands, without a lock. */
export async function find(db: Queryable, id: string): Promise<Checkout | undefined> {
  return (await readCheckouts(db, [id]))[0];
}

/** Ids of those whose attempt to pay has ended, and of those that are over. */
export function unsettled(db: Queryable, now: Date, limit: number): Promise<string[]> {
  return findUnsettled(db, now, limit);
}

export function add(
  state: CheckoutsState,
  wish: Pick<
    Checkout,
    'home' | 'merchantId' | 'source' | 'currency' | 'locale' | 'returnUrl' | 'lines' | 'customer' | 'shipTo' | 'hold' | 'accept'
  >,
  ctx: Ctx,
): Checkout {
  const checkout: Checkout = {
    ...wish,
    id: newId(),
    state: 'open',
    quoteId: null,
    shippingOption: null,
    tenders: [],
    pickup: null,
    orderId: null,
    orderIds: [],
    createdBy: ctx.actor,
    createdAt: ctx.now,
    updatedAt: ctx.now,
    expiresAt: new Date(ctx.now.getTime() + LIFETIME_MS[wish.source]),
    linkSentAt: null,
    paidAt: null,
    version: 1n,
  };
  state.byId.set(checkout.id, checkout);
  state.fresh.add(checkout);
  return checkout;
}

/** What may change, once planned. */
export type CheckoutChange = Partial<
  Pick<
    Checkout,
    | 'state'
    | 'lines'
    | 'customer'
    | 'shipTo'
    | 'quoteId'
    | 'shippingOption'
    | 'tenders'
    | 'hold'
    | 'pickup'
    | 'orderId'
    | 'orderIds'
    | 'linkSentAt'
    | 'paidAt'
  >
>;

export function change(state: CheckoutsState, checkout: Checkout, after: CheckoutChange, ctx: Ctx): void {
  Object.assign(checkout, after, { updatedAt: ctx.now, version: checkout.version + 1n });
  if (!state.fresh.has(checkout)) state.dirty.add(checkout);
}

export async function write(tx: Tx, state: CheckoutsState): Promise<void> {
  await insertCheckouts(tx, [...state.fresh]);
  await updateCheckouts(tx, [...state.dirty]);
}
