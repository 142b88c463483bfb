import type pg from 'pg';
import { type Backorder, dayOf, moveRows, planMoves } from '../../domains/backorders/rules.ts';
import * as backorders from '../../domains/backorders/service.ts';
import type { Order } from '../../domains/orders/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { type Tx, withTx } from '../../platform/db.ts';
import { forgetLocks } from '../../platform/locks.ts';
import { lockWorld, tell, writeWorld } from '../world.ts';
import { readArrivals } from './arrivals.ts';

/**
 * What is announced has moved: whoever waits is promised the day that now holds, first come, first served, and told once per change. Orders are
 * taken so many at a time; a run that dies is taken up by the next, which finds only what still differs.
 */
const ORDERS_AT_ONCE = 100;
const ROUNDS = 200;

/** Returns how many orders were promised another day. */
export async function moveDates(pool: pg.Pool, skuIds: readonly string[], ctx: Ctx): Promise<number> {
  let moved = 0;
  for (const skuId of [...new Set(skuIds)].sort()) {
    for (let round = 0; round < ROUNDS; round++) {
      const { orders, told } = await withTx(pool, (tx) => moveSome(tx, skuId, ctx));
      moved += told;
      if (orders < ORDERS_AT_ONCE) break;
    }
  }
  return moved;
}

async function moveSome(tx: Tx, skuId: string, ctx: Ctx): Promise<{ orders: number; told: number }> {
  forgetLocks(tx);
  // One run per SKU: what a run plans is what was announced when it began, and no older plan overtakes a newer one.
  await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`backorders:${ctx.home}:${skuId}`]);
  const line = await backorders.readLine(tx, ctx.home, skuId, readArrivals);
  if (!line) return { orders: 0, told: 0 };
  const moves = Map.groupBy(planMoves(line, dayOf(ctx.now)), (move) => move.orderId);
  const orderIds = [...moves.keys()].slice(0, ORDERS_AT_ONCE);
  if (orderIds.length === 0) return { orders: 0, told: 0 };
  const world = await lockWorld(tx, { orderIds }, ctx);
  let told = 0;
  for (const order of world.orders.byId.values()) {
    const rows = world.backorders.byOrder.get(order.row.id) ?? [];
    const after = moveRows(rows, moves.get(order.row.id) ?? []);
    backorders.replace(world.backorders, order.row.id, after);
    const change = changeOf(order, rows, after);
    if (!change) continue;
    tell(world, order, 'order.date_moved', change, ctx);
    told++;
  }
  await writeWorld(tx, world);
  return { orders: orderIds.length, told };
}

/** What the customer is told: by line the day that was promised and the day that is. Null where every unit keeps its day. */
function changeOf(order: Order, before: readonly Backorder[], after: readonly Backorder[]): Record<string, unknown> | null {
  const moves = after.flatMap((row) => {
    const was = before.find((one) => one.lineId === row.lineId && one.from <= row.from && one.to >= row.to)?.promisedOn;
    if (was === undefined || was === row.promisedOn) return [];
    return [{ lineId: row.lineId, from: row.from, to: row.to, was, is: row.promisedOn }];
  });
  if (moves.length === 0) return null;
  const last = (rows: readonly Backorder[]): string | undefined =>
    rows
      .map((row) => row.promisedOn)
      .sort()
      .at(-1);
  return { number: order.row.number, was: last(before), is: last(after), moves };
}
