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

/** Units of these SKUs arrived: confirmed orders that wait for some are allocated now, the oldest first. Returns how many were woken. */
export async function wakeWaitingFor(pool: pg.Pool, skuIds: readonly string[], ctx: Ctx): Promise<number> {
  const { rows } = await pool.query<{ id: string }>({
    name: 'sagas-waiting-for-skus',
    text: `SELECT s.order_id AS id FROM sagas s WHERE s.status NOT IN ('done', 'stuck') AND s.step = 'allocate'
             AND EXISTS (SELECT 1 FROM order_lines l JOIN line_spans p ON p.line_id = l.id
                         WHERE l.order_id = s.order_id AND l.sku_id = ANY($1::uuid[]) AND p.state = 'open')
           ORDER BY s.created_at, s.id LIMIT $2`,
    values: [skuIds, WOKEN_BY_A_RECEIPT],
  });
  const woken = await wakeSagas(
    pool,
    rows.map((row) => row.id),
    ctx,
  );
  return woken.size;
}
