import type { TransferSpec } from '../domains/ledger/schema.ts';
import { chart } from '../domains/ledger/schema.ts';
import { isGone, isReplacement } from '../domains/orders/rules.ts';
import type { Order } from '../domains/orders/service.ts';
import { AUTHORIZATION_LAPSED, capturableMinor, isOpen, type Payment, planCapture } from '../domains/payments/rules.ts';
import * as payments from '../domains/payments/service.ts';
import type { Ctx } from '../kernel/context.ts';
import { newId } from '../kernel/ids.ts';
import { next, remote, type Saga, type StepResult } from '../platform/saga.ts';
import { cardOf, noteLapse, renewIfLapsed } from './backorders/start-renewal.ts';
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
import { orderOf, postFor, settleOrder, tell, type World } from './world.ts';

/**
 * Takes the money for a shipment, once. With a provider that captures in parts it takes what the shipment is worth and keeps the rest
 * of the authorization; otherwise the first shipment takes everything that is still wanted. The order's own tenders pay first.
 */
const BUSY_MS = 500;
const RENEWAL_RETRY_MS = 60_000;

interface CaptureCall extends OperationCall {
  readonly shipmentId: string;
}

export const capture = remote<World, Outside, CaptureCall, OperationOutcome>({
  prepare(world, saga, ctx) {
    const order = orderOf(world, saga.orderId);
    const shipmentId = String(saga.state.shipmentId);
    const tenders = payments.ofOrder(world.payments, saga.orderId);
    const card = cardOf(tenders);
    const made = payments
      .operationsOf(world.payments, saga.orderId)
      .filter((operation) => operation.kind === 'capture' && operation.subjectId === shipmentId);
    const own = made.findLast((operation) => operation.paymentId === card?.id);
    if (own?.status === 'succeeded') return next;
    // Nothing is sent for money that the bank does not hold any more: it is asked for again, or its customer is.
    if ((!own || !isOpen(own)) && renewIfLapsed(world, order, ctx)) return untilRenewed(order, ctx);
    if (own?.status === 'failed')
      return { kind: 'fail', error: own.error ?? { code: 'capture_failed', message: 'The capture failed.' } };
    // An attempt that is sent again is sent as it was, whatever was cancelled since: its id stands for its parameters.
    if (own && card) return { kind: 'call', args: { ...callFor(card, own, { final: saga.state.final === true }), shipmentId } };
    // Without a card attempt the order's own tenders gave all of it.
    if (made.some((operation) => operation.status === 'succeeded') || isWorthless(order, shipmentId)) return next;
    const owedMinor = order.row.totalMinor - order.row.cancelledMinor - order.row.capturedMinor;
    if (!tenders.some((payment) => capturableMinor(payment) > 0n))
      return owedMinor > 0n
        ? { kind: 'fail', error: { code: 'not_authorized', message: 'No authorization is left to take the money from.' } }
        : next;
    const valueMinor = world.fulfilment.byId.get(shipmentId)?.valueMinor ?? 0n;
    const last = isLast(world, order, shipmentId);
    const parts = planCapture(tenders, { valueMinor, owedMinor, last }, world.multicapture);
    const local = parts.filter((part) => part.internal);
    const asked = parts.find((part) => !part.internal);
    if (!asked || !card) {
      captureLocally(world, order, local, shipmentId, ctx);
      // Units may have been cancelled since they were packed.
      returnSurplus(world, order, paidTooMuch(world, order), null, ctx);
      return next;
    }
    if (payments.openOperation(world.payments, card)) return { kind: 'wait', until: new Date(ctx.now.getTime() + BUSY_MS) };
    const operation = payments.startOperation(world.payments, card, 'capture', asked.amountMinor, shipmentId, ctx);
    // What the other tenders give is taken when the card's part was: a card that refuses leaves them untouched.
    const beside = local.map((part) => ({ ...part, amountMinor: Number(part.amountMinor) }));
    saga.state = { ...saga.state, final: asked.final, ...(beside.length > 0 ? { beside } : {}) };
    return { kind: 'call', args: { ...callFor(card, operation, { final: asked.final }), shipmentId } };
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
    const about = {
      paymentId: payment.id,
      operationId: operation.id,
      shipmentId: args.shipmentId,
      amountMinor: operation.amountMinor,
    };
    if (outcome.kind === 'succeeded') {
      bookCapture(world, order, payment, operation.amountMinor, outcome.feeMinor, args.final, ctx);
      settleOrder(world, order, 'capture', ctx);
      tell(world, order, 'payment.captured', about, ctx);
      captureLocally(world, order, besideOf(saga), args.shipmentId, ctx);
      // Units may have been cancelled while their money was being taken.
      returnSurplus(world, order, paidTooMuch(world, order), null, ctx);
      return next;
    }
    settleOrder(world, order, null, ctx);
    const error = operation.error ?? { code: verdict, message: 'The provider did not confirm the capture.' };
    if (verdict === 'failed') {
      tell(world, order, 'payment.capture_failed', { ...about, ...error }, ctx);
      if (error.code === AUTHORIZATION_LAPSED) noteLapse(world, payment, ctx);
      if (renewIfLapsed(world, order, ctx)) return untilRenewed(order, ctx);
      return { kind: 'fail', error };
    }
    if (verdict === 'awaited') return untilTold(ctx);
    if (verdict === 'in_doubt' && !wasInDoubt) tell(world, order, 'payment.in_doubt', about, ctx);
    return { kind: 'retry', error };
  },
});

/** The renewal wakes this saga when it has ended. While a person is asked the parcel is not kept: it is packed again when they paid. */
function untilRenewed(order: Order, ctx: Ctx): StepResult {
  return order.row.holds.includes('payment')
    ? {
        kind: 'fail',
        error: { code: 'not_authorized', message: 'The bank does not hold the money any more. The customer was asked to pay.' },
      }
    : { kind: 'wait', until: new Date(ctx.now.getTime() + RENEWAL_RETRY_MS) };
}

/** A parcel of replacements takes nothing, whatever else of the order is still to be paid. */
function isWorthless(order: Order, shipmentId: string): boolean {
  return order.spans.filter((span) => span.shipmentId === shipmentId).every((span) => isReplacement(order.lines, span.lineId));
}

/** Whether no other live unit's money is still to be taken. */
function isLast(world: World, order: Order, shipmentId: string): boolean {
  const captured = new Set(
    payments
      .operationsOf(world.payments, order.row.id)
      .flatMap((operation) => (operation.kind === 'capture' && operation.status === 'succeeded' ? [operation.subjectId] : [])),
  );
  return order.spans.every(
    (span) =>
      span.shipmentId === shipmentId ||
      span.state === 'cancelled' ||
      isGone(span) ||
      isReplacement(order.lines, span.lineId) ||
      (span.shipmentId !== null && captured.has(span.shipmentId)),
  );
}

/** What the order's own tenders give beside the card for this shipment. */
function besideOf(saga: Saga): LocalCapture[] {
  const kept = (saga.state.beside ?? []) as readonly (Omit<LocalCapture, 'amountMinor'> & { readonly amountMinor: number })[];
  return kept.map((part) => ({ ...part, amountMinor: BigInt(part.amountMinor) }));
}

/** Posts money taken: out of the hold into clearing, the provider's fee out of clearing. A final capture releases the rest. */
function bookCapture(
  world: World,
  order: Order,
  payment: Payment,
  amountMinor: bigint,
  feeMinor: bigint,
  final: boolean,
  ctx: Ctx,
): void {
  const { merchantId, currency, id } = order.row;
  const base = { orderId: id, paymentId: payment.id, reference: payment.providerRef };
  const specs: TransferSpec[] = [
    { ...base, id: newId(), kind: 'capture', phase: 'post', holdId: payment.holdId as string, amountMinor, final },
  ];
  if (feeMinor > 0n) {
    const debit = chart.pspFees(merchantId, currency).code;
    const credit = chart.pspClearing(payment.provider, currency).code;
    specs.push({ ...base, id: newId(), kind: 'psp_fee', phase: 'single', debit, credit, amountMinor: feeMinor, currency });
  }
  postFor(world, order, specs, ctx);
  payment.capturedMinor += amountMinor;
  payment.feeMinor += feeMinor;
  if (final || payment.capturedMinor === payment.authorizedMinor) payment.holdId = null;
  payments.settle(world.payments, payment, null);
}
