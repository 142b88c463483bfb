import { chart } from '../domains/ledger/schema.ts';
import { traitsOf } from '../domains/payments/provider.ts';
import { isInternal, type Operation, type Payment } from '../domains/payments/rules.ts';
import * as payments from '../domains/payments/service.ts';
import type { Ctx } from '../kernel/context.ts';
import { newId } from '../kernel/ids.ts';
import { next, remote, type Saga, type SagaDefinition, type StepResult } from '../platform/saga.ts';
import { allocate } from './allocate-order.ts';
import { captureOrderSaga } from './capture-order.ts';
import { failOver, noteSent } from './fail-over.ts';
import { giveUp } from './give-up.ts';
import { holdAuthorized } from './hold-authorized.ts';
import type { Outside } from './outside.ts';
import { callFor, callProvider, type OperationCall, type OperationOutcome, recordOutcome } from './payment-operation.ts';
import { isPaidAtDoor } from './payments/at-door.ts';
import { takeAtOnce, whileAwaited } from './payments/at-once.ts';
import { paidTooMuch, returnSurplus } from './surplus.ts';
import { voidRemainder } from './void-payment.ts';
import { begin, orderOf, postFor, settleOrder, tell, type World } from './world.ts';

/**
 * From PENDING to allocated: authorize the payment, confirm the order, allocate its stock. The promise was made with the order, so the
 * first step only knows how to take it back. A cancellation is read again before every step.
 */

/** While a customer looks at the bank's challenge page we ask this often, should the webhook not come. */
const CHALLENGE_POLL_MS = 20_000;

const later = (ctx: Ctx, ms: number): StepResult => ({ kind: 'wait', until: new Date(ctx.now.getTime() + ms) });
const fail = (code: string, message: string): StepResult => ({ kind: 'fail', error: { code, message } });

/** The card, if one pays a part, at the gateway that is asked now: every other tender was held when the order was placed. */
function paymentOf(world: World, saga: Saga): Payment | undefined {
  return payments.ofOrder(world.payments, saga.orderId).findLast((payment) => !isInternal(payment));
}

function authorization(world: World, payment: Payment): Operation | undefined {
  return payments
    .operationsOf(world.payments, payment.orderId)
    .findLast((operation) => operation.paymentId === payment.id && operation.kind === 'authorize');
}

const authorize = remote<World, Outside, OperationCall, OperationOutcome>({
  prepare(world, saga, ctx) {
    const order = orderOf(world, saga.orderId);
    const payment = paymentOf(world, saga);
    const operation = payment && authorization(world, payment);
    if (!payment || !operation || operation.status === 'succeeded')
      return order.row.cancellation ? fail('cancelled', 'The order was cancelled.') : next;
    if (operation.status === 'failed')
      return fail(operation.error?.code ?? 'declined', operation.error?.message ?? 'The payment was declined.');
    const late = saga.deadline !== null && ctx.now > saga.deadline;
    if ((late || order.row.cancellation) && operation.status === 'requires_action') {
      return fail(
        late ? 'abandoned' : 'cancelled',
        late ? 'The customer did not finish the bank’s challenge in time.' : 'The order was cancelled.',
      );
    }
    // Past the deadline the promises are released at once; what the provider did is still found out, and undone if it happened.
    if (late) giveUp(world, order, { reason: 'payment_timeout', actor: 'system:placement' }, ctx);
    const returnUrl = typeof saga.state.returnUrl === 'string' ? saga.state.returnUrl : undefined;
    const ask = late || order.row.cancellation !== null;
    noteSent(saga, operation);
    return { kind: 'call', args: callFor(payment, operation, { ask, ...(returnUrl ? { returnUrl } : {}) }) };
  },
  call: callProvider,
  settle(world, saga, args, outcome, ctx) {
    const order = orderOf(world, saga.orderId);
    const payment = paymentOf(world, saga);
    const operation = payment && authorization(world, payment);
    if (!payment || !operation || operation.id !== args.operationId || operation.settledAt)
      return { kind: 'retry', error: { code: 'stale', message: 'Settled already.' } };
    const wasInDoubt = operation.status === 'unknown';
    const wasChallenged = operation.status === 'requires_action';
    if (outcome.kind === 'not_found' && (order.row.cancellation || (saga.deadline && ctx.now > saga.deadline))) {
      recordOutcome(
        world,
        payment,
        operation,
        { kind: 'failed', code: 'not_sent', message: 'The provider never received it.', response: {} },
        ctx,
      );
      settleOrder(world, order, null, ctx);
      return fail('payment_timeout', 'The payment had no answer in time.');
    }
    const verdict = recordOutcome(world, payment, operation, outcome, ctx);
    const elsewhere = failOver(world, saga, { order, payment, operation, wasInDoubt }, outcome, ctx);
    if (elsewhere) return elsewhere;
    if (outcome.kind === 'succeeded' && traitsOf(payment.provider).takes === 'at_once')
      takeAtOnce(world, order, { payment, operation }, outcome, ctx);
    else if (outcome.kind === 'succeeded')
      holdAuthorized(world, order, payment, outcome.amountMinor, outcome.authorizationExpiresAt ?? null, ctx);
    settleOrder(world, order, null, ctx);
    const about = { paymentId: payment.id, operationId: operation.id, amountMinor: operation.amountMinor };
    switch (verdict) {
      case 'succeeded':
        tell(world, order, 'payment.authorized', { ...about, providerRef: payment.providerRef }, ctx);
        return order.row.cancellation ? fail('cancelled', 'The order was cancelled.') : next;
      case 'challenged':
        if (!wasChallenged) tell(world, order, 'payment.action_required', about, ctx);
        return later(ctx, CHALLENGE_POLL_MS);
      case 'awaited':
        return whileAwaited(world, saga, order, { payment, operation }, ctx);
      case 'failed':
        tell(world, order, 'payment.declined', { ...about, code: operation.error?.code }, ctx);
        return fail(operation.error?.code ?? 'declined', operation.error?.message ?? 'The payment was declined.');
      case 'in_doubt':
        if (!wasInDoubt) tell(world, order, 'payment.in_doubt', about, ctx);
        return { kind: 'retry', error: operation.error ?? { code: 'unknown', message: 'No answer.' } };
      case 'again':
        return {
          kind: 'retry',
          error: operation.error ?? { code: 'unreachable', message: 'The provider could not be reached.' },
        };
    }
  },
});

function confirm(world: World, saga: Saga, ctx: Ctx): StepResult {
  const order = orderOf(world, saga.orderId);
  if (order.row.cancellation) return fail('cancelled', 'The order was cancelled.');
  // The time limit was for the payment: a confirmed order waits for stock or for a person as long as it takes.
  saga.deadline = null;
  if (order.row.confirmedAt) return next;
  const { merchantId, currency, id } = order.row;
  const owed = order.row.totalMinor - order.row.cancelledMinor;
  order.row.confirmedAt = ctx.now;
  if (owed > 0n) {
    postFor(
      world,
      order,
      [
        {
          id: newId(),
          kind: 'sale',
          phase: 'single',
          debit: chart.receivable(merchantId, currency).code,
          credit: chart.merchantPayable(merchantId, currency).code,
          amountMinor: owed,
          currency,
          orderId: id,
          paymentId: null,
        },
      ],
      ctx,
    );
  }
  settleOrder(world, order, 'confirm', ctx);
  tell(world, order, 'order.confirmed', { totalMinor: owed }, ctx);
  if (order.row.terms?.capture?.when === 'confirmation' && owed > 0n && !isAtDoor(world, id))
    begin(world, captureOrderSaga, order, {}, ctx);
  // What came in one piece is more than is owed where units were cancelled before it came.
  returnSurplus(world, order, paidTooMuch(world, order), null, ctx);
  return next;
}

/** What is paid at the door is taken there, whatever the merchant's policy says of cards. */
const isAtDoor = (world: World, orderId: string): boolean => payments.ofOrder(world.payments, orderId).some(isPaidAtDoor);

/** Takes the promise back: the order is cancelled with what made it fail. */
function unpromise(world: World, saga: Saga, ctx: Ctx): StepResult {
  const order = orderOf(world, saga.orderId);
  const timeout = ['abandoned', 'payment_timeout', 'not_sent'].includes(saga.error?.code ?? '');
  giveUp(
    world,
    order,
    order.row.cancellation ?? { reason: timeout ? 'payment_timeout' : 'payment_declined', actor: 'system:placement' },
    ctx,
  );
  return next;
}

export const placementSaga: SagaDefinition<World, Outside> = {
  kind: 'place-order',
  version: 1,
  steps: [
    { name: 'promise', run: () => next, undo: unpromise, heavy: 'undo' },
    { name: 'authorize', run: authorize, undo: voidRemainder },
    { name: 'confirm', run: confirm },
    { name: 'allocate', run: allocate, heavy: 'run' },
  ],
};
