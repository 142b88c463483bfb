import type pg from 'pg';
import type { Ctx } from '../kernel/context.ts';
import { withTx } from '../platform/db.ts';
import { forgetLocks } from '../platform/locks.ts';
import { findUnfinished, sagasOf } from '../platform/saga-rows.ts';
import { lockWorld, wake, writeWorld } from './world.ts';

/**
 * Something happened outside that the waiting sagas of these orders want to know: they look again now. Returns the orders that had any
 * that were not done. An order is locked only where a saga can be woken: done is for ever, a saga that begins later asks for itself, and
 * one whose call is on its way moves by the answer, which is what a provider's news of its own answer mostly finds.
 */
export async function wakeSagas(pool: pg.Pool, orderIds: readonly string[], ctx: Ctx): Promise<ReadonlySet<string>> {
  const unfinished = await findUnfinished(pool, orderIds);
  const wakeable = unfinished.filter((order) => order.wakeable).map((order) => order.orderId);
  if (wakeable.length > 0) await wakeAll(pool, wakeable, ctx);
  return new Set(unfinished.map((order) => order.orderId));
}

async function wakeAll(pool: pg.Pool, orderIds: readonly string[], ctx: Ctx): Promise<void> {
  await withTx(pool, async (tx) => {
    forgetLocks(tx);
    const world = await lockWorld(tx, { orderIds }, ctx);
    for (const id of world.orders.byId.keys()) for (const saga of sagasOf(world.sagas, id)) wake(world, saga, ctx);
    await writeWorld(tx, world);
  });
}

/** Orders that one receipt wakes at most; the next look of the others comes by itself within a minute. */
const WOKEN_BY_A_RECEIPT = 500;

/**
 * Units of these SKUs are free: confirmed orders that wait for some are allocated now, the oldest first. Of those that bought before the units
 * were here only so many are woken as there are units for; the others would find nothing. Returns how many were woken.
 */
export async function wakeWaitingFor(pool: pg.Pool, skuIds: readonly string[], ctx: Ctx): Promise<number> {
  const { rows } = await pool.query<{ id: string }>({
    name: 'sagas-waiting-for-skus',
    text: `WITH open AS (
             SELECT s.order_id AS id, s.created_at AS since FROM sagas s WHERE s.status NOT IN ('done', 'stuck') AND s.step = 'allocate'
               AND EXISTS (SELECT 1 FROM order_lines l JOIN line_spans p ON p.line_id = l.id
                           WHERE l.order_id = s.order_id AND l.sku_id = ANY($1::uuid[]) AND p.state = 'open')
             ORDER BY s.created_at, s.id LIMIT $2),
           free AS (
             SELECT sku_id, region, sum(greatest(on_hand - allocated, 0))::bigint AS units FROM node_stock
             WHERE sku_id = ANY($1::uuid[]) AND short = 0 GROUP BY sku_id, region),
           queue AS (
             SELECT q.order_id AS id, q.since FROM free f CROSS JOIN LATERAL (
               SELECT order_id, since, sum(to_unit - from_unit + 1) OVER (ORDER BY since, order_id, line_id, from_unit) - (to_unit - from_unit + 1) AS before
               FROM backorders b WHERE b.sku_id = f.sku_id AND b.region = f.region ORDER BY since, order_id, line_id, from_unit LIMIT least(f.units, $2)) q
             WHERE q.before < f.units)
           SELECT id FROM (SELECT id, min(since) AS since FROM (TABLE open UNION ALL TABLE queue) w GROUP BY id) first ORDER BY since, id LIMIT $2`,
    values: [skuIds, WOKEN_BY_A_RECEIPT],
  });
  const woken = await wakeSagas(
    pool,
    rows.map((row) => row.id),
    ctx,
  );
  return woken.size;
}
