import type { Order } from '../../domains/orders/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { settleOrder, tell, type World } from '../world.ts';

/**
 * Money that was counted on is not there, or is not where it should be: what has not left is held, and the order stands among those that wait
 * for a person until nobody owes anybody anything.
 */
export function holdUnpaid(world: World, order: Order, reason: string, ctx: Ctx): void {
  if (order.row.receivableMinor === 0n || order.row.holds.includes('payment')) return;
  order.row.holds = [...order.row.holds, 'payment'];
  settleOrder(world, order, null, ctx);
  tell(world, order, 'order.held', { hold: 'payment', reason }, ctx);
}

/** Nobody owes anybody anything any more. */
export function liftSettled(world: World, order: Order, ctx: Ctx): void {
  if (order.row.receivableMinor !== 0n || !order.row.holds.includes('payment')) return;
  order.row.holds = order.row.holds.filter((hold) => hold !== 'payment');
  settleOrder(world, order, null, ctx);
  tell(world, order, 'order.released', { hold: 'payment' }, ctx);
}
