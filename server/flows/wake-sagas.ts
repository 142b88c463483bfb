import type pg from 'pg';
import type { Ctx } from '../kernel/context.ts';
import { withTx } from '../platform/db.ts';
import { forgetLocks } from '../platform/locks.ts';
import { sagasOf } from '../platform/saga.ts';
import { lockWorld, wake, writeWorld } from './world.ts';

/** Something happened outside that the waiting sagas of these orders want to know: they look again now. Returns how many. */
export async function wakeSagas(pool: pg.Pool, orderIds: readonly string[], ctx: Ctx): Promise<number> {
  return withTx(pool, async (tx) => {
    forgetLocks(tx);
    const world = await lockWorld(tx, { orderIds }, ctx);
    const open = [...world.orders.byId.keys()].flatMap((id) => sagasOf(world.sagas, id));
    for (const saga of open) wake(world, saga, ctx);
    await writeWorld(tx, world);
    return open.length;
  });
}
