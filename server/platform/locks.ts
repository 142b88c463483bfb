import type { Tx } from './db.ts';

/**
 * The one order in which a transaction takes row locks (DESIGN 3.2). Two transactions that both follow it cannot deadlock over
 * rows; one that steps backwards is refused here, in every environment, before it can wait for anything.
 */
export const LOCK_ORDER = [
  'idempotency_keys',
  'checkouts',
  'customers',
  'merchants',
  'skus',
  'shipping_methods',
  'routing',
  'nodes',
  'channel_connections',
  'gl_accounts',
  'money_requests',
  'wallets',
  'approvals',
  'reconciliation',
  'rails',
  'purchase_orders',
  'reservations',
  'manifests',
  'stock_transfers',
  'stock_counts',
  'reorder_points',
  'orders',
  'sagas',
  'payments',
  'sku_supply',
  'channel_supply',
  'node_stock',
  'node_days',
  'accounts',
  'holds',
  'number_counters',
  'notifications',
  'event_deliveries',
  'jobs',
] as const;

export type LockStep = (typeof LOCK_ORDER)[number];

const reached = new WeakMap<Tx, number>();

/** Declares that the transaction now locks rows of `step`. Throws when a later step was locked already. */
export function lockStep(tx: Tx, step: LockStep): void {
  const position = LOCK_ORDER.indexOf(step);
  const furthest = reached.get(tx) ?? -1;
  if (position < furthest) {
    throw new Error(`Lock out of order: ${step} after ${LOCK_ORDER[furthest]}. The order is ${LOCK_ORDER.join(' → ')}.`);
  }
  reached.set(tx, position);
}

/** A connection starts every transaction with no lock taken. */
export function forgetLocks(tx: Tx): void {
  reached.delete(tx);
}
