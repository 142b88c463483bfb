import type pg from 'pg';
import { dayOf, saleOf } from '../../domains/backorders/rules.ts';
import * as backorders from '../../domains/backorders/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { withTx } from '../../platform/db.ts';
import { forgetLocks } from '../../platform/locks.ts';
import { emit } from '../../platform/outbox.ts';
import { wakeWaitingFor } from '../wake-sagas.ts';
import { lockWorld, type World, writeWorld } from '../world.ts';
import { readArrivals } from './arrivals.ts';
import { setLimit } from './sell-beyond-stock.ts';
import { renewIfLapsed } from './start-renewal.ts';

/**
 * What the clock changes by itself: a policy's day to stop comes, a delivery is announced and selling goes on, money that is held lapses before
 * the units come. Nothing rests on it: placing an order asks the policies itself. It only has lists and other channels say what holds.
 */
const AT_ONCE = 100;
/** Money is asked for again so long before the units are promised; it is held for days from then on. */
const AHEAD_DAYS = 2;
const DAY_MS = 86_400_000;

export interface Reviewed {
  readonly limits: number;
  readonly woken: number;
  readonly renewals: number;
}

export async function reviewBackorders(pool: pg.Pool, ctx: Ctx): Promise<Reviewed> {
  return { limits: await reviewLimits(pool, ctx), woken: await wakeForgotten(pool, ctx), renewals: await renewAhead(pool, ctx) };
}

/** Brings the limits of SKUs that have a policy to what it allows now. */
async function reviewLimits(pool: pg.Pool, ctx: Ctx): Promise<number> {
  const { rows } = await pool.query<{ skuId: string; merchantId: string }>({
    name: 'backorders-to-review',
    text: `SELECT p.sku_id AS "skuId", p.merchant_id AS "merchantId" FROM (
             SELECT DISTINCT ON (sku_id) * FROM backorder_policies WHERE region = $1 ORDER BY sku_id, region, version DESC) p
           JOIN sku_supply s ON s.sku_id = p.sku_id AND s.region = p.region
           WHERE s.limit_over > 0 OR (p.kind <> 'none' AND p.stopped IS NULL) ORDER BY p.sku_id`,
    values: [ctx.home],
  });
  let changed = 0;
  for (let at = 0; at < rows.length; at += AT_ONCE)
    changed += await withTx(pool, async (tx) => {
      forgetLocks(tx);
      const skus = rows.slice(at, at + AT_ONCE);
      const world = await lockWorld(tx, { orderIds: [], supply: true, skus }, ctx);
      await backorders.loadSales(
        tx,
        world.backorders,
        ctx.home,
        skus.map((sku) => sku.skuId),
        readArrivals,
      );
      const moved = skus.filter((sku) => reviewLimit(world, sku, ctx)).length;
      if (moved > 0) await writeWorld(tx, world);
      return moved;
    });
  return changed;
}

function reviewLimit(world: World, { skuId, merchantId }: { skuId: string; merchantId: string }, ctx: Ctx): boolean {
  const delta = setLimit(world, skuId, ctx);
  if (delta === 0n) return false;
  const arrivals = world.backorders.arrivals.get(skuId) ?? [];
  const inbound = arrivals.reduce((sum, arrival) => sum + arrival.units, 0n);
  const sale = saleOf(world.backorders.policies.get(skuId), { today: dayOf(ctx.now), inbound });
  const version = world.inventory.supply.get(skuId)?.version ?? 0n;
  const limitOver = world.inventory.supply.get(skuId)?.limitOver ?? 0n;
  const about = { aggregate: 'sku', aggregateId: skuId, aggregateVersion: version, merchantId } as const;
  if (sale.open) emit(world.outbox, { ...about, type: 'backorder.resumed', data: { limitOver } }, ctx);
  else emit(world.outbox, { ...about, type: 'backorder.stopped', data: { reason: sale.reason, limitOver } }, ctx);
  return true;
}

/** Units are free and somebody waits for them: whatever freed them should have said so. */
async function wakeForgotten(pool: pg.Pool, ctx: Ctx): Promise<number> {
  const { rows } = await pool.query<{ skuId: string }>({
    name: 'backorders-forgotten',
    text: `SELECT w.sku_id AS "skuId" FROM (SELECT DISTINCT sku_id FROM backorders WHERE region = $1) w
           WHERE EXISTS (SELECT 1 FROM node_stock n WHERE n.sku_id = w.sku_id AND n.region = $1 AND n.short = 0 AND n.on_hand > n.allocated)
           ORDER BY w.sku_id LIMIT $2`,
    values: [ctx.home, AT_ONCE],
  });
  const skuIds = rows.map((row) => row.skuId);
  return skuIds.length > 0 ? wakeWaitingFor(pool, skuIds, ctx) : 0;
}

/** Asks again for money that lapses before its units come, when they come soon. */
async function renewAhead(pool: pg.Pool, ctx: Ctx): Promise<number> {
  const until = new Date(ctx.now.getTime() + AHEAD_DAYS * DAY_MS);
  const { rows } = await pool.query<{ id: string }>({
    name: 'backorders-to-renew',
    text: `SELECT DISTINCT b.order_id AS id FROM backorders b JOIN payments p ON p.order_id = b.order_id
           WHERE b.promised_on <= $1::date AND p.hold_id IS NOT NULL AND p.authorization_expires_at <= $2
             AND NOT EXISTS (SELECT 1 FROM sagas s WHERE s.order_id = b.order_id AND s.kind = 'renew-payment' AND s.status <> 'done')
           ORDER BY id LIMIT $3`,
    values: [dayOf(until), until, AT_ONCE],
  });
  if (rows.length === 0) return 0;
  return withTx(pool, async (tx) => {
    forgetLocks(tx);
    const world = await lockWorld(tx, { orderIds: rows.map((row) => row.id) }, ctx);
    const begun = [...world.orders.byId.values()].filter((order) => renewIfLapsed(world, order, ctx, AHEAD_DAYS * DAY_MS));
    await writeWorld(tx, world);
    return begun.length;
  });
}
