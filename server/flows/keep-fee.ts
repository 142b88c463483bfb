import * as orders from '../domains/orders/service.ts';
import type { Ctx } from '../kernel/context.ts';
import { next, type Saga, type SagaDefinition, type StepResult } from '../platform/saga.ts';
import { captureOwed } from './capture-owed.ts';
import { feeTransfer, sayKept } from './charge-fee.ts';
import type { Outside } from './outside.ts';
import { KEEP_FEE } from './surplus.ts';
import { voidRemainder } from './void-payment.ts';
import { orderOf, postFor, settleOrder, tell, type World } from './world.ts';

function tellKept(world: World, saga: Saga, ctx: Ctx): StepResult {
  sayKept(world, orderOf(world, saga.orderId), ctx);
  return next;
}

/**
 * Takes what is owed of fees out of what is still held, and releases the rest. A bank that gives nothing makes the fee go, not the order stay.
 */

/** What is owed of fees and nothing can be taken for: the customer owes it no more. */
function dropOwed(world: World, saga: Saga, ctx: Ctx): StepResult {
  const order = orderOf(world, saga.orderId);
  const { receivableMinor: owedMinor, cancellationFeeMinor } = order.row;
  const amountMinor = owedMinor < cancellationFeeMinor ? owedMinor : cancellationFeeMinor;
  if (amountMinor <= 0n) return next;
  orders.dropFee(world.orders, order, amountMinor, ctx);
  postFor(world, order, [feeTransfer(order, amountMinor, 'dropped')], ctx);
  settleOrder(world, order, null, ctx);
  tell(world, order, 'order.cancellation_fee_dropped', { amountMinor, error: saga.error }, ctx);
  return next;
}

export const keepFeeSaga: SagaDefinition<World, Outside> = {
  ...KEEP_FEE,
  irreversible: 'capture',
  steps: [
    // Undone from the last to the first: the fee goes, and then what was held for it.
    { name: 'release', run: () => next, undo: voidRemainder },
    { name: 'keep', run: () => next, undo: dropOwed },
    { name: 'capture', run: captureOwed },
    { name: 'tell', run: tellKept },
    { name: 'rest', run: voidRemainder },
  ],
};
