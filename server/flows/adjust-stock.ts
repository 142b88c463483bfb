import * as approvals from '../domains/approvals/service.ts';
import type { SkuRecord } from '../domains/catalog/rules.ts';
import * as catalog from '../domains/catalog/service.ts';
import * as fulfilment from '../domains/fulfilment/service.ts';
import { type Movement, movement, planAdjustment, stockKey } from '../domains/inventory/rules.ts';
import type { AdjustmentReason, AdjustStockInput } from '../domains/inventory/schema.ts';
import * as inventory from '../domains/inventory/service.ts';
import type { LotUnits } from '../domains/lots/rules.ts';
import * as lots from '../domains/lots/service.ts';
import { actorKind, type Ctx } from '../kernel/context.ts';
import { DomainError } from '../kernel/errors.ts';
import { lineTotalMinor, parseDecimal, toMajor } from '../kernel/money.ts';
import type { Tx } from '../platform/db.ts';
import { audit, emit } from '../platform/outbox.ts';
import type { Request, Verb } from '../platform/verb.ts';
import { movedUnits } from './moved-units.ts';
import { lockWorld, type World, writeWorld } from './world.ts';

/**
 * Changes what is on hand at a node. Shrinkage below what is promised or allocated is recorded as short, never refused: the shelf is
 * right. Receiving makes units sellable in the same statement. What is worth more than the policy allows waits for a second person.
 */
export interface AdjustedStock {
  readonly status: 'applied' | 'awaiting_approval';
  readonly skuId: string;
  readonly nodeId: string;
  /** On hand now: unchanged while the adjustment waits. */
  readonly onHand: number;
  readonly delta: number;
  readonly short: number;
  readonly shortfall: number;
  readonly approvalId: string | null;
}

export interface Adjusting extends World {
  readonly approvals: approvals.ApprovalsState;
  readonly skus: ReadonlyMap<string, SkuRecord>;
}

const KINDS: Readonly<Record<AdjustmentReason, 'receive' | 'adjust' | 'count' | 'damage' | 'return'>> = {
  received: 'receive',
  counted: 'count',
  damaged: 'damage',
  lost: 'adjust',
  found: 'adjust',
  returned: 'return',
  correction: 'adjust',
};

type Place = Pick<AdjustStockInput, 'skuId' | 'nodeId' | 'merchantId'>;

/** The places that exist: a stocked SKU and a node of the same merchant. A stock row is made for no other. */
export async function placesThatExist(
  tx: Tx,
  wanted: readonly Place[],
): Promise<{ places: Place[]; skus: Map<string, SkuRecord> }> {
  const skus = await catalog.find(
    tx,
    wanted.map((place) => place.skuId),
  );
  const state = await fulfilment.load(tx, []);
  await fulfilment.loadNodes(
    tx,
    state,
    wanted.map((place) => place.merchantId),
  );
  const places = wanted.filter(({ skuId, nodeId, merchantId }) => {
    const sku = skus.get(skuId);
    return sku?.stocked && sku.merchantId === merchantId && state.nodes.get(merchantId)?.some((node) => node.id === nodeId);
  });
  return { places: places.map(({ skuId, nodeId, merchantId }) => ({ skuId, nodeId, merchantId })), skus };
}

async function lock(tx: Tx, requests: readonly Request<AdjustStockInput>[]): Promise<Adjusting> {
  const policies = await approvals.lock(tx, []);
  const { places, skus } = await placesThatExist(
    tx,
    requests.map((request) => request.input),
  );
  const needs = { orderIds: [], supply: true, stock: true, skus: places, createStock: places };
  const world = await lockWorld(tx, needs, (requests[0] as Request<AdjustStockInput>).ctx);
  return { ...world, approvals: policies, skus };
}

function decide(world: Adjusting, { input, ctx }: Request<AdjustStockInput>): AdjustedStock {
  const sku = world.skus.get(input.skuId);
  const stock = world.inventory.stock.get(stockKey(input.skuId, input.nodeId));
  if (sku?.merchantId !== input.merchantId || stock?.merchantId !== input.merchantId)
    throw new DomainError('not_found', 'This merchant has no such stocked SKU, or no such node.');
  const planned = planOf(world, input);
  const worth = worthOf(sku, planned.onHand);
  // The house's own programs (an import receiving its opening stock) are run by an operator and ask nobody.
  const bySystem = actorKind(ctx.actor) === 'system';
  if (bySystem || !approvals.isNeeded(world.approvals, 'adjust-stock', sku.currency, worth)) {
    return applyAdjustment(world, input, planned, ctx);
  }
  return askFor(world, sku, input, planned.onHand, ctx);
}

/** What the units are worth at the SKU's price, in minor units: what a second person has to agree to. */
function worthOf(sku: SkuRecord, delta: bigint): bigint {
  return lineTotalMinor(parseDecimal(sku.price) ?? 0n, Number(delta < 0n ? -delta : delta), sku.currency);
}

/** Leaves the adjustment waiting. A count waits as the difference it found: units that move meanwhile do not make it wrong. */
function askFor(world: Adjusting, sku: SkuRecord, input: AdjustStockInput, delta: bigint, ctx: Ctx): AdjustedStock {
  const { skuId, nodeId, merchantId, reason, note, lot } = input;
  const amountMinor = worthOf(sku, delta);
  const { currency } = sku;
  const approval = approvals.request(
    world.approvals,
    {
      merchantId,
      action: 'adjust-stock',
      subject: 'sku',
      subjectId: skuId,
      amountMinor,
      currency,
      payload: { merchantId, skuId, nodeId, reason, ...(note ? { note } : {}), ...(lot ? { lot } : {}), delta: Number(delta) },
      summary: `${sku.code}: ${delta > 0n ? '+' : '−'}${delta > 0n ? delta : -delta} (${reason}), ${toMajor({ amountMinor, currency })} ${currency}`,
    },
    ctx,
  );
  world.applied++;
  const facts = { action: approval.action, skuId, nodeId, delta: Number(delta), amountMinor, currency };
  emit(
    world.outbox,
    {
      aggregate: 'approval',
      aggregateId: approval.id,
      aggregateVersion: 1n,
      merchantId,
      type: 'approval.requested',
      data: facts,
    },
    ctx,
  );
  audit(
    world.outbox,
    {
      action: 'stock.adjustment_requested',
      entity: 'sku',
      entityId: skuId,
      merchantId,
      after: { nodeId, delta, amountMinor, currency, approvalId: approval.id },
      reason: note ? `${reason}: ${note}` : reason,
    },
    ctx,
  );
  const onHand = Number(world.inventory.stock.get(stockKey(skuId, nodeId))?.onHand ?? 0n);
  return {
    status: 'awaiting_approval',
    skuId,
    nodeId,
    onHand,
    delta: Number(delta),
    short: 0,
    shortfall: 0,
    approvalId: approval.id,
  };
}

/** Applies a planned adjustment to the locked stock and tells of it. `approvalId` names who else agreed. */
export function applyAdjustment(
  world: World,
  input: AdjustStockInput,
  planned: Movement,
  ctx: Ctx,
  approvalId: string | null = null,
): AdjustedStock {
  const { skuId, nodeId, merchantId, reason } = input;
  const stock = world.inventory.stock.get(stockKey(skuId, nodeId));
  const supply = world.inventory.supply.get(skuId);
  if (!stock || !supply) throw new Error('An adjustment was planned on stock that is not locked');
  const before = stock.onHand;
  const why = input.note ? `${reason}: ${input.note}` : reason;
  const cause = { reason: why, ...(approvalId ? { reference: approvalId } : {}) };
  const [change] = inventory.apply(world.inventory, [planned], cause, ctx);
  if (!change) throw new Error('An adjustment is one movement of a locked SKU');
  nameLots(world, lotOf(input, change.onHand));
  world.applied++;
  const data = { nodeId, reason, delta: change.onHand, onHand: stock.onHand, short: change.short, shortfall: change.shortfall };
  const short = change.short > 0n || change.shortfall > 0n;
  emit(
    world.outbox,
    {
      aggregate: 'sku',
      aggregateId: skuId,
      aggregateVersion: supply.version,
      merchantId,
      type: short ? 'stock.short' : 'stock.adjusted',
      data,
    },
    ctx,
  );
  audit(
    world.outbox,
    {
      action: 'stock.adjusted',
      entity: 'sku',
      entityId: skuId,
      merchantId,
      before: { nodeId, onHand: before },
      after: { nodeId, onHand: stock.onHand, ...(approvalId ? { approvalId } : {}) },
      reason: why,
    },
    ctx,
  );
  return {
    status: 'applied',
    skuId,
    nodeId,
    onHand: Number(stock.onHand),
    delta: Number(change.onHand),
    short: Number(stock.short),
    shortfall: Number(supply.shortfall),
    approvalId,
  };
}

/** The lot that an adjustment names, with what it changes by. */
function lotOf(input: AdjustStockInput, units: bigint): LotUnits[] {
  return input.lot && units !== 0n ? [{ code: input.lot.code, expiresOn: input.lot.expiresOn ?? null, units }] : [];
}

/** Says which lots the last movement was of; what it does not name finds its own. */
export function nameLots(world: World, named: readonly LotUnits[]): void {
  const moved = movedUnits(world).at(-1);
  if (moved && named.length > 0) lots.assign(world.lots, moved, named);
}

/** The movement that an input means on the stock as it is locked. */
export function planOf(world: World, input: AdjustStockInput): Movement {
  const planned = planUnits(world, input);
  lots.check(world.lots, input, lotOf(input, planned.onHand));
  return planned;
}

function planUnits(world: World, input: AdjustStockInput): Movement {
  const { skuId, nodeId, reason } = input;
  if ('delta' in input) return planAdjustment(world.inventory, KINDS[reason], skuId, nodeId, BigInt(input.delta));
  const stock = world.inventory.stock.get(stockKey(skuId, nodeId));
  const onHand = stock?.onHand ?? 0n;
  if (onHand !== BigInt(input.expected)) {
    throw new DomainError(
      'conflict',
      `The record says ${onHand} now, not ${input.expected}: units moved while you counted. Count again.`,
      { onHand: Number(onHand) },
    );
  }
  const delta = BigInt(input.counted) - onHand;
  // A count that agrees is worth recording too: it says when somebody looked.
  return delta === 0n ? movement('count', skuId, nodeId, {}) : planAdjustment(world.inventory, 'count', skuId, nodeId, delta);
}

export const adjustStock: Verb<AdjustStockInput, Adjusting, AdjustedStock> = {
  name: 'adjust-stock',
  lock,
  decide,
  async write(tx, world) {
    await approvals.write(tx, world.approvals);
    await writeWorld(tx, world);
  },
};
