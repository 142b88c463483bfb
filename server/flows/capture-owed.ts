import type { Order } from '../domains/orders/service.ts';
import { costMinor } from '../domains/orders/service.ts';
import { AUTHORIZATION_LAPSED, capturableMinor, isOpen, planCapture } from '../domains/payments/rules.ts';
import * as payments from '../domains/payments/service.ts';
import type { Ctx } from '../kernel/context.ts';
import { next, remote, type Saga, type StepResult } from '../platform/saga.ts';
import { sagasOf } from '../platform/saga-rows.ts';
import { cardOf } from './backorders/start-renewal.ts';
import { bookCapture } from './capture-payment.ts';
import type { Outside } from './outside.ts';
import {
  callFor,
  callProvider,
  type OperationCall,
  type OperationOutcome,
  recordOutcome,
  untilTold,
} from './payment-operation.ts';
import { paidTooMuch, returnSurplus } from './surplus.ts';
import { captureLocally, type LocalCapture } from './tenders/local-operations.ts';
import { orderOf, settleOrder, tell, type World, wake } from './world.ts';

/**
 * Takes all that an order owes now, once and not for a shipment: what is kept of a cancellation, or the whole price where the merchant takes it
 * before anything leaves. The attempt is the saga's: a repeat finds it and sends it as it was.
 */
const BUSY_MS = 500;

const later = (ctx: Ctx): StepResult => ({ kind: 'wait', until: new Date(ctx.now.getTime() + BUSY_MS) });
const gone = { code: 'not_authorized', message: 'The bank does not hold the money any more.' };

export const captureOwed = remote<World, Outside, OperationCall, OperationOutcome>({
  prepare(world, saga, ctx) {
    const order = orderOf(world, saga.orderId);
    const tenders = payments.ofOrder(world.payments, saga.orderId);
    const card = cardOf(tenders);
    const own = payments
      .operationsOf(world.payments, saga.orderId)
      .findLast(
        (operation) => operation.kind === 'capture' && operation.subjectId === saga.id && operation.paymentId === card?.id,
      );
    if (own?.status === 'succeeded') return next;
    if (own?.status === 'failed')
      return { kind: 'fail', error: own.error ?? { code: 'capture_failed', message: 'The capture failed.' } };
    if (own && card) return { kind: 'call', args: callFor(card, own, { final: true }) };
    const owedMinor = costMinor(order) - order.row.capturedMinor;
    if (owedMinor <= 0n) return next;
    if (!tenders.some((payment) => capturableMinor(payment) > 0n)) return { kind: 'fail', error: gone };
    const parts = planCapture(tenders, { valueMinor: owedMinor, owedMinor, last: true }, world.multicapture);
    const local = parts.filter((part) => part.internal);
    const asked = parts.find((part) => !part.internal);
    if (!asked || !card) {
      captureLocally(world, order, local, saga.id, ctx);
      wakeParcels(world, saga, ctx);
      return next;
    }
    if (payments.openOperation(world.payments, card)) return later(ctx);
    if (card.authorizationExpiresAt !== null && card.authorizationExpiresAt <= ctx.now) return { kind: 'fail', error: gone };
    const operation = payments.startOperation(world.payments, card, 'capture', asked.amountMinor, saga.id, ctx);
    saga.state = { ...saga.state, beside: local.map((part) => ({ ...part, amountMinor: Number(part.amountMinor) })) };
    return { kind: 'call', args: callFor(card, operation, { final: true }) };
  },
  call: callProvider,
  settle(world, saga, args, outcome, ctx) {
    const order = orderOf(world, saga.orderId);
    const payment = payments.ofOrder(world.payments, saga.orderId).find((candidate) => candidate.id === args.paymentId);
    const operation = payments.operationsOf(world.payments, saga.orderId).find((candidate) => candidate.id === args.operationId);
    if (!payment || !operation || !isOpen(operation))
      return { kind: 'retry', error: { code: 'stale', message: 'Settled already.' } };
    const wasInDoubt = operation.status === 'unknown';
    const verdict = recordOutcome(world, payment, operation, outcome, ctx);
    const about = { paymentId: payment.id, operationId: operation.id, amountMinor: operation.amountMinor };
    if (outcome.kind === 'succeeded') {
      bookCapture(world, order, payment, operation.amountMinor, outcome.feeMinor, true, ctx);
      settleOrder(world, order, 'capture', ctx);
      tell(world, order, 'payment.captured', about, ctx);
      captureLocally(world, order, besideOf(saga), saga.id, ctx);
      giveBackTooMuch(world, order, ctx);
      wakeParcels(world, saga, ctx);
      return next;
    }
    settleOrder(world, order, null, ctx);
    const error = operation.error ?? { code: verdict, message: 'The provider did not confirm the capture.' };
    if (verdict === 'failed') {
      tell(world, order, 'payment.capture_failed', { ...about, ...error }, ctx);
      return { kind: 'fail', error: error.code === AUTHORIZATION_LAPSED ? gone : error };
    }
    if (verdict === 'awaited') return untilTold(ctx);
    if (verdict === 'in_doubt' && !wasInDoubt) tell(world, order, 'payment.in_doubt', about, ctx);
    return { kind: 'retry', error };
  },
});

/** Units may have been cancelled while their money was being taken. */
function giveBackTooMuch(world: World, order: Order, ctx: Ctx): void {
  returnSurplus(world, order, paidTooMuch(world, order), null, ctx);
}

/** Parcels that waited for their money may leave. */
function wakeParcels(world: World, own: Saga, ctx: Ctx): void {
  for (const saga of sagasOf(world.sagas, own.orderId)) if (saga.id !== own.id && saga.step === 'capture') wake(world, saga, ctx);
}

function besideOf(saga: Saga): LocalCapture[] {
  const kept = (saga.state.beside ?? []) as readonly (Omit<LocalCapture, 'amountMinor'> & { readonly amountMinor: number })[];
  return kept.map((part) => ({ ...part, amountMinor: BigInt(part.amountMinor) }));
}
