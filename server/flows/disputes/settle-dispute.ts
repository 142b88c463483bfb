import { bookedOf, type Dispute, isClosed, isContested, isLost, statusAfter } from '../../domains/disputes/rules.ts';
import * as disputes from '../../domains/disputes/service.ts';
import { chart } from '../../domains/ledger/schema.ts';
import type { Order } from '../../domains/orders/service.ts';
import type { PaymentDispute } from '../../domains/payments/provider.ts';
import type { Payment } from '../../domains/payments/rules.ts';
import * as payments from '../../domains/payments/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import type { EventType } from '../../kernel/events.ts';
import { newId } from '../../kernel/ids.ts';
import type { DisputeStatus } from '../../kernel/vocabulary.ts';
import { wakeAllocation } from '../cancel-saga.ts';
import { paidTooMuch, returnSurplus } from '../surplus.ts';
import { postFor, settleOrder, takeNumber, tell, type World } from '../world.ts';
import { move, setOff, setOffLosses } from './set-off.ts';

/**
 * Books what a cardholder's bank took back of an order, and what it gave back when the provider won: the difference between what the books
 * show and what they have to, so that it is booked once whatever is told, how often, and in which order. The loss is the merchant's, and so
 * is the provider's fee, on an account of its own.
 */
export function settleDispute(
  world: World,
  order: Order,
  payment: Payment,
  said: PaymentDispute,
  askedAt: Date,
  ctx: Ctx,
): Dispute {
  const known = disputes.byRef(world.disputes, payment.provider, said.ref);
  // Two ask at once: the answer to the later question is the newer one, whichever is booked last.
  if (known && known.saidAt > askedAt) return known;
  const dispute = known ?? disputes.add(world.disputes, newDispute(world, order, payment, said, askedAt));
  const before = known?.status ?? null;
  dispute.saidAt = askedAt;
  dispute.status = statusAfter(dispute, said.status);
  dispute.reason = said.reason;
  dispute.evidenceDueAt = said.evidenceDueAt ?? dispute.evidenceDueAt;
  dispute.closedAt = isClosed(dispute.status) ? (dispute.closedAt ?? ctx.now) : null;
  book(world, order, payment, dispute, said, ctx);
  disputes.changed(world.disputes, dispute);
  world.applied++;
  const held = order.row.holds.includes('dispute');
  settleOrder(world, order, null, ctx);
  if (dispute.status !== before) tellStatus(world, order, dispute, ctx);
  tellHold(world, order, dispute, held, ctx);
  setOffLosses(world, order, ctx);
  // What a cancellation could not give back while a bank had it can go back now.
  if (dispute.status === 'won') returnSurplus(world, order, paidTooMuch(world, order), null, ctx);
  return dispute;
}

function newDispute(world: World, order: Order, payment: Payment, said: PaymentDispute, askedAt: Date): Dispute {
  return {
    id: newId(),
    number: takeNumber(world, 'dispute'),
    merchantId: order.row.merchantId,
    orderId: order.row.id,
    paymentId: payment.id,
    provider: payment.provider,
    providerRef: said.ref,
    currency: order.row.currency,
    amountMinor: said.amountMinor,
    openedAt: said.openedAt,
    status: said.status === 'lost' || said.status === 'won' || said.status === 'withdrawn' ? 'open' : said.status,
    reason: said.reason,
    takenMinor: 0n,
    feeMinor: 0n,
    feeBackMinor: 0n,
    setOffMinor: 0n,
    evidence: {},
    evidenceDueAt: said.evidenceDueAt,
    answer: null,
    answerId: null,
    answeredBy: null,
    answeredAt: null,
    answerError: null,
    closedAt: null,
    saidAt: askedAt,
    version: 1n,
  };
}

/** Posts the difference to what the dispute's state and the provider's fee say. What was both taken and given back unseen is nothing. */
function book(world: World, order: Order, payment: Payment, dispute: Dispute, said: PaymentDispute, ctx: Ctx): void {
  const { merchantId, currency } = order.row;
  const clearing = chart.pspClearing(payment.provider, currency).code;
  const losses = chart.merchantChargebacks(merchantId, currency).code;
  const fees = chart.disputeFees(merchantId, currency).code;
  if (!isLost(dispute.status) && dispute.setOffMinor > 0n) setOff(world, order, dispute, -dispute.setOffMinor, ctx);
  // Won before anybody here heard of it: the provider's report has both bookings, and so have the books.
  const unseen = dispute.status === 'won' && world.disputes.fresh.has(dispute);
  if (unseen)
    postFor(
      world,
      order,
      [
        ...move(dispute, 'chargeback', losses, clearing, said.amountMinor),
        ...move(dispute, 'chargeback_fee', fees, clearing, said.feeMinor),
      ],
      ctx,
    );
  const takenBefore = unseen ? said.amountMinor : dispute.takenMinor;
  const feeBefore = unseen ? said.feeMinor : dispute.feeMinor - dispute.feeBackMinor;
  const taken = bookedOf(dispute.status, said);
  const fee = said.feeMinor - said.feeBackMinor;
  postFor(
    world,
    order,
    [
      ...move(dispute, 'chargeback', losses, clearing, taken - takenBefore),
      ...move(dispute, 'chargeback_won', clearing, losses, takenBefore - taken),
      ...move(dispute, 'chargeback_fee', fees, clearing, fee - feeBefore),
      ...move(dispute, 'chargeback_fee', clearing, fees, feeBefore - fee),
    ],
    ctx,
  );
  dispute.takenMinor = taken;
  dispute.feeMinor = said.feeMinor;
  dispute.feeBackMinor = said.feeBackMinor;
  const disputedMinor = disputes.takenMinor(world.disputes, payment.id);
  if (disputedMinor === payment.disputedMinor) return;
  payment.disputedMinor = disputedMinor;
  payments.settle(world.payments, payment, null);
}

const SAID: Readonly<Record<DisputeStatus, EventType>> = {
  inquiry: 'dispute.inquired',
  open: 'dispute.opened',
  submitted: 'dispute.submitted',
  won: 'dispute.won',
  lost: 'dispute.lost',
  accepted: 'dispute.accepted',
  withdrawn: 'dispute.withdrawn',
};

function tellStatus(world: World, order: Order, dispute: Dispute, ctx: Ctx): void {
  const { id: disputeId, number: disputeNumber, paymentId, amountMinor, takenMinor, feeMinor, reason, status } = dispute;
  const about = { disputeId, disputeNumber, paymentId, amountMinor, takenMinor, feeMinor, reason };
  const due = isContested(status) || status === 'inquiry' ? { evidenceDueAt: dispute.evidenceDueAt?.toISOString() ?? null } : {};
  tell(world, order, SAID[status], { ...about, ...due }, ctx);
}

function tellHold(world: World, order: Order, { number }: Dispute, held: boolean, ctx: Ctx): void {
  const holds = order.row.holds.includes('dispute');
  if (holds === held) return;
  const reason = `The cardholder’s bank disputes the payment (${number}).`;
  tell(world, order, holds ? 'order.held' : 'order.released', { hold: 'dispute', reason }, ctx);
  if (!holds) wakeAllocation(world, order.row.id, ctx);
}
