import type { Order } from '../../domains/orders/service.ts';
import { after, isAdvanced, type Return } from '../../domains/returns/rules.ts';
import * as returns from '../../domains/returns/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { tell, type World } from '../world.ts';
import { wakeAdvance } from './advance-intent.ts';

/** What becomes of a return as the refund ends by which it was settled: its money went, or it did not and the return waits again. */

const returnOf = (world: World, refundId: string, statuses: readonly Return['status'][]): Return | undefined =>
  [...world.returns.byId.values()].find((one) => one.refundId === refundId && statuses.includes(one.status));

/** The money is with the customer. */
export function payReturn(world: World, order: Order, refundId: string, ctx: Ctx): void {
  const one = returnOf(world, refundId, ['settling']);
  if (!one) return;
  one.status = after(one, 'pay');
  one.settledAt = ctx.now;
  returns.changed(world.returns, one);
  wakeAdvance(world, one, ctx);
  const { id: returnId, number: returnNumber, refundMinor: amountMinor } = one;
  tell(world, order, 'return.refunded', { returnId, returnNumber, refundId, amountMinor }, ctx);
}

/** The refund was undone, rejected, refused, or taken back by a bank after it had been paid: the return is inspected as before, and somebody settles it once more. */
export function reopenReturn(world: World, order: Order, refundId: string, ctx: Ctx): void {
  const one = returnOf(world, refundId, ['settling', 'settled']);
  if (!one) return;
  one.status = after(one, 'reopen');
  // What was sent in exchange is on its way: only the money is to be settled again.
  if (one.exchangedMinor === 0n || isAdvanced(one)) one.resolution = null;
  if (isAdvanced(one)) Object.assign(one, { exchangedMinor: 0n, chargeMinor: 0n });
  Object.assign(one, { refundId: null, refundMinor: 0n, feeMinor: 0n, labelFeeMinor: 0n, settledAt: null, settledBy: null });
  returns.changed(world.returns, one);
  tell(world, order, 'return.reopened', { returnId: one.id, returnNumber: one.number, refundId }, ctx);
}
