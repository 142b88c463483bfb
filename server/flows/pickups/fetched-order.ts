import type * as orders from '../../domains/orders/service.ts';
import type { FetchedOrder, Pickup } from '../../domains/pickups/rules.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { Tx } from '../../platform/db.ts';
import type { Request } from '../../platform/verb.ts';
import { cancelIntent } from '../cancel-intent.ts';
import { lockWorld, type Needs, orderOf, type World } from '../world.ts';

/** What the rules of pick-ups ask of a locked order. */
export function fetchedOrder(world: World, order: orders.Order): FetchedOrder {
  const stocked = new Set(order.lines.flatMap((line) => (line.stocked ? [line.id] : [])));
  return {
    number: order.row.number,
    holds: order.row.holds,
    cancelling: cancelIntent(world, order.row.id) !== undefined,
    goods: order.spans.filter((span) => stocked.has(span.lineId)),
  };
}

/** The pick-up of a locked order, or `not_found`. */
export function pickupOf(world: World, orderId: string): Pickup {
  const pickup = world.pickups.byOrder.get(orderOf(world, orderId).row.id);
  if (!pickup) throw new DomainError('not_found', 'This order is sent: nobody fetches it.');
  return pickup;
}

export function lockPickups(
  tx: Tx,
  requests: readonly Request<{ readonly orderId: string }>[],
  more: Partial<Needs> = {},
): Promise<World> {
  const orderIds = requests.map((request) => request.input.orderId);
  const { ctx } = requests[0] as Request<{ readonly orderId: string }>;
  return lockWorld(tx, { orderIds, pickups: true, ...more }, ctx);
}
