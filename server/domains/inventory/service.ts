import type { Ctx } from '../../kernel/context.ts';
import { newId } from '../../kernel/ids.ts';
import type { Tx } from '../../platform/db.ts';
import { lockStep } from '../../platform/locks.ts';
import { together } from '../../platform/together.ts';
import { availableToChannel, availableToPromise, type ChannelRule, setChannelRule } from './promising.ts';
import {
  type AppliedMovement,
  applyMovement,
  type Books,
  type ChannelSupply,
  channelKey,
  combine,
  type Movement,
  type NodeStock,
  type Supply,
  stockKey,
} from './rules.ts';
import {
  createStock,
  createSupply,
  insertMarks,
  insertMovements,
  lockChannels,
  lockStock,
  lockSupply,
  type MovementRow,
  readOffers,
  readOpenWork,
  writeChannels,
  writeRules,
  writeStock,
  writeSupply,
  writeWork,
} from './store.ts';

export { type Level, markListed, readLevels as levels, takeMarks, writeBins } from './store.ts';

/** The locked stock of a batch and what the batch did to it. */
export interface InventoryState extends Books {
  readonly region: string;
  readonly movements: MovementRow[];
  readonly dirtySupply: Set<Supply>;
  readonly dirtyStock: Set<NodeStock>;
  readonly dirtyChannels: Set<ChannelSupply>;
  /** Channels' rows that are new or whose rule was set. */
  readonly dirtyRules: Set<ChannelSupply>;
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
 * Locks supply, channels' shares of it and stock, in that order, each by SKU; makes rows that are missing. Reads the open shortage work of what is
 * short.
 */
export async function lock(tx: Tx, keys: InventoryKeys): Promise<InventoryState> {
  const supplySkus = unique(keys.supply.map((key) => key.skuId));
  const stockSkus = unique(keys.stock);
  const state: InventoryState = {
    region: keys.region,
    supply: new Map(),
    stock: new Map(),
    channels: new Map(),
    work: [],
    movements: [],
    dirtySupply: new Set(),
    dirtyStock: new Set(),
    dirtyChannels: new Set(),
    dirtyRules: new Set(),
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
    await lockRules(tx, state, rows);
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

/** Locks the channels' rows of SKUs that have any, and asks for none where there are none. */
async function lockRules(tx: Tx, state: InventoryState, supply: readonly Supply[]): Promise<void> {
  const ruled = supply.filter((row) => row.byChannel).map((row) => row.skuId);
  if (ruled.length === 0) return;
  lockStep(tx, 'channel_supply');
  for (const row of await lockChannels(tx, state.region, ruled)) state.channels.set(channelKey(row.skuId, row.channel), row);
}

/**
 * What a movement is for. A movement of promises names its order or its reservation, because a channel's share of them is counted by
 * the same movement.
 */
export interface MovementCause {
  readonly order?: { readonly id: string; readonly channel: string };
  readonly reservation?: { readonly id: string; readonly channel: string };
  readonly shipmentId?: string;
  readonly reason?: string;
  readonly reference?: string;
}

/** Applies movements planned by the rules and remembers them for `write`. Returns what shrinkage made short. */
export function apply(state: InventoryState, movements: readonly Movement[], cause: MovementCause, ctx: Ctx): AppliedMovement[] {
  const channel = (cause.reservation ?? cause.order)?.channel ?? null;
  return combine(movements).map((change) => {
    if (change.promised !== 0n && channel === null) throw new Error('A promise is somebody’s: name the order or the reservation');
    const applied = applyMovement(state, change, newId, channel);
    if (applied.channel !== null)
      state.dirtyChannels.add(state.channels.get(channelKey(change.skuId, applied.channel)) as ChannelSupply);
    remember(state, applied, cause, ctx);
    return applied;
  });
}

/** Keeps an applied movement, and the rows it changed, for `write`. */
function remember(state: InventoryState, applied: AppliedMovement, cause: MovementCause, ctx: Ctx): void {
  const supply = state.supply.get(applied.skuId);
  const stock = applied.nodeId ? state.stock.get(stockKey(applied.skuId, applied.nodeId)) : undefined;
  if (supply && applied.supplyVersion !== null) state.dirtySupply.add(supply);
  if (stock) state.dirtyStock.add(stock);
  for (const work of state.work)
    if (!state.workReasons.has(work.id)) state.workReasons.set(work.id, cause.reason ?? applied.kind);
  state.movements.push({
    id: newId(),
    sku_id: applied.skuId,
    merchant_id: (stock ?? supply)?.merchantId as string,
    region: state.region,
    node_id: applied.nodeId,
    kind: applied.kind,
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
    order_id: cause.order?.id ?? null,
    shipment_id: cause.shipmentId ?? null,
    reason: cause.reason ?? null,
    reference: cause.reservation?.id ?? cause.reference ?? null,
    channel: applied.channel,
    channel_delta: applied.channelDelta,
    channel_version: applied.channelVersion,
    actor: ctx.actor,
    trace_id: ctx.traceId,
    at: ctx.now,
  });
}

/** Sets a channel's rule on locked supply; `waiting` is what a row that is new begins with. */
export function setRule(
  state: InventoryState,
  key: { readonly skuId: string; readonly channel: string },
  rule: ChannelRule,
  waiting: bigint,
  ctx: Ctx,
): ChannelSupply {
  const { row, applied } = setChannelRule(state, key, rule, waiting);
  state.dirtyRules.add(row);
  remember(state, applied, { reason: 'channel rule' }, ctx);
  return row;
}

/** Writes the counters, then the movements that explain them, then shortage work. */
export async function write(tx: Tx, state: InventoryState): Promise<void> {
  await together(
    writeSupply(tx, [...state.dirtySupply]),
    writeChannels(tx, state.dirtyChannels),
    writeRules(tx, [...state.dirtyRules]),
    writeStock(tx, [...state.dirtyStock]),
    insertMovements(tx, state.movements),
    ...marksOf(tx, state),
    writeWorkOf(tx, state),
  );
}

/** SKUs that nobody outside is told of cost no statement. */
function marksOf(tx: Tx, state: InventoryState): Promise<void>[] {
  const listed = [...state.dirtySupply].filter((row) => row.listed);
  const last = state.movements.at(-1);
  return listed.length > 0 && last ? [insertMarks(tx, listed, last.at)] : [];
}

/** What a channel may be promised of a SKU now, and the version of the supply that says so. */
export interface Offer {
  readonly available: bigint;
  readonly version: bigint;
}

/** Offers by SKU, read without locks. */
export async function offersTo(tx: Tx, region: string, skuIds: readonly string[], channel: string): Promise<Map<string, Offer>> {
  const rows = await readOffers(tx, region, skuIds, channel);
  return new Map(
    rows.map(({ buffer, cap, channelPromised, ...supply }) => {
      const rule = buffer === null ? undefined : { buffer, cap, promised: channelPromised ?? 0n };
      return [supply.skuId, { available: availableToChannel(availableToPromise(supply), rule), version: supply.version }];
    }),
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
