import type pg from 'pg';
import * as reservations from '../../domains/reservations/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { withTx } from '../../platform/db.ts';
import { forgetLocks } from '../../platform/locks.ts';
import { endReservation, lockGoods, writeReserving } from './reserve-stock.ts';

/** One batch ends this many at most; the sweep goes on until none is left. */
const BATCH = 500;

/**
 * Ends reservations whose time is over: their units are for sale again. Nothing depends on it for being right, since what is over is
 * refused whoever names it; it decides only how soon the units come back. Returns how many ended.
 */
export async function expireReservations(pool: pg.Pool, ctx: Ctx, signal?: AbortSignal): Promise<number> {
  let ended = 0;
  for (;;) {
    const count = await withTx(pool, async (tx) => {
      forgetLocks(tx);
      const locked = await reservations.lockOverdue(tx, ctx, BATCH);
      const overdue = [...locked.byId.values()];
      if (overdue.length === 0) return 0;
      const world = await lockGoods(tx, locked, true, ctx);
      for (const reservation of overdue) endReservation(world, reservation, 'expired', ctx);
      await writeReserving(tx, world);
      return overdue.length;
    });
    ended += count;
    if (count < BATCH || signal?.aborted) return ended;
  }
}
