import { type Movement, movement, planAdjustment, stockKey } from '../domains/inventory/rules.ts';
import type { AdjustmentReason, AdjustStockInput } from '../domains/inventory/schema.ts';
import * as inventory from '../domains/inventory/service.ts';
import { DomainError } from '../kernel/errors.ts';
import type { Tx } from '../platform/db.ts';
import { audit, emit } from '../platform/outbox.ts';
import type { Request, Verb } from '../platform/verb.ts';
import { lockWorld, type World, writeWorld } from './world.ts';

/**
 * Changes what is on hand at a node. Shrinkage below what is promised or allocated is recorded as short, never refused: the shelf is
 * right. Receiving makes units sellable in the same statement.
 */
export interface AdjustedStock {
  readonly skuId: string;
  readonly nodeId: string;
  readonly onHand: number;
  readonly delta: number;
  readonly short: number;
  readonly shortfall: number;
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

async function lock(tx: Tx, requests: readonly Request<AdjustStockInput>[]): Promise<World> {
  const rows = requests.map(({ input: { skuId, nodeId, merchantId } }) => ({ skuId, nodeId, merchantId }));
  return lockWorld(
    tx,
    { orderIds: [], supply: true, stock: true, skus: rows, createStock: rows },
    (requests[0] as Request<AdjustStockInput>).ctx,
  );
}

function decide(world: World, { input, ctx }: Request<AdjustStockInput>): AdjustedStock {
  const { skuId, nodeId, merchantId, reason } = input;
  const stock = world.inventory.stock.get(stockKey(skuId, nodeId));
  if (stock?.merchantId !== merchantId) throw new DomainError('not_found', 'This SKU has no stock record at that node.');
  const before = stock.onHand;
  const applied = inventory.apply(
    world.inventory,
    [plan(world, input)],
    { reason: input.note ? `${reason}: ${input.note}` : reason },
    ctx,
  );
  world.applied++;
  const supply = world.inventory.supply.get(skuId);
  const [change] = applied;
  if (!change || !supply) throw new Error('An adjustment is one movement of a locked SKU');
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
      after: { nodeId, onHand: stock.onHand },
      reason: data.reason,
    },
    ctx,
  );
  return {
    skuId,
    nodeId,
    onHand: Number(stock.onHand),
    delta: Number(change.onHand),
    short: Number(stock.short),
    shortfall: Number(supply.shortfall),
  };
}

function plan(world: World, input: AdjustStockInput): Movement {
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

export const adjustStock: Verb<AdjustStockInput, World, AdjustedStock> = {
  name: 'adjust-stock',
  lock,
  decide,
  write: writeWorld,
};
