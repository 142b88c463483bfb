import { AUTHORIZATION_LAPSED, capturableMinor, isOpen, planCapture } from '../domains/payments/rules.ts';
import * as payments from '../domains/payments/service.ts';
import type { Ctx } from '../kernel/context.ts';
import { next, remote, type Saga, type StepResult } from '../platform/saga.ts';
import { sagasOf } from '../platform/saga-rows.ts';
import { bookCapture } from './book-capture.ts';
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
import { owedMinor, paidTooMuch, returnSurplus } from './surplus.ts';
import { captureLocally } from './tenders/local-operations.ts';
import { orderOf, settleOrder, tell, type World, wake } from './world.ts';

/**
 * Takes all that an order owes now, once and not for a shipment: what is kept of a cancellation, or the whole price where the merchant takes it
 * before anything leaves. The attempt is the saga's: a repeat finds it and sends it as it was.
 */
const BUSY_MS = 500;

const later = (ctx: Ctx, ms: number): StepResult => ({ kind: 'wait', until: new Date(ctx.now.getTime() + ms) });
const gone = { code: 'not_authorized', message: 'The bank does not hold the money any more.' };

export const captureOwed = remote<World, Outside, OperationCall, OperationOutcome>({
  prepare(world, saga, ctx) {
    const order = orderOf(world, saga.orderId);
    const tenders = payments.ofOrder(world.payments, saga.orderId).filter((payment) => !isSecurity(world, payment));
    const own = payments
      .operationsOf(world.payments, saga.orderId)
      .filter((operation) => operation.kind === 'capture' && operation.subjectId === saga.id);
    const asking = own.find(isOpen);
    const asked = asking && tenders.find((payment) => payment.id === asking.paymentId);
    if (asking && asked) return { kind: 'call', args: callFor(asked, asking, { final: true }) };
    const failed = own.find((operation) => operation.status === 'failed');
    if (failed) return { kind: 'fail', error: failed.error ?? { code: 'capture_failed', message: 'The capture failed.' } };
    const owed = owedMinor(world, order);
    if (owed <= 0n) return next;
    if (!tenders.some((payment) => capturableMinor(payment) > 0n)) return { kind: 'fail', error: gone };
    // The cards first, one after the other: one that refuses leaves the order's own tenders untouched.
    const parts = planCapture(tenders, { valueMinor: owed, owedMinor: owed, last: true }, world.multicapture);
    const part = parts.find((one) => !one.internal);
    const card = tenders.find((payment) => payment.id === part?.paymentId);
    if (!part || !card) {
      captureLocally(world, order, parts, saga.id, ctx);
      wakeParcels(world, saga, ctx);
      return next;
    }
    if (payments.openOperation(world.payments, card)) return later(ctx, BUSY_MS);
    if (card.authorizationExpiresAt !== null && card.authorizationExpiresAt <= ctx.now) return { kind: 'fail', error: gone };
    const operation = payments.startOperation(world.payments, card, 'capture', part.amountMinor, saga.id, ctx);
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
      // Units may have been cancelled while their money was being taken.
      returnSurplus(world, order, paidTooMuch(world, order), null, ctx);
      wakeParcels(world, saga, ctx);
      // What the other tenders owe of it.
      return later(ctx, 0);
    }
    settleOrder(world, order, null, ctx);
    const error = operation.error ?? { code: verdict, message: 'The provider did not confirm the capture.' };
    if (verdict === 'failed') {
      tell(world, order, 'payment.capture_failed', { ...about, ...error }, ctx);
      return { kind: 'fail', error: error.code === AUTHORIZATION_LAPSED ? gone : error };
    }
    if (verdict === 'awaited') return untilTold(ctx, payment.provider);
    if (verdict === 'in_doubt' && !wasInDoubt) tell(world, order, 'payment.in_doubt', about, ctx);
    return { kind: 'retry', error };
  },
});

/** Parcels that waited for their money may leave. */
function wakeParcels(world: World, own: Saga, ctx: Ctx): void {
  for (const saga of sagasOf(world.sagas, own.orderId)) if (saga.id !== own.id && saga.step === 'capture') wake(world, saga, ctx);
}
