import type { TransferSpec } from '../domains/ledger/schema.ts';
import { chart } from '../domains/ledger/schema.ts';
import { isGone, isReplacement } from '../domains/orders/rules.ts';
import type { Order } from '../domains/orders/service.ts';
import { capturableMinor, isOpen, type Payment } from '../domains/payments/rules.ts';
import * as payments from '../domains/payments/service.ts';
import type { Ctx } from '../kernel/context.ts';
import { newId } from '../kernel/ids.ts';
import { next, remote } from '../platform/saga.ts';
import type { Outside } from './outside.ts';
import { callFor, callProvider, type OperationCall, type OperationOutcome, recordOutcome } from './payment-operation.ts';
import { paidTooMuch, returnSurplus } from './surplus.ts';
import { orderOf, postFor, settleOrder, tell, type World } from './world.ts';

/**
 * Takes the money for a shipment, once. With a provider that captures in parts it takes what the shipment is worth and keeps the rest
 * of the authorization; otherwise the first shipment takes everything that is still wanted.
 */
const BUSY_MS = 500;

interface CaptureCall extends OperationCall {
  readonly shipmentId: string;
}

export const capture = remote<World, Outside, CaptureCall, OperationOutcome>({
  prepare(world, saga, ctx) {
    const order = orderOf(world, saga.orderId);
    const shipmentId = String(saga.state.shipmentId);
    const operations = payments.operationsOf(world.payments, saga.orderId);
    const own = operations.findLast((operation) => operation.kind === 'capture' && operation.subjectId === shipmentId);
    if (own?.status === 'succeeded') return next;
    if (own?.status === 'failed')
      return { kind: 'fail', error: own.error ?? { code: 'capture_failed', message: 'The capture failed.' } };
    if (!own && isWorthless(order, shipmentId)) return next;
    const payment = payments
      .ofOrder(world.payments, saga.orderId)
      .find((candidate) => own?.paymentId === candidate.id || capturableMinor(candidate) > 0n);
    if (!payment) {
      const owed = order.row.totalMinor - order.row.cancelledMinor - order.row.capturedMinor;
      return owed > 0n
        ? { kind: 'fail', error: { code: 'not_authorized', message: 'No authorization is left to take the money from.' } }
        : next;
    }
    // An attempt that is sent again is sent as it was, whatever was cancelled since: its id stands for its parameters.
    if (own) return { kind: 'call', args: { ...callFor(payment, own, { final: saga.state.final === true }), shipmentId } };
    const final = isLast(world, order, shipmentId) || !world.multicapture(payment.provider);
    const amount = amountFor(world, order, payment, shipmentId, final);
    if (amount <= 0n) return next;
    if (payments.openOperation(world.payments, payment)) return { kind: 'wait', until: new Date(ctx.now.getTime() + BUSY_MS) };
    const operation = payments.startOperation(world.payments, payment, 'capture', amount, shipmentId, ctx);
    saga.state = { ...saga.state, final };
    return { kind: 'call', args: { ...callFor(payment, operation, { final }), shipmentId } };
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
      // Units may have been cancelled while their money was being taken.
      returnSurplus(world, order, paidTooMuch(world, order), null, ctx);
      return next;
    }
    settleOrder(world, order, null, ctx);
    const error = operation.error ?? { code: verdict, message: 'The provider did not confirm the capture.' };
    if (verdict === 'failed') {
      tell(world, order, 'payment.capture_failed', { ...about, ...error }, ctx);
      return { kind: 'fail', error };
    }
    if (verdict === 'in_doubt' && !wasInDoubt) tell(world, order, 'payment.in_doubt', about, ctx);
    return { kind: 'retry', error };
  },
});

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

function amountFor(world: World, order: Order, payment: Payment, shipmentId: string, final: boolean): bigint {
  const room = capturableMinor(payment);
  const value = world.multicapture(payment.provider)
    ? (world.fulfilment.byId.get(shipmentId)?.valueMinor ?? 0n)
    : order.row.totalMinor - order.row.cancelledMinor - order.row.capturedMinor;
  // The last capture takes what is owed in all, so that the parts add up whatever was cancelled in between.
  const owed = order.row.totalMinor - order.row.cancelledMinor - order.row.capturedMinor;
  const wanted = final ? owed : value;
  return wanted < room ? wanted : room;
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
