import * as giftCards from '../domains/gift-cards/service.ts';
import type { TransferSpec } from '../domains/ledger/schema.ts';
import { chart } from '../domains/ledger/schema.ts';
import type { Order } from '../domains/orders/service.ts';
import * as orders from '../domains/orders/service.ts';
import { isInternal, isOpen, type Operation, type Payment, refundableMinor } from '../domains/payments/rules.ts';
import * as payments from '../domains/payments/service.ts';
import { CANCELLED, isTriedAgain, needsRedirect, type Refund, type RefundLeg } from '../domains/refunds/rules.ts';
import * as refunds from '../domains/refunds/service.ts';
import type { Ctx } from '../kernel/context.ts';
import { newId } from '../kernel/ids.ts';
import { next, remote, type Saga, type SagaDefinition, type StepResult } from '../platform/saga.ts';
import type { Outside } from './outside.ts';
import {
  callFor,
  callProvider,
  type OperationCall,
  type OperationOutcome,
  recordOutcome,
  untilTold,
} from './payment-operation.ts';
import { liftSettled } from './payments/hold-unpaid.ts';
import { payReturn, reopenReturn } from './returns/returned-money.ts';
import { receiveCredit } from './tenders/issue-store-credit.ts';
import { refusalOf, settleLocally } from './tenders/local-operations.ts';
import { accountOf } from './tenders/tender-account.ts';
import { waitForUndo } from './wait-for-undo.ts';
import { orderOf, postFor, settleOrder, tell, type World } from './world.ts';

/**
 * Gives money back, leg by leg, each once: the leg's attempt is recorded, sent, and booked when the provider says it happened. What
 * settled stays settled whatever becomes of the other legs.
 */
const BUSY_MS = 500;
/** A leg that waits for a person is woken by them; this is for a lost wake. */
const LOOKS_AGAIN_MS = 86_400_000;
/** Somebody has decided that a leg goes nowhere. */
const isGivenUp = (leg: RefundLeg): boolean => leg.status === 'failed';
const GIVEN_UP = { code: 'given_up', message: 'Its tender did not take the money, and it was not sent elsewhere.' };

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
    const legs = refunds.legsOf(world.refunds, refund.id);
    if (refund.status === 'pending' && legs.some(isGivenUp)) return { kind: 'fail', error: GIVEN_UP };
    for (const leg of legs) {
      if (leg.status !== 'pending' || refund.status !== 'pending' || needsRedirect(leg)) continue;
      const payment = paymentOf(world, leg);
      const open = payments.openOperation(world.payments, payment);
      if (open?.subjectId !== leg.id && isDisputedAway(payment, leg))
        return refuseDisputed(world, orderOf(world, saga.orderId), leg, ctx);
      if (leg.destination !== null || isInternal(payment)) {
        const refused = giveBackLocally(world, orderOf(world, saga.orderId), refund, leg, ctx);
        if (refused) return { kind: 'stuck', error: refused };
        continue;
      }
      if (open && open.subjectId !== leg.id) return { kind: 'wait', until: new Date(ctx.now.getTime() + BUSY_MS) };
      const operation = open ?? payments.startOperation(world.payments, payment, 'refund', leg.amountMinor, leg.id, ctx);
      return { kind: 'call', args: { ...callFor(payment, operation, {}), legId: leg.id } };
    }
    // What its tender does not take waits for a person; whoever decides wakes it.
    return refund.status === 'pending' && legs.some(needsRedirect)
      ? { kind: 'wait', until: new Date(ctx.now.getTime() + LOOKS_AGAIN_MS) }
      : next;
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
      settleLeg(world, order, { payment, operation }, ctx);
      // Back to this step: the next pending leg, or none.
      return { kind: 'wait', until: ctx.now };
    }
    settleOrder(world, order, null, ctx);
    const error = operation.error ?? { code: verdict, message: 'The provider did not confirm the refund.' };
    if (verdict === 'failed') {
      refunds.changed(world.refunds, leg);
      leg.tries += 1;
      if (isTriedAgain(leg, error.code)) return { kind: 'retry', error };
      leg.failure = error;
      tell(world, order, 'payment.refund_failed', { ...about, legId: leg.id, ...error }, ctx);
      // Back to this step: the other legs go on.
      return { kind: 'wait', until: ctx.now };
    }
    if (verdict === 'awaited') return untilTold(ctx, payment.provider);
    if (verdict === 'in_doubt' && !wasInDoubt) tell(world, order, 'payment.in_doubt', about, ctx);
    return { kind: 'retry', error };
  },
});

/** The money of a leg is back: booked, and told. */
export function settleLeg(
  world: World,
  order: Order,
  { payment, operation }: { readonly payment: Payment; readonly operation: Operation },
  ctx: Ctx,
): void {
  const leg = world.refunds.legs.find(({ id }) => id === operation.subjectId);
  const refund = refunds.ofOrder(world.refunds, order.row.id).find(({ id }) => id === leg?.refundId);
  if (!leg || !refund) throw new Error(`Operation ${operation.id} gives back nothing that was asked for`);
  bookLeg(world, order, refund, leg, ctx);
  payment.refundedMinor += leg.amountMinor;
  payments.settle(world.payments, payment, operation);
  if (refund.kind === 'goodwill') order.row.goodwillMinor += leg.amountMinor;
  settleOrder(world, order, 'refund', ctx);
  const about = { refundId: refund.id, paymentId: payment.id, operationId: operation.id, amountMinor: leg.amountMinor };
  tell(world, order, 'payment.refunded', about, ctx);
}

function paymentOf(world: World, leg: RefundLeg): Payment {
  const payment = payments.ofOrder(world.payments, leg.orderId).find((candidate) => candidate.id === leg.paymentId);
  if (!payment) throw new Error(`Leg ${leg.id} names a payment that is not there`);
  return payment;
}

/** Whether a bank has taken this leg's money back by itself since it was planned. */
const isDisputedAway = (payment: Payment, leg: RefundLeg): boolean =>
  payment.disputedMinor > 0n && refundableMinor(payment) < leg.amountMinor;

const DISPUTED = {
  code: 'disputed',
  message: 'The cardholder’s bank has taken this money back: it is not given back twice. See the dispute.',
};

/** Nothing is sent: the customer would have the money twice. */
function refuseDisputed(world: World, order: Order, leg: RefundLeg, ctx: Ctx): StepResult {
  leg.status = 'failed';
  leg.settledAt = ctx.now;
  refunds.changed(world.refunds, leg);
  const about = { refundId: leg.refundId, paymentId: leg.paymentId, amountMinor: leg.amountMinor };
  tell(world, order, 'payment.refund_failed', { ...about, ...DISPUTED }, ctx);
  return { kind: 'fail', error: DISPUTED };
}

/** A leg that stays in the house: booked at once, or the reason why the ledger does not take it. */
function giveBackLocally(
  world: World,
  order: Order,
  refund: Refund,
  leg: RefundLeg,
  ctx: Ctx,
): { code: string; message: string } | null {
  const payment = paymentOf(world, leg);
  const refused = closedWallet(world, order, leg, payment) ?? refusalOf(world, transfersOf(order, refund, leg, payment));
  if (refused && leg.redirectedBy !== null) return askAgain(world, order, leg, refused, ctx);
  if (refused) return refused;
  bookLeg(world, order, refund, leg, ctx);
  payment.refundedMinor += leg.amountMinor;
  // What was taken by card and given back as credit was never asked of the card's provider: there is no attempt to record.
  const operationId = leg.destination === null ? settleLocally(world, payment, 'refund', leg.amountMinor, leg.id, ctx) : null;
  payments.settle(world.payments, payment, null);
  if (refund.kind === 'goodwill') order.row.goodwillMinor += leg.amountMinor;
  receive(world, order, leg, payment, ctx);
  settleOrder(world, order, 'refund', ctx);
  const { amountMinor, destination } = leg;
  const about = { refundId: refund.id, paymentId: payment.id, operationId, amountMinor, tender: payment.provider };
  tell(world, order, 'payment.refunded', { ...about, ...(destination ? { destination } : {}) }, ctx);
  return null;
}

/** Where somebody sent it does not take it either: it waits again. */
function askAgain(world: World, order: Order, leg: RefundLeg, refused: { code: string; message: string }, ctx: Ctx): null {
  Object.assign(leg, { destination: null, redirectedBy: null, reference: null, failure: refused });
  refunds.changed(world.refunds, leg);
  const about = { refundId: leg.refundId, paymentId: leg.paymentId, legId: leg.id, amountMinor: leg.amountMinor };
  tell(world, order, 'payment.refund_failed', { ...about, ...refused }, ctx);
  return null;
}

const WALLET_CLOSED =
  'The customer has closed this wallet. Have them open it again and retry, or refund to store credit instead.';

function closedWallet(world: World, order: Order, leg: RefundLeg, payment: Payment): { code: string; message: string } | null {
  const toWallet = leg.destination === 'wallet' || (leg.destination === null && payment.provider === 'wallet');
  if (!toWallet || world.openWallets.has(targetOf(order, leg, payment))) return null;
  return { code: 'account_closed', message: WALLET_CLOSED };
}

/** What the tender that gets the money does with it: a card that has ended is opened again, a first credit is made. */
function receive(world: World, order: Order, leg: RefundLeg, payment: Payment, ctx: Ctx): void {
  if (leg.destination === null && payment.provider === 'gift_card')
    giftCards.returned(world.giftCards, payment.token as string, ctx);
  if (leg.destination === 'store_credit') receiveCredit(world, order.row, leg.amountMinor, ctx);
}

/** The account that a leg's money goes to. */
function targetOf(order: Order, leg: RefundLeg, payment: Payment): string {
  const { merchantId, currency, customerId } = order.row;
  if (leg.destination === null) return accountOf(payment).code;
  if (leg.destination === 'by_hand') return chart.bankClearing(currency).code;
  if (customerId === null) throw new Error(`Leg ${leg.id} goes to the credit of nobody`);
  return leg.destination === 'wallet'
    ? chart.wallet(customerId, currency).code
    : chart.storeCredit(merchantId, customerId, currency).code;
}

/**
 * Money out. A refund lowers what the order was worth (a credit note); goodwill leaves that alone and is an expense. Either way the
 * customer is owed the amount for a moment and then paid, so the receivable ends where it was.
 */
function transfersOf(order: Order, refund: Refund, leg: RefundLeg, payment: Payment): TransferSpec[] {
  const { merchantId, currency, id } = order.row;
  const receivable = chart.receivable(merchantId, currency).code;
  const goodwill = refund.kind === 'goodwill';
  const source = goodwill ? chart.goodwill(merchantId, currency).code : chart.merchantPayable(merchantId, currency).code;
  const { paymentId, amountMinor } = leg;
  const base = { orderId: id, paymentId, phase: 'single', amountMinor, currency, reference: refund.number } as const;
  // A cancelled unit's value left the receivable when it was cancelled: only the money is still to go.
  const note = { ...base, id: newId(), kind: goodwill ? 'goodwill' : 'credit_note', debit: source, credit: receivable };
  const byHand = leg.destination === 'by_hand' ? { kind: 'payout_refund', reference: leg.reference } : { kind: 'refund' };
  const money = { ...base, id: newId(), ...byHand, debit: receivable, credit: targetOf(order, leg, payment) };
  return refund.reason === CANCELLED ? [money] : [note, money];
}

function bookLeg(world: World, order: Order, refund: Refund, leg: RefundLeg, ctx: Ctx): void {
  postFor(world, order, transfersOf(order, refund, leg, paymentOf(world, leg)), ctx);
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
  payReturn(world, order, refund.id, ctx);
  liftSettled(world, order, ctx);
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
  reopenReturn(world, order, refund.id, ctx);
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
