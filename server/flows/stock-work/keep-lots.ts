import type pg from 'pg';
import * as catalog from '../../domains/catalog/service.ts';
import { movement, stockKey } from '../../domains/inventory/rules.ts';
import { isExpired } from '../../domains/lots/rules.ts';
import type { TrackLotsInput } from '../../domains/lots/schema.ts';
import * as lots from '../../domains/lots/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import { type Tx, withTx } from '../../platform/db.ts';
import { forgetLocks } from '../../platform/locks.ts';
import { audit, emit } from '../../platform/outbox.ts';
import type { Request, Verb } from '../../platform/verb.ts';
import { movedUnits } from '../moved-units.ts';
import { lockWorld, type World, writeWorld } from '../world.ts';
import { moveStock } from './move-stock.ts';

/**
 * Goods that are kept by lot. Their lots add up to what is on hand at each node, whatever moves it; what leaves goes by first expired first out;
 * and a lot whose day is over is taken off the shelf by a movement, so that nobody is promised what cannot be sold.
 */
export interface TrackedLots {
  readonly skuId: string;
  readonly code: string;
}

interface Tracking extends World {
  readonly skus: catalog.EditingState['byId'];
}

async function lock(tx: Tx, requests: readonly Request<TrackLotsInput>[]): Promise<Tracking> {
  const { ctx } = requests[0] as Request<TrackLotsInput>;
  const { byId } = await catalog.lockForEditing(tx, {
    merchantIds: [],
    skuIds: requests.map(({ input }) => input.skuId),
    codes: [],
  });
  const skus = [...byId.values()].map(({ id, merchantId }) => ({ skuId: id, merchantId }));
  const world = await lockWorld(tx, { orderIds: [], supply: skus.length > 0, stock: skus.length > 0, skus }, ctx);
  return { ...world, skus: byId };
}

function decide(world: Tracking, { input, ctx }: Request<TrackLotsInput>): TrackedLots {
  const sku = world.skus.get(input.skuId);
  if (!sku) throw new DomainError('not_found', 'There is no such SKU.');
  if (!sku.stocked) throw new DomainError('state_refuses', `${sku.code} is not stocked: it has no lots.`);
  const stock = [...world.inventory.stock.values()].filter((row) => row.skuId === sku.id);
  if (world.lots.tracked.has(sku.id) || stock.some((row) => row.byLot))
    throw new DomainError('state_refuses', `${sku.code} is tracked by lot already.`);
  lots.track(world.lots, stock, sku.id, ctx.now);
  world.applied++;
  const supply = world.inventory.supply.get(sku.id);
  const about = {
    aggregate: 'sku',
    aggregateId: sku.id,
    aggregateVersion: supply?.version ?? 0n,
    merchantId: sku.merchantId,
  } as const;
  emit(world.outbox, { ...about, type: 'sku.lots_tracked', data: { code: sku.code } }, ctx);
  const entry = { action: 'sku.lots_tracked', entity: 'sku', entityId: sku.id, merchantId: sku.merchantId };
  audit(world.outbox, { ...entry, before: { byLot: false }, after: { byLot: true } }, ctx);
  return { skuId: sku.id, code: sku.code };
}

export const trackLots: Verb<TrackLotsInput, Tracking, TrackedLots> = { name: 'track-lots', lock, decide, write: writeWorld };

/** One sweep takes this many lots off the shelf at most; the next one takes the rest. */
const BATCH = 200;

/** Takes what expired off the shelf. Returns how many lots. */
export async function expireLots(pool: pg.Pool, ctx: Ctx): Promise<number> {
  const today = ctx.now.toISOString().slice(0, 10);
  const found = await lots.findExpired(pool, today, BATCH);
  if (found.length === 0) return 0;
  return withTx(pool, async (tx) => {
    forgetLocks(tx);
    const world = await lockWorld(tx, { orderIds: [], supply: true, stock: true, skus: found }, ctx);
    let expired = 0;
    for (const { id, skuId, nodeId, merchantId } of found) {
      // Looked at again under the lock: it may have been shipped meanwhile.
      const lot = lots.at(world.lots, { skuId, nodeId })?.find((each) => each.id === id);
      if (!lot || lot.onHand === 0n || !isExpired(lot, today)) continue;
      const units = lot.onHand;
      const before = world.inventory.stock.get(stockKey(skuId, nodeId))?.onHand;
      moveStock(
        world,
        movement('expire', skuId, nodeId, { onHand: -units }),
        { reason: 'expired', why: `expired: ${lot.code || 'no lot'}, ${lot.expiresOn}`, reference: lot.id, number: lot.code },
        ctx,
      );
      const moved = movedUnits(world).at(-1);
      if (moved) lots.expire(world.lots, moved, lot);
      const after = { nodeId, lot: lot.code, expiresOn: lot.expiresOn, onHand: (before ?? 0n) - units };
      audit(
        world.outbox,
        { action: 'stock.expired', entity: 'sku', entityId: skuId, merchantId, before: { onHand: before }, after },
        ctx,
      );
      expired += 1;
    }
    await writeWorld(tx, world);
    return expired;
  });
}
