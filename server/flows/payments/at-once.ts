import type { Order } from '../../domains/orders/service.ts';
import { type Succeeded, traitsOf } from '../../domains/payments/provider.ts';
import type { Operation, Payment } from '../../domains/payments/rules.ts';
import * as payments from '../../domains/payments/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import type { Saga, StepResult } from '../../platform/saga.ts';
import { bookCapture } from '../book-capture.ts';
import { holdAuthorized } from '../hold-authorized.ts';
import { recordOutcome, untilTold } from '../payment-operation.ts';
import { paidTooMuch, returnSurplus } from '../surplus.ts';
import { settleLocally } from '../tenders/local-operations.ts';
import { begin, settleOrder, tell, type World } from '../world.ts';
import { COLLECT_DEBIT } from './births.ts';

/**
 * Money that comes in one piece, days after it was asked for: a debit, a transfer. It is taken when it has come, before anything leaves; a
 * merchant may say that its goods need not wait for a debit that is on its way.
 */

/** It has come: held and captured in the same breath, under an attempt of its own. */
export function takeAtOnce(
  world: World,
  order: Order,
  { payment, operation }: { readonly payment: Payment; readonly operation: Operation },
  came: Pick<Succeeded, 'amountMinor' | 'feeMinor'>,
  ctx: Ctx,
): void {
  holdAuthorized(world, order, payment, came.amountMinor, null, ctx);
  const operationId = settleLocally(world, payment, 'capture', came.amountMinor, operation.id, ctx);
  bookCapture(world, order, payment, came.amountMinor, came.feeMinor, true, ctx);
  settleOrder(world, order, null, ctx);
  const { id: paymentId, provider: tender } = payment;
  tell(world, order, 'payment.captured', { paymentId, operationId, amountMinor: came.amountMinor, tender }, ctx);
  // It may have come for an order that was cancelled meanwhile, or for more than is left of it.
  returnSurplus(world, order, paidTooMuch(world, order), null, ctx);
}

/** An attempt that ends in days. Nothing leaves before, unless the merchant has said so of debits. */
export function whileAwaited(
  world: World,
  saga: Saga,
  order: Order,
  { payment, operation }: { readonly payment: Payment; readonly operation: Operation },
  ctx: Ctx,
): StepResult {
  const traits = traitsOf(payment.provider);
  const late = saga.deadline !== null && ctx.now > saga.deadline;
  const over = late || order.row.cancellation !== null;
  if (over && traits.asks === 'hand') {
    // Whoever records that it came does so under the order's lock, and would have closed this attempt.
    const message = 'The money had not come by then.';
    recordOutcome(world, payment, operation, { kind: 'failed', code: 'not_received', message, response: {} }, ctx);
    settleOrder(world, order, null, ctx);
    return { kind: 'fail', error: { code: late ? 'payment_timeout' : 'cancelled', message } };
  }
  if (!over && traits.takes === 'at_once' && saga.state.shipsUnpaid === true) {
    const { id: paymentId } = payment;
    begin(world, COLLECT_DEBIT, order, { state: { paymentId } }, ctx);
    tell(world, order, 'payment.awaited', { paymentId, operationId: operation.id, amountMinor: operation.amountMinor }, ctx);
    return { kind: 'next' };
  }
  if (saga.state.told !== true && traits.takes === 'at_once') {
    saga.state = { ...saga.state, told: true };
    const about = { paymentId: payment.id, operationId: operation.id, amountMinor: operation.amountMinor };
    tell(world, order, 'payment.awaited', about, ctx);
  }
  return untilTold(ctx, payment.provider);
}

/** Whether an order's goods may leave although this payment has not given anything yet. */
export function leavesUnpaid(world: World, saga: Saga, order: Order, payment: Payment): boolean {
  const { takes } = traitsOf(payment.provider);
  if (takes === 'at_delivery') return saga.kind !== 'collect-cash';
  // Confirmed although its money is still on its way: the merchant has said that it may be.
  return (
    takes === 'at_once' && order.row.confirmedAt !== null && payments.openOperation(world.payments, payment)?.kind === 'authorize'
  );
}
