import type { TransferSpec } from '../domains/ledger/schema.ts';
import { chart } from '../domains/ledger/schema.ts';
import type { Order } from '../domains/orders/service.ts';
import * as orders from '../domains/orders/service.ts';
import { isOpen } from '../domains/payments/rules.ts';
import * as payments from '../domains/payments/service.ts';
import { CANCELLED, type Refund, type RefundLeg } from '../domains/refunds/rules.ts';
import * as refunds from '../domains/refunds/service.ts';
import type { Ctx } from '../kernel/context.ts';
import { newId } from '../kernel/ids.ts';
import { next, remote, type Saga, type SagaDefinition, type StepResult } from '../platform/saga.ts';
import type { Outside } from './outside.ts';
import { callFor, callProvider, type OperationCall, type OperationOutcome, recordOutcome } from './payment-operation.ts';
import { waitForUndo } from './wait-for-undo.ts';
import { orderOf, postFor, settleOrder, tell, type World } from './world.ts';

/**
 * Gives money back, leg by leg, each once: the leg's attempt is recorded, sent, and booked when the provider says it happened. What
 * settled stays settled whatever becomes of the other legs.
 */
const BUSY_MS = 500;

interface LegCall extends OperationCall {
  readonly legId: string;
}

function refundOf(world: World, saga: Saga): Refund {
  const refund = world.refunds.refunds.find((candidate) => candidate.id === saga.state.refundId);
  if (!refund) throw new Error(`Saga ${saga.id} names a refund that is not there`);
  return refund;
}

const send = remote<World, Outside, LegCall, OperationOutcome>({
  prepare(world, saga, ctx) {
    const refund = refundOf(world, saga);
    const leg = refunds.legsOf(world.refunds, refund.id).find((candidate) => candidate.status === 'pending');
    if (!leg || refund.status !== 'pending') return next;
    const payment = payments.ofOrder(world.payments, saga.orderId).find((candidate) => candidate.id === leg.paymentId);
    if (!payment) throw new Error(`Leg ${leg.id} names a payment that is not there`);
    const open = payments.openOperation(world.payments, payment);
    if (open && open.subjectId !== leg.id) return { kind: 'wait', until: new Date(ctx.now.getTime() + BUSY_MS) };
    const operation = open ?? payments.startOperation(world.payments, payment, 'refund', leg.amountMinor, leg.id, ctx);
    return { kind: 'call', args: { ...callFor(payment, operation, {}), legId: leg.id } };
  },
  call: callProvider,
  settle(world, saga, args, outcome, ctx) {
    const order = orderOf(world, saga.orderId);
    const refund = refundOf(world, saga);
    const leg = refunds.legsOf(world.refunds, refund.id).find((candidate) => candidate.id === args.legId);
    const payment = payments.ofOrder(world.payments, saga.orderId).find((candidate) => candidate.id === args.paymentId);
    const operation = payments.operationsOf(world.payments, saga.orderId).find((candidate) => candidate.id === args.operationId);
    if (!leg || !payment || !operation || !isOpen(operation))
      return { kind: 'retry', error: { code: 'stale', message: 'Settled already.' } };
    const wasInDoubt = operation.status === 'unknown';
    const verdict = recordOutcome(world, payment, operation, outcome, ctx);
    const about = { refundId: refund.id, paymentId: payment.id, operationId: operation.id, amountMinor: leg.amountMinor };
    if (verdict === 'succeeded') {
      bookLeg(world, order, refund, leg, ctx);
      payment.refundedMinor += leg.amountMinor;
      payments.settle(world.payments, payment, operation);
      if (refund.kind === 'goodwill') order.row.goodwillMinor += leg.amountMinor;
      settleOrder(world, order, 'refund', ctx);
      tell(world, order, 'payment.refunded', about, ctx);
      // Back to this step: the next pending leg, or none.
      return { kind: 'wait', until: ctx.now };
    }
    settleOrder(world, order, null, ctx);
    const error = operation.error ?? { code: verdict, message: 'The provider did not confirm the refund.' };
    if (verdict === 'failed') {
      leg.status = 'failed';
      leg.settledAt = ctx.now;
      refunds.changed(world.refunds, leg);
      tell(world, order, 'payment.refund_failed', { ...about, ...error }, ctx);
      return { kind: 'fail', error };
    }
    if (verdict === 'in_doubt' && !wasInDoubt) tell(world, order, 'payment.in_doubt', about, ctx);
    return { kind: 'retry', error };
  },
});

/**
 * Money out. A refund lowers what the order was worth (a credit note); goodwill leaves that alone and is an expense. Either way the
 * customer is owed the amount for a moment and then paid, so the receivable ends where it was.
 */
function bookLeg(world: World, order: Order, refund: Refund, leg: RefundLeg, ctx: Ctx): void {
  const { merchantId, currency, id } = order.row;
  const payment = payments.ofOrder(world.payments, id).find((candidate) => candidate.id === leg.paymentId);
  const receivable = chart.receivable(merchantId, currency).code;
  const source =
    refund.kind === 'goodwill' ? chart.goodwill(merchantId, currency).code : chart.merchantPayable(merchantId, currency).code;
  const base = {
    orderId: id,
    paymentId: leg.paymentId,
    phase: 'single',
    amountMinor: leg.amountMinor,
    currency,
    reference: refund.number,
  } as const;
  // A cancelled unit's value left the receivable when it was cancelled: only the money is still to go.
  const credit: TransferSpec[] =
    refund.reason === CANCELLED
      ? []
      : [
          {
            ...base,
            id: newId(),
            kind: refund.kind === 'goodwill' ? 'goodwill' : 'credit_note',
            debit: source,
            credit: receivable,
          },
        ];
  postFor(
    world,
    order,
    [
      ...credit,
      {
        ...base,
        id: newId(),
        kind: 'refund',
        debit: receivable,
        credit: chart.pspClearing(payment?.provider ?? 'card', currency).code,
      },
    ],
    ctx,
  );
  leg.status = 'succeeded';
  leg.settledAt = ctx.now;
  refunds.changed(world.refunds, leg);
}

function finish(world: World, saga: Saga, ctx: Ctx): StepResult {
  const refund = refundOf(world, saga);
  const order = orderOf(world, saga.orderId);
  if (refund.status !== 'pending') return next;
  refund.status = 'succeeded';
  refund.settledAt = ctx.now;
  refunds.changed(world.refunds, refund);
  settleOrder(world, order, 'refund', ctx);
  tell(
    world,
    order,
    'order.refunded',
    { refundId: refund.id, refundNumber: refund.number, amountMinor: refund.amountMinor },
    ctx,
  );
  return next;
}

/** The provider refused: the units are free for another refund, and the failure is on the record. */
function release(world: World, saga: Saga, ctx: Ctx): StepResult {
  const refund = refundOf(world, saga);
  const order = orderOf(world, saga.orderId);
  if (refund.status !== 'pending') return next;
  refund.status = 'failed';
  refund.failure = saga.error;
  refund.settledAt = ctx.now;
  refunds.changed(world.refunds, refund);
  freeUnits(order, refund.id);
  settleOrder(world, order, null, ctx);
  return next;
}

/** Units of a refund that will not happen can be named by another one. */
export function freeUnits(order: Order, refundId: string): void {
  const ranges = order.spans.filter((span) => span.refundId === refundId).map(({ lineId, from, to }) => ({ lineId, from, to }));
  if (ranges.length > 0) orders.change(order, ranges, () => ({ refundId: null }));
}

export const refundSaga: SagaDefinition<World, Outside> = {
  kind: 'refund-order',
  version: 1,
  irreversible: 'send',
  steps: [
    { name: 'reserve', run: waitForUndo, undo: release },
    { name: 'send', run: send },
    { name: 'finish', run: finish },
  ],
};
