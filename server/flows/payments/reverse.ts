import { chart } from '../../domains/ledger/schema.ts';
import type { Order } from '../../domains/orders/service.ts';
import type { Operation, Payment } from '../../domains/payments/rules.ts';
import * as payments from '../../domains/payments/service.ts';
import { CANCELLED } from '../../domains/refunds/rules.ts';
import * as refunds from '../../domains/refunds/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { newId } from '../../kernel/ids.ts';
import { audit } from '../../platform/outbox.ts';
import { freeUnits } from '../refund-saga.ts';
import { reopenReturn } from '../returns/returned-money.ts';
import { accountOf } from '../tenders/tender-account.ts';
import { postFor, settleOrder, tell, type World } from '../world.ts';
import { holdUnpaid } from './hold-unpaid.ts';

/** Books back what a bank took back. Each attempt is turned once: from then on it is `reversed`, and nothing is left to turn. */
interface Turned {
  readonly payment: Payment;
  readonly operation: Operation;
}
interface Why {
  readonly code: string;
  readonly message: string;
}

/**
 * Money that had been taken is gone: the order owes it again. What has not left is held. Where part of it had been given back already the
 * customer owes less than the bank took, and the whole is the merchant's loss until somebody has it back from the customer.
 */
export function reverseCapture(world: World, order: Order, { payment, operation }: Turned, why: Why, ctx: Ctx): void {
  const { amountMinor } = operation;
  const { merchantId, currency, id: orderId } = order.row;
  const lost = payment.capturedMinor - amountMinor < payment.refundedMinor;
  const receivable = chart.receivable(merchantId, currency).code;
  const debit = lost ? chart.goodwill(merchantId, currency).code : receivable;
  const kind = lost ? 'capture_lost' : 'capture_reversed';
  const base = { orderId, paymentId: payment.id, reference: payment.providerRef, amountMinor, currency };
  postFor(world, order, [{ ...base, id: newId(), kind, phase: 'single', debit, credit: accountOf(payment).code }], ctx);
  operation.error = { ...why };
  if (!lost) {
    operation.status = 'reversed';
    payment.capturedMinor -= amountMinor;
    // What was authorized for it is spent: nothing is left to take from there.
    payment.authorizedMinor = payment.holdId === null ? payment.capturedMinor : payment.authorizedMinor - amountMinor;
  } else operation.response = { lost: true, code: why.code };
  payment.failure = { ...why };
  payments.settle(world.payments, payment, operation);
  settleOrder(world, order, null, ctx);
  if (!lost) holdUnpaid(world, order, why.message, ctx);
  say(world, order, { payment, operation }, why, { lost }, ctx);
}

/** Money that had been given back did not arrive: the refund has failed as if it had at once, and its units are free for another. */
export function reverseRefund(world: World, order: Order, { payment, operation }: Turned, why: Why, ctx: Ctx): void {
  const leg = world.refunds.legs.find(({ id }) => id === operation.subjectId);
  const refund = refunds.ofOrder(world.refunds, order.row.id).find(({ id }) => id === leg?.refundId);
  if (!leg || !refund || leg.status !== 'succeeded') return;
  const { amountMinor } = leg;
  const { merchantId, currency, id: orderId } = order.row;
  const receivable = chart.receivable(merchantId, currency).code;
  const goodwill = refund.kind === 'goodwill';
  const source = goodwill ? chart.goodwill(merchantId, currency).code : chart.merchantPayable(merchantId, currency).code;
  const base = { orderId, paymentId: payment.id, reference: refund.number, amountMinor, currency, phase: 'single' } as const;
  const money = { ...base, id: newId(), kind: 'refund_reversed', debit: accountOf(payment).code, credit: receivable };
  const note = {
    ...base,
    id: newId(),
    kind: goodwill ? 'goodwill_reversed' : 'credit_note_reversed',
    debit: receivable,
    credit: source,
  };
  postFor(world, order, refund.reason === CANCELLED ? [money] : [money, note], ctx);
  leg.status = 'failed';
  refunds.changed(world.refunds, leg);
  refund.status = 'failed';
  refund.failure = { ...why };
  refunds.changed(world.refunds, refund);
  if (goodwill) order.row.goodwillMinor -= amountMinor;
  operation.status = 'reversed';
  operation.error = { ...why };
  payment.refundedMinor -= amountMinor;
  payments.settle(world.payments, payment, operation);
  freeUnits(order, refund.id);
  reopenReturn(world, order, refund.id, ctx);
  settleOrder(world, order, null, ctx);
  holdUnpaid(world, order, why.message, ctx);
  say(world, order, { payment, operation }, why, { refundId: refund.id, refundNumber: refund.number }, ctx);
}

function say(
  world: World,
  order: Order,
  { payment, operation }: Turned,
  why: Why,
  more: Readonly<Record<string, unknown>>,
  ctx: Ctx,
): void {
  const about = { paymentId: payment.id, operationId: operation.id, kind: operation.kind, amountMinor: operation.amountMinor };
  tell(world, order, 'payment.fell_back', { ...about, ...why, ...more }, ctx);
  const entry = { action: 'payment.fell_back', entity: 'payment', entityId: payment.id, merchantId: payment.merchantId };
  const after = { kind: operation.kind, amountMinor: Number(operation.amountMinor), code: why.code, ...more };
  audit(world.outbox, { ...entry, before: { status: 'succeeded' }, after, reason: why.message }, ctx);
}
