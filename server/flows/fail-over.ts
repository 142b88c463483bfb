import type { Order } from '../domains/orders/service.ts';
import type { Operation, Payment } from '../domains/payments/rules.ts';
import * as payments from '../domains/payments/service.ts';
import type { Ctx } from '../kernel/context.ts';
import type { Saga, StepResult } from '../platform/saga.ts';
import type { OperationOutcome } from './payment-operation.ts';
import { settleOrder, tell, type World } from './world.ts';

/**
 * Another gateway is asked where one said that nothing was charged: it could not be reached, or it put the payment to no bank. A bank's own
 * no is final, and what is in doubt stays where it is until that is known: nobody may be asked for the same money twice.
 */

/** The gateways that may still be asked for this order's payment. */
const othersOf = (saga: Saga): readonly string[] => (Array.isArray(saga.state.gateways) ? (saga.state.gateways as string[]) : []);

/** Counts what is sent while another gateway could be asked: an answer that is missing here was given up with its process. */
export function noteSent(saga: Saga, operation: Operation): void {
  if (othersOf(saga).length === 0) return;
  const sent = saga.state.sent as { readonly id: string; readonly times: number } | undefined;
  const times = sent?.id === operation.id ? sent.times + 1 : 1;
  saga.state = { ...saga.state, sent: { id: operation.id, times } };
}

/** Whether every call of an attempt was answered, and none was in doubt. `operation.calls` counts the answer at hand. */
function isCertain(saga: Saga, operation: Operation): boolean {
  const sent = saga.state.sent as { readonly id: string; readonly times: number } | undefined;
  return sent?.id === operation.id && sent.times === operation.calls;
}

/** Closes the attempt and records one at the next gateway; null where there is none, or where it is not sure that nothing was charged. */
export function failOver(
  world: World,
  saga: Saga,
  about: { readonly order: Order; readonly payment: Payment; readonly operation: Operation; readonly wasInDoubt: boolean },
  outcome: OperationOutcome,
  ctx: Ctx,
): StepResult | null {
  const { order, payment, operation, wasInDoubt } = about;
  const [gateway, ...rest] = othersOf(saga);
  const late = saga.deadline !== null && ctx.now > saga.deadline;
  if (gateway === undefined || order.row.cancellation || late) return null;
  const notCharged =
    (outcome.kind === 'failed' && outcome.notTried) ||
    (outcome.kind === 'unreachable' && !wasInDoubt && isCertain(saga, operation));
  if (!notCharged) return null;
  const why = operation.error ?? { code: outcome.kind, message: 'It did not take the payment.' };
  operation.status = 'failed';
  operation.settledAt = ctx.now;
  payment.failure = why;
  payments.settle(world.payments, payment, operation);
  const { orderId, merchantId, method, token, currency, amountMinor } = payment;
  const other = payments.addPayment(
    world.payments,
    { orderId, merchantId, provider: gateway, method, token, currency, amountMinor },
    ctx,
  );
  const attempt = payments.startOperation(world.payments, other, 'authorize', amountMinor, null, ctx);
  saga.state = { ...saga.state, gateways: rest };
  settleOrder(world, order, null, ctx);
  const facts = { paymentId: other.id, operationId: attempt.id, amountMinor, from: payment.provider, to: gateway };
  tell(world, order, 'payment.rerouted', { ...facts, code: why.code }, ctx);
  return { kind: 'wait', until: ctx.now };
}
