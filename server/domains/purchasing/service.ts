import type { Ctx } from '../../kernel/context.ts';
import type { Queryable, Tx } from '../../platform/db.ts';
import { lockStep } from '../../platform/locks.ts';
import { defaultPolicy, type PurchaseLine, type PurchaseOrder, type StockPolicy } from './rules.ts';
import {
  deleteLines,
  type Inbound,
  insertReceipts,
  lockOrders,
  type Receipt,
  readInbound,
  readLines,
  readPolicies,
  writeOrders,
  writePolicies,
} from './store.ts';

export type { Inbound } from './store.ts';
export { readNumbers as numbersOf } from './store.ts';

/** Purchase orders under their locks, and what the batch did to them. */
export interface PurchasingState {
  readonly byId: Map<string, PurchaseOrder>;
  readonly policies: Map<string, StockPolicy>;
  readonly fresh: Set<PurchaseOrder>;
  readonly dirty: Set<PurchaseOrder>;
  readonly removed: PurchaseLine[];
  readonly receipts: (Receipt & { readonly actor: string; readonly at: Date; readonly traceId: string })[];
  readonly savedPolicies: Set<StockPolicy>;
}

/** Locks purchase orders with their lines; reads the policies of their merchants and of those named, which are configuration. */
export async function lock(tx: Tx, ids: readonly string[], merchantIds: readonly string[] = []): Promise<PurchasingState> {
  const unique = [...new Set(ids)];
  lockStep(tx, 'purchase_orders');
  const rows = unique.length > 0 ? await lockOrders(tx, unique) : [];
  const lines = Map.groupBy(rows.length > 0 ? await readLines(tx, unique) : [], (line) => line.purchaseOrderId);
  const policies = await readPolicies(tx, [...new Set([...merchantIds, ...rows.map((row) => row.merchantId)])]);
  return {
    byId: new Map(rows.map((row) => [row.id, { ...row, lines: lines.get(row.id) ?? [] }])),
    policies: new Map(policies.map((policy) => [policy.merchantId, policy])),
    fresh: new Set(),
    dirty: new Set(),
    removed: [],
    receipts: [],
    savedPolicies: new Set(),
  };
}

export function policyOf(state: Pick<PurchasingState, 'policies'>, merchantId: string): StockPolicy {
  return state.policies.get(merchantId) ?? defaultPolicy(merchantId);
}

/** How merchants look after their stock, as it stands; who has said nothing is left out. */
export async function policies(db: Queryable, merchantIds: readonly string[]): Promise<Map<string, StockPolicy>> {
  const found = await readPolicies(db, [...new Set(merchantIds)]);
  return new Map(found.map((policy) => [policy.merchantId, policy]));
}

export function savePolicy(state: PurchasingState, policy: StockPolicy): void {
  state.policies.set(policy.merchantId, policy);
  state.savedPolicies.add(policy);
}

export function add(state: PurchasingState, order: PurchaseOrder): void {
  state.byId.set(order.id, order);
  state.fresh.add(order);
}

/** Notes a change: the version goes up by one. */
export function changed(state: PurchasingState, order: PurchaseOrder): void {
  order.version += 1n;
  if (!state.fresh.has(order)) state.dirty.add(order);
}

export function addReceipt(state: PurchasingState, receipt: Receipt, ctx: Ctx): void {
  state.receipts.push({ ...receipt, actor: ctx.actor, at: ctx.now, traceId: ctx.traceId });
}

export async function write(tx: Tx, state: PurchasingState): Promise<void> {
  await writeOrders(tx, [...state.fresh], [...state.dirty]);
  await deleteLines(
    tx,
    state.removed.map((line) => line.id),
  );
  await insertReceipts(tx, state.receipts);
  await writePolicies(tx, [...state.savedPolicies]);
}

/**
 * What is still to come of these SKUs, in the order of its day (unknown days last): lines of purchase orders that were sent and not all
 * received. Read without locks: whoever needs it to stay holds the SKU's supply, and reads again when a purchase order changes.
 */
export async function inbound(db: Queryable, skuIds: readonly string[]): Promise<Inbound[]> {
  return skuIds.length === 0 ? [] : readInbound(db, [...new Set(skuIds)]);
}
