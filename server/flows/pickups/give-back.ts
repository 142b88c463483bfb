import type pg from 'pg';
import { dueOf } from '../../domains/pickups/rules.ts';
import * as pickups from '../../domains/pickups/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import { audit } from '../../platform/outbox.ts';
import type { Call, Request, Verb } from '../../platform/verb.ts';
import { bySystem, carryOutCancel, previewCancel } from '../cancel-plan.ts';
import { orderOf, tell, type World, writeWorld } from '../world.ts';
import { lockPickups, pickupOf } from './fetched-order.ts';

/**
 * An order that nobody fetches: its customer is reminded, and past the limit it is cancelled by the ordinary road, which returns its units to
 * the shelf and its money to whoever paid. Looked at under the lock, by the clock of whoever asks: twice is once.
 */
export interface AttendedPickup {
  readonly orderId: string;
  readonly done: 'nothing' | 'remind' | 'return';
}

interface AttendInput {
  readonly orderId: string;
}

function decide(world: World, { input, ctx }: Request<AttendInput>): AttendedPickup {
  const order = orderOf(world, input.orderId);
  const pickup = pickupOf(world, input.orderId);
  const done = dueOf(pickup, ctx.now);
  const { id: orderId, merchantId } = order.row;
  if (done === 'remind') {
    pickups.change(world.pickups, pickup, { remindedAt: ctx.now });
    tell(world, order, 'order.pickup_reminded', { nodeId: pickup.nodeId, collectBy: pickup.collectBy?.toISOString() }, ctx);
    const after = { remindedAt: ctx.now.toISOString() };
    audit(world.outbox, { action: 'order.pickup_reminded', entity: 'order', entityId: orderId, merchantId, after }, ctx);
  }
  if (done === 'return') {
    const wish = { orderId, reason: 'not_collected' as const };
    const preview = previewCancel(world, order, wish, bySystem(ctx));
    pickups.change(world.pickups, pickup, { status: 'uncollected' });
    carryOutCancel(world, order, preview, wish, bySystem(ctx), ctx);
  }
  return { orderId, done };
}

export const attendPickup: Verb<AttendInput, World, AttendedPickup> = {
  name: 'attend-pickup',
  lock: (tx, requests) =>
    lockPickups(tx, requests, { supply: true, stock: true, requests: true, ledger: true, numbers: { refund: requests.length } }),
  decide,
  write: writeWorld,
};

/** More than a counter has; the rest follows a minute later. */
const AT_ONCE = 200;

/** Reminds and gives up whoever it is time for. Returns how many it did something for. */
export async function attendPickups(pool: pg.Pool, attend: Call<AttendInput, AttendedPickup>, ctx: Ctx): Promise<number> {
  const orderIds = await pickups.due(pool, ctx.now, AT_ONCE);
  const ended = await Promise.all(orderIds.map((orderId) => attend({ orderId }, ctx).catch(leave)));
  return ended.filter((one) => one !== null && one.done !== 'nothing').length;
}

/** An order that cannot be given up now (it is held, or its money is in doubt) is looked at again. */
function leave(error: unknown): null {
  if (error instanceof DomainError) return null;
  throw error;
}
