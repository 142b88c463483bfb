import { isGone, isReplacement } from '../domains/orders/rules.ts';
import type { Order } from '../domains/orders/service.ts';
import {
  AUTHORIZATION_LAPSED,
  type CapturePart,
  capturableMinor,
  isInternal,
  isOpen,
  type Operation,
  type Payment,
  planCapture,
} from '../domains/payments/rules.ts';
import * as payments from '../domains/payments/service.ts';
import type { Ctx } from '../kernel/context.ts';
import { next, remote, type Saga, type StepResult } from '../platform/saga.ts';
import { sagasOf } from '../platform/saga-rows.ts';
import { noteLapse, renewIfLapsed } from './backorders/start-renewal.ts';
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
import { isPaidAtDoor } from './payments/at-door.ts';
import { leavesUnpaid } from './payments/at-once.ts';
import { isSecurity } from './returns/advance-intent.ts';
import { owedMinor, paidTooMuch, returnSurplus } from './surplus.ts';
import { captureLocally, type LocalCapture } from './tenders/local-operations.ts';
import { orderOf, settleOrder, tell, type World } from './world.ts';

/**
 * Takes the money for a shipment, once. With a provider that captures in parts it takes what the shipment is worth and keeps the rest
 * of the authorization; otherwise the first shipment takes everything that is still wanted. The order's own tenders pay first.
 */
const BUSY_MS = 500;
const NOT_AUTHORIZED = { code: 'not_authorized', message: 'No authorization is left to take the money from.' };
const RENEWAL_RETRY_MS = 60_000;
/** How often a parcel whose money is taken by hand looks by itself. */
const BY_HAND_MS = 15 * 60_000;

interface CaptureCall extends OperationCall {
  readonly shipmentId: string;
}

export const capture = remote<World, Outside, CaptureCall, OperationOutcome>({
  prepare(world, saga, ctx) {
    const order = orderOf(world, saga.orderId);
    const shipmentId = String(saga.state.shipmentId);
    const tenders = payments.ofOrder(world.payments, saga.orderId).filter((payment) => !isSecurity(world, payment));
    const made = capturesOf(world, saga.orderId, shipmentId);
    // What was refused by a card that holds nothing any more is asked of the one that took its place.
    const cards = made.filter((operation) =>
      tenders.some(
        (one) => one.id === operation.paymentId && !isInternal(one) && (operation.status !== 'failed' || one.holdId !== null),
      ),
    );
    const own = cards.find(isOpen) ?? cards.find(({ status }) => status === 'failed') ?? cards[0];
    const left = partsLeft(saga, made);
    if (own?.status === 'succeeded' && left.length === 0) return next;
    if (tenders.some((payment) => leavesUnpaid(world, saga, order, payment))) return next;
    // Nothing is sent for money that the bank does not hold any more: it is asked for again, or its customer is.
    if ((!own || !isOpen(own)) && renewIfLapsed(world, order, ctx)) return untilRenewed(order, ctx);
    if (own?.status === 'failed')
      return { kind: 'fail', error: own.error ?? { code: 'capture_failed', message: 'The capture failed.' } };
    if (own && isOpen(own)) return again(saga, tenders, own, shipmentId);
    if (left[0]) return take(world, saga, left[0], shipmentId, ctx);
    // Without a card attempt the order's own tenders gave all of it.
    if (made.some((operation) => operation.status === 'succeeded') || isWorthless(order, shipmentId)) return next;
    if (isAnotherTaking(world, saga)) return { kind: 'wait', until: new Date(ctx.now.getTime() + BUSY_MS) };
    const owed = owedMinor(world, order);
    // Somebody takes it by hand, which wakes this saga.
    if (order.row.terms?.capture?.when === 'manual' && owed > 0n && saga.kind !== 'collect-cash')
      return { kind: 'wait', until: new Date(ctx.now.getTime() + BY_HAND_MS) };
    if (!tenders.some((payment) => capturableMinor(payment) > 0n))
      return owed > 0n ? { kind: 'fail', error: NOT_AUTHORIZED } : next;
    const valueMinor = world.fulfilment.byId.get(shipmentId)?.valueMinor ?? 0n;
    const last = isLast(world, order, shipmentId);
    const parts = planCapture(tenders, { valueMinor, owedMinor: owed, last }, world.multicapture);
    const local = parts.filter((part) => part.internal);
    const [first, ...more] = parts.filter((part) => !part.internal);
    if (!first) {
      captureLocally(world, order, local, shipmentId, ctx);
      // Units may have been cancelled since they were packed.
      returnSurplus(world, order, paidTooMuch(world, order), null, ctx);
      return next;
    }
    // What the other tenders give is taken when the card's part was: a card that refuses leaves them untouched.
    const beside = local.map((part) => ({ ...part, amountMinor: Number(part.amountMinor) }));
    // A second card pays what was added after the first was asked: one after the other.
    const several = more.length > 0 ? [first, ...more].map((part) => ({ ...part, amountMinor: Number(part.amountMinor) })) : null;
    const kept = { ...(beside.length > 0 ? { beside } : {}), ...(several ? { cards: several } : {}) };
    const result = take(world, saga, first, shipmentId, ctx);
    if (result.kind === 'call') saga.state = { ...saga.state, ...kept };
    return result;
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
      if (partsLeft(saga, capturesOf(world, saga.orderId, args.shipmentId)).length > 0) return { kind: 'wait', until: ctx.now };
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
    if (verdict === 'awaited') return untilTold(ctx, payment.provider);
    if (verdict === 'in_doubt' && !wasInDoubt) tell(world, order, 'payment.in_doubt', about, ctx);
    return { kind: 'retry', error };
  },
});

const capturesOf = (world: World, orderId: string, shipmentId: string): Operation[] =>
  payments
    .operationsOf(world.payments, orderId)
    .filter((operation) => operation.kind === 'capture' && operation.subjectId === shipmentId);

/** Whether another parcel's money is being taken: what cards give for it, and what the order's own tenders give beside them, is spoken for. */
function isAnotherTaking(world: World, saga: Saga): boolean {
  return sagasOf(world.sagas, saga.orderId).some(
    (other) =>
      other.id !== saga.id &&
      other.kind === saga.kind &&
      other.step === saga.step &&
      capturesOf(world, saga.orderId, String(other.state.shipmentId)).some(({ status }) => status !== 'failed'),
  );
}

/** The cards' parts of this capture that nobody asked for yet, where more than one card pays. */
function partsLeft(saga: Saga, made: readonly Operation[]): CapturePart[] {
  const cards = (saga.state.cards ?? []) as readonly (Omit<CapturePart, 'amountMinor'> & { readonly amountMinor: number })[];
  return cards
    .filter((part) => !made.some((operation) => operation.paymentId === part.paymentId))
    .map((part) => ({ ...part, amountMinor: BigInt(part.amountMinor) }));
}

/** An attempt that is sent again is sent as it was, whatever was cancelled since: its id stands for its parameters. */
function again(
  saga: Saga,
  tenders: readonly Payment[],
  operation: Operation,
  shipmentId: string,
): { kind: 'call'; args: CaptureCall } {
  const card = tenders.find((payment) => payment.id === operation.paymentId) as Payment;
  return { kind: 'call', args: { ...callFor(card, operation, { final: saga.state.final === true }), shipmentId } };
}

/** Records the attempt on one card, unless another operation of it is on its way. */
function take(
  world: World,
  saga: Saga,
  part: CapturePart,
  shipmentId: string,
  ctx: Ctx,
): { kind: 'call'; args: CaptureCall } | StepResult {
  const holding = payments
    .ofOrder(world.payments, saga.orderId)
    .filter((payment) => !isInternal(payment) && capturableMinor(payment) > 0n && !isSecurity(world, payment));
  // Asked for again meanwhile, it is held by a payment of its own.
  const card = holding.find((payment) => payment.id === part.paymentId) ?? holding.at(-1);
  if (!card) return { kind: 'fail', error: NOT_AUTHORIZED };
  if (payments.openOperation(world.payments, card)) return { kind: 'wait', until: new Date(ctx.now.getTime() + BUSY_MS) };
  const room = capturableMinor(card);
  const amountMinor = part.amountMinor < room ? part.amountMinor : room;
  const operation = payments.startOperation(world.payments, card, 'capture', amountMinor, shipmentId, ctx);
  const cards = (saga.state.cards as readonly { readonly paymentId: string }[] | undefined)?.map((one) =>
    one.paymentId === part.paymentId ? { ...one, paymentId: card.id } : one,
  );
  saga.state = { ...saga.state, final: part.final, ...(cards ? { cards } : {}) };
  return { kind: 'call', args: { ...callFor(card, operation, { final: part.final }), shipmentId } };
}

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
  // What is paid at the door leaves before its money is taken.
  const atDoor = payments.ofOrder(world.payments, order.row.id).some((one) => one.holdId !== null && isPaidAtDoor(one));
  return order.spans.every(
    (span) =>
      span.shipmentId === shipmentId ||
      span.state === 'cancelled' ||
      (isGone(span) && !atDoor) ||
      isReplacement(order.lines, span.lineId) ||
      (span.shipmentId !== null && captured.has(span.shipmentId)),
  );
}

/** What the order's own tenders give beside the card for this shipment. */
function besideOf(saga: Saga): LocalCapture[] {
  const kept = (saga.state.beside ?? []) as readonly (Omit<LocalCapture, 'amountMinor'> & { readonly amountMinor: number })[];
  return kept.map((part) => ({ ...part, amountMinor: BigInt(part.amountMinor) }));
}
