import type { Payment } from '../domains/payments/rules.ts';
import { isOpen } from '../domains/payments/rules.ts';
import * as payments from '../domains/payments/service.ts';
import type { Ctx } from '../kernel/context.ts';
import { newId } from '../kernel/ids.ts';
import { next, type RemoteAction, remote, type Saga, type SagaDefinition, type StepResult } from '../platform/saga.ts';
import type { Outside } from './outside.ts';
import {
  callFor,
  callProvider,
  type OperationCall,
  type OperationOutcome,
  recordOutcome,
  untilTold,
} from './payment-operation.ts';
import { isSecurity } from './returns/advance-intent.ts';
import { releaseLocally } from './tenders/local-operations.ts';
import { orderOf, postFor, settleOrder, tell, type World } from './world.ts';

/**
 * Releases what an order's tenders still hold: its own at once, the card's at the provider. Safe where nothing was authorized, where it was voided before, and where a challenge
 * was abandoned: then the provider's half-made payment is voided so that a late answer cannot revive it.
 */

/** Another operation of the payment is on its way; the next look is soon. */
const BUSY_MS = 500;

function isVoidable(world: World, saga: Saga, payment: Payment): boolean {
  if (payment.providerRef === null) return false;
  const voids = payments
    .operationsOf(world.payments, saga.orderId)
    .filter((operation) => operation.paymentId === payment.id && operation.kind === 'void');
  if (voids.some((operation) => operation.status === 'succeeded')) return false;
  return payment.authorizedMinor > payment.capturedMinor
    ? payment.holdId !== null
    : payment.authorizedMinor === 0n && payment.nextAction !== null;
}

/** Releases what a card still holds, of the payment that `pick` finds while there is one. */
export const releaseCard = (pick: (world: World, saga: Saga, ctx: Ctx) => Payment | undefined) =>
  remote<World, Outside, OperationCall, OperationOutcome>({
    ...releasing,
    prepare: (world, saga, ctx) => prepare(world, saga, pick(world, saga, ctx), ctx),
    settle(world, saga, args, outcome, ctx) {
      const result = releasing.settle(world, saga, args, outcome, ctx);
      if (result.kind !== 'next') return result;
      // An order may be paid by more than one card.
      const another = pick(world, saga, ctx);
      return another && isVoidable(world, saga, another) ? { kind: 'wait', until: ctx.now } : result;
    },
  });

function prepare(
  world: World,
  saga: Saga,
  payment: Payment | undefined,
  ctx: Ctx,
): { readonly kind: 'call'; readonly args: OperationCall } | StepResult {
  if (!payment || !isVoidable(world, saga, payment)) return next;
  let operation = payments.openOperation(world.payments, payment);
  if (operation?.kind === 'authorize' && operation.status === 'requires_action') {
    abandon(world, payment, ctx);
    operation = undefined;
  }
  if (operation && operation.kind !== 'void') return { kind: 'wait', until: new Date(ctx.now.getTime() + BUSY_MS) };
  const attempt =
    operation ??
    payments.startOperation(world.payments, payment, 'void', payment.authorizedMinor - payment.capturedMinor, null, ctx);
  return { kind: 'call', args: callFor(payment, attempt, {}) };
}

const releasing: Pick<RemoteAction<World, Outside, OperationCall, OperationOutcome>, 'call' | 'settle'> = {
  call: callProvider,
  settle(world, saga, args, outcome, ctx) {
    const order = orderOf(world, saga.orderId);
    const payment = payments.ofOrder(world.payments, saga.orderId).find((candidate) => candidate.id === args.paymentId);
    const operation = payments.operationsOf(world.payments, saga.orderId).find((candidate) => candidate.id === args.operationId);
    if (!payment || !operation || !isOpen(operation))
      return { kind: 'retry', error: { code: 'stale', message: 'Settled already.' } };
    const verdict = recordOutcome(world, payment, operation, outcome, ctx);
    if (verdict === 'succeeded') releaseHold(world, order, payment, ctx);
    settleOrder(world, order, null, ctx);
    if (verdict === 'succeeded') {
      tell(
        world,
        order,
        'payment.voided',
        { paymentId: payment.id, operationId: operation.id, amountMinor: operation.amountMinor },
        ctx,
      );
      return next;
    }
    if (verdict === 'awaited') return untilTold(ctx, payment.provider);
    const error = operation.error ?? { code: verdict, message: 'The provider did not confirm the void.' };
    return verdict === 'failed' ? { kind: 'stuck', error } : { kind: 'retry', error };
  },
};

export const voidRemainder = releaseCard((world, saga, ctx) => {
  releaseLocally(world, orderOf(world, saga.orderId), ctx);
  return payments
    .ofOrder(world.payments, saga.orderId)
    .find((payment) => isVoidable(world, saga, payment) && !isSecurity(world, payment));
});

/** The challenge will not be answered any more: its attempt is closed, which makes room for the void. */
function abandon(world: World, payment: Payment, ctx: Ctx): void {
  const operation = payments.openOperation(world.payments, payment);
  if (!operation) return;
  operation.status = 'failed';
  operation.error = { code: 'abandoned', message: 'The customer did not finish the challenge.' };
  operation.settledAt = ctx.now;
  payment.failure = operation.error;
  payments.settle(world.payments, payment, operation);
}

function releaseHold(world: World, order: Parameters<typeof postFor>[1], payment: Payment, ctx: Ctx): void {
  payment.nextAction = null;
  const holdId = payment.holdId;
  payment.holdId = null;
  payments.settle(world.payments, payment, null);
  if (!holdId) return;
  postFor(
    world,
    order,
    [
      {
        id: newId(),
        kind: 'void',
        phase: 'void',
        holdId,
        orderId: order.row.id,
        paymentId: payment.id,
        reference: payment.providerRef,
      },
    ],
    ctx,
  );
}

/** Releases what is left of an order's authorization after a cancellation. */
export const voidSaga: SagaDefinition<World, Outside> = {
  kind: 'void-payment',
  version: 1,
  steps: [{ name: 'void', run: voidRemainder }],
};
