import type { Queryable, Tx } from '../../platform/db.ts';
import { together } from '../../platform/together.ts';
import { type Pickup, REMINDED_DAYS_BEFORE } from './rules.ts';
import { findDue, insertPickups, readPickups, updatePickups } from './store.ts';

export interface PickupsState {
  readonly byOrder: Map<string, Pickup>;
  readonly fresh: Set<Pickup>;
  readonly dirty: Set<Pickup>;
}

export const noPickups = (): PickupsState => ({ byOrder: new Map(), fresh: new Set(), dirty: new Set() });

/** Reads the pick-ups of orders that are locked. */
export async function load(tx: Tx, orderIds: readonly string[]): Promise<PickupsState> {
  const state = noPickups();
  if (orderIds.length > 0) for (const pickup of await readPickups(tx, orderIds)) state.byOrder.set(pickup.orderId, pickup);
  return state;
}

export function add(state: PickupsState, about: Pick<Pickup, 'orderId' | 'merchantId' | 'nodeId' | 'createdAt'>): void {
  const pickup: Pickup = {
    ...about,
    status: 'waiting',
    code: null,
    readyAt: null,
    collectBy: null,
    remindedAt: null,
    collectedAt: null,
    handedBy: null,
    version: 1n,
  };
  state.byOrder.set(pickup.orderId, pickup);
  state.fresh.add(pickup);
}

export function change(state: PickupsState, pickup: Pickup, to: Partial<Omit<Pickup, 'orderId' | 'version'>>): void {
  Object.assign(pickup, to);
  if (state.fresh.has(pickup)) return;
  pickup.version += 1n;
  state.dirty.add(pickup);
}

export async function write(tx: Tx, state: PickupsState, now: Date): Promise<void> {
  await together(insertPickups(tx, [...state.fresh], now), updatePickups(tx, [...state.dirty], now));
}

/** Orders whose customers may have to be reminded, or given up, by now. */
export function due(db: Queryable, now: Date, limit: number): Promise<string[]> {
  return findDue(db, new Date(now.getTime() + REMINDED_DAYS_BEFORE * 86_400_000), limit);
}
