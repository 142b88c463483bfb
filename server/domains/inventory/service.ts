import type { Ctx } from '../../kernel/context.ts';
import { newId } from '../../kernel/ids.ts';
import type { Tx } from '../../platform/db.ts';
import { lockStep } from '../../platform/locks.ts';
import { together } from '../../platform/together.ts';
import {
  type AppliedMovement,
  applyMovement,
  type Books,
  combine,
  type Movement,
  type NodeStock,
  type Supply,
  stockKey,
} from './rules.ts';
import {
  createStock,
  createSupply,
  insertMovements,
  lockStock,
  lockSupply,
  type MovementRow,
  readOpenWork,
  writeStock,
  writeSupply,
  writeWork,
} from './store.ts';

/** The locked stock of a batch and what the batch did to it. */
export interface InventoryState extends Books {
  readonly region: string;
  readonly movements: MovementRow[];
  readonly dirtySupply: Set<Supply>;
  readonly dirtyStock: Set<NodeStock>;
  readonly workReasons: Map<string, string>;
}

export interface InventoryKeys {
  readonly region: string;
  /** SKUs whose supply is locked. Rows that are missing are created first, for the merchant named. */
  readonly supply: readonly { skuId: string; merchantId: string }[];
  /** SKUs whose stock is locked at every node that has any. */
  readonly stock: readonly string[];
  /** Stock rows to create before they are locked. */
  readonly create?: readonly { skuId: string; nodeId: string; merchantId: string }[];
}

/**
 * Locks supply and stock, in that order, each by SKU; makes rows that are missing. Reads the open shortage work of what is
 * short.
 */
export async function lock(tx: Tx, keys: InventoryKeys): Promise<InventoryState> {
  const supplySkus = unique(keys.supply.map((key) => key.skuId));
  const stockSkus = unique(keys.stock);
  const state: InventoryState = {
    region: keys.region,
    supply: new Map(),
    stock: new Map(),
    work: [],
    movements: [],
    dirtySupply: new Set(),
    dirtyStock: new Set(),
    workReasons: new Map(),
  };
  if (supplySkus.length > 0) {
    lockStep(tx, 'sku_supply');
    let rows = await lockSupply(tx, keys.region, supplySkus);
    if (rows.length < supplySkus.length) {
      await createSupply(
        tx,
        keys.supply.map((key) => ({ ...key, region: keys.region })),
      );
      rows = await lockSupply(tx, keys.region, supplySkus);
    }
    for (const row of rows) state.supply.set(row.skuId, row);
  }
  if (stockSkus.length > 0) {
    lockStep(tx, 'node_stock');
    if (keys.create && keys.create.length > 0)
      await createStock(
        tx,
        keys.create.map((row) => ({ ...row, region: keys.region })),
      );
    for (const row of await lockStock(tx, stockSkus)) state.stock.set(stockKey(row.skuId, row.nodeId), row);
  }
  const short = [...state.supply.values()].filter((s) => s.shortfall > 0n).map((s) => s.skuId);
  const shortAtNode = [...state.stock.values()].filter((s) => s.short > 0n).map((s) => s.skuId);
  if (short.length + shortAtNode.length > 0) state.work.push(...(await readOpenWork(tx, unique([...short, ...shortAtNode]))));
  return state;
}

export interface MovementCause {
  readonly orderId?: string;
  readonly shipmentId?: string;
  readonly reason?: string;
  readonly reference?: string;
}

/** Applies movements planned by the rules and remembers them for `write`. Returns what shrinkage made short. */
export function apply(state: InventoryState, movements: readonly Movement[], cause: MovementCause, ctx: Ctx): AppliedMovement[] {
  return combine(movements).map((change) => {
    const applied = applyMovement(state, change, newId);
    const supply = state.supply.get(change.skuId);
    const stock = change.nodeId ? state.stock.get(stockKey(change.skuId, change.nodeId)) : undefined;
    if (supply && applied.supplyVersion !== null) state.dirtySupply.add(supply);
    if (stock) state.dirtyStock.add(stock);
    for (const work of state.work)
      if (!state.workReasons.has(work.id)) state.workReasons.set(work.id, cause.reason ?? change.kind);
    state.movements.push({
      id: newId(),
      sku_id: change.skuId,
      merchant_id: (stock ?? supply)?.merchantId as string,
      region: state.region,
      node_id: change.nodeId,
      kind: change.kind,
      on_hand_delta: applied.onHand,
      allocated_delta: applied.allocated,
      safety_delta: applied.safety,
      short_delta: applied.short,
      sellable_delta: applied.sellable,
      promised_delta: applied.promised,
      limit_delta: applied.limit,
      shortfall_delta: applied.shortfall,
      supply_version: applied.supplyVersion,
      node_version: applied.nodeVersion,
      order_id: cause.orderId ?? null,
      shipment_id: cause.shipmentId ?? null,
      reason: cause.reason ?? null,
      reference: cause.reference ?? null,
      actor: ctx.actor,
      trace_id: ctx.traceId,
      at: ctx.now,
    });
    return applied;
  });
}

/** Writes the counters, then the movements that explain them, then shortage work. */
export async function write(tx: Tx, state: InventoryState): Promise<void> {
  await together(
    writeSupply(tx, [...state.dirtySupply]),
    writeStock(tx, [...state.dirtyStock]),
    insertMovements(tx, state.movements),
    writeWorkOf(tx, state),
  );
}

async function writeWorkOf(tx: Tx, state: InventoryState): Promise<void> {
  const last = state.movements.at(-1);
  if (state.work.length === 0 || !last) return;
  const rows = state.work.map((work) => {
    const merchantId = [...state.stock.values(), ...state.supply.values()].find((row) => row.skuId === work.skuId)
      ?.merchantId as string;
    return { ...work, region: state.region, merchantId, reason: state.workReasons.get(work.id) ?? 'shrinkage' };
  });
  await writeWork(tx, rows, last.at);
}

function unique(ids: readonly string[]): string[] {
  return [...new Set(ids)];
}
