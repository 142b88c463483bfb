import { chart } from '../../domains/ledger/schema.ts';
import { isCancellable, type Line } from '../../domains/orders/rules.ts';
import type { Order } from '../../domains/orders/service.ts';
import * as orders from '../../domains/orders/service.ts';
import { isOpen, type Operation, type Payment } from '../../domains/payments/rules.ts';
import * as payments from '../../domains/payments/service.ts';
import { isAdvanced, type Return } from '../../domains/returns/rules.ts';
import * as returns from '../../domains/returns/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { newId } from '../../kernel/ids.ts';
import { moneyStep, toMajor } from '../../kernel/money.ts';
import { next, remote, type Saga, type SagaDefinition, type StepResult } from '../../platform/saga.ts';
import { createShipment } from '../create-shipment.ts';
import { cancelUnits } from '../give-up.ts';
import { holdAuthorized } from '../hold-authorized.ts';
import type { Outside } from '../outside.ts';
import {
  callFor,
  callProvider,
  type OperationCall,
  type OperationOutcome,
  recordOutcome,
  untilTold,
} from '../payment-operation.ts';
import { reshipSaga } from '../reship-saga.ts';
import { releaseCard } from '../void-payment.ts';
import { begin, orderOf, postFor, settleOrder, tell, type World } from '../world.ts';
import { advanceBirth } from './advance-birth.ts';
import { factsOf, sayOf } from './return-world.ts';
import { cardOf } from './send-ahead.ts';

/**
 * A replacement that leaves before the goods come back: what it costs is held of the card that paid, it is sent, and the goods are waited
 * for. When they are settled the hold is released, or what they do not pay for is taken of it; when they do not come in time all of it is,
 * and the customer has bought the replacement. They were told before.
 */
const DAY_MS = 86_400_000;
const LOOK_AGAIN_MS = DAY_MS / 4;
/** So long before the day the customer is told what will be taken. */
const WARNED_DAYS = 3;
const SALE = { kind: 'sale', phase: 'single' } as const;

const returnOf = (world: World, saga: Saga): Return => world.returns.byId.get(String(saga.state.returnId)) as Return;
const linesOf = (saga: Saga): readonly string[] => saga.state.lineIds as readonly string[];

const securityOf = (world: World, one: Return): Payment | undefined =>
  payments.ofOrder(world.payments, one.orderId).find((payment) => payment.id === one.securityId);

const attemptOf = (world: World, one: Return): Operation | undefined =>
  payments.operationsOf(world.payments, one.orderId).find((operation) => operation.subjectId === one.id);

/** Has the card hold what the replacement costs. It is asked once: what a bank refuses, or asks its customer about, is not held. */
const secure = remote<World, Outside, OperationCall, OperationOutcome>({
  prepare(world, saga, ctx) {
    const one = returnOf(world, saga);
    const attempt = attemptOf(world, one);
    if (one.advanceWhy !== null || one.advanceMinor === 0n || (attempt && !isOpen(attempt))) return next;
    const security = securityOf(world, one);
    if (attempt && security) return { kind: 'call', args: callFor(security, attempt, {}) };
    const card = cardOf(world, one.orderId);
    if (!card) return next;
    const { provider, token, merchantId, orderId, currency } = card;
    const wanted = { orderId, merchantId, provider, method: 'card', token, currency, amountMinor: one.advanceMinor };
    const payment = payments.addPayment(world.payments, wanted, ctx);
    const operation = payments.startOperation(world.payments, payment, 'authorize', one.advanceMinor, one.id, ctx);
    one.securityId = payment.id;
    returns.changed(world.returns, one);
    settleOrder(world, orderOf(world, orderId), null, ctx);
    return { kind: 'call', args: callFor(payment, operation, {}) };
  },
  call: callProvider,
  settle(world, saga, args, outcome, ctx) {
    const one = returnOf(world, saga);
    const payment = securityOf(world, one);
    const operation = attemptOf(world, one);
    if (!payment || !operation || operation.id !== args.operationId || !isOpen(operation))
      return { kind: 'retry', error: { code: 'stale', message: 'Settled already.' } };
    return secured(world, one, { payment, operation }, outcome, ctx);
  },
});

function secured(
  world: World,
  one: Return,
  { payment, operation }: { readonly payment: Payment; readonly operation: Operation },
  outcome: OperationOutcome,
  ctx: Ctx,
): StepResult {
  const order = orderOf(world, one.orderId);
  const was = operation.status;
  const verdict = recordOutcome(world, payment, operation, outcome, ctx);
  const about = { paymentId: payment.id, operationId: operation.id, amountMinor: operation.amountMinor, returnId: one.id };
  if (outcome.kind === 'succeeded') {
    holdAuthorized(world, order, payment, outcome.amountMinor, outcome.authorizationExpiresAt ?? null, ctx);
    settleOrder(world, order, null, ctx);
    tell(world, order, 'payment.authorized', { ...about, providerRef: payment.providerRef }, ctx);
    return next;
  }
  const { error } = operation;
  if (verdict === 'challenged') {
    // Nobody is there to answer their bank: it counts as a refusal, and what was begun is voided.
    Object.assign(operation, { status: 'failed', settledAt: ctx.now });
    operation.error = { code: 'authentication_required', message: 'The bank wants its customer to confirm it.' };
    payment.failure = operation.error;
    payments.settle(world.payments, payment, operation);
  }
  settleOrder(world, order, null, ctx);
  if (verdict === 'failed' || verdict === 'challenged') {
    tell(world, order, 'payment.declined', { ...about, code: operation.error?.code }, ctx);
    return next;
  }
  if (verdict === 'awaited') return untilTold(ctx, payment.provider);
  if (verdict === 'in_doubt' && was !== 'unknown') tell(world, order, 'payment.in_doubt', about, ctx);
  return { kind: 'retry', error: error ?? { code: verdict, message: 'The provider did not answer.' } };
}

/** What is held may leave; what is not held does not, and its units are anybody's again. */
function send(world: World, saga: Saga, ctx: Ctx): StepResult {
  const one = returnOf(world, saga);
  if (one.advanceStatus !== 'securing') return next;
  const order = orderOf(world, saga.orderId);
  const held = one.advanceWhy !== null || one.advanceMinor === 0n || securityOf(world, one)?.holdId;
  one.advanceStatus = held ? 'sent' : 'refused';
  returns.changed(world.returns, one);
  if (held) {
    begin(world, reshipSaga, order, { state: { lineIds: linesOf(saga), queued: true } }, ctx);
    sayOf(world, order, one, { type: 'return.replacement_sent', data: { amountMinor: one.advanceMinor } }, ctx);
    return next;
  }
  refuse(world, order, one, saga, ctx);
  return next;
}

function refuse(world: World, order: Order, one: Return, saga: Saga, ctx: Ctx): void {
  const units = order.spans.filter((span) => linesOf(saga).includes(span.lineId) && isCancellable(span));
  const ranges = units.map(({ lineId, from, to }) => ({ lineId, from, to }));
  if (ranges.length > 0) cancelUnits(world, order, ranges, { reason: 'other', actor: saga.actor }, ctx);
  if (one.sendBy === null) one.sendBy = new Date(ctx.now.getTime() + one.terms.sendWithinDays * DAY_MS);
  settleOrder(world, order, null, ctx);
  const code = attemptOf(world, one)?.error?.code ?? null;
  sayOf(world, order, one, { type: 'return.replacement_refused', data: { amountMinor: one.advanceMinor, code } }, ctx);
}

/** Given up by a person before anything was held: as if the bank had refused. */
function giveUp(world: World, saga: Saga, ctx: Ctx): StepResult {
  const one = returnOf(world, saga);
  if (one.advanceStatus !== 'securing') return next;
  one.advanceStatus = 'refused';
  returns.changed(world.returns, one);
  refuse(world, orderOf(world, saga.orderId), one, saga, ctx);
  return next;
}

/** Waits for the goods. Their time runs from the day on which the replacement arrived. */
function awaitGoods(world: World, saga: Saga, ctx: Ctx): StepResult {
  const one = returnOf(world, saga);
  if (!isAdvanced(one) || ['settled', 'closed', 'expired'].includes(one.status)) return next;
  const order = orderOf(world, saga.orderId);
  const arrived = arrivedAt(world, order, linesOf(saga));
  if (one.sendBy === null && arrived) {
    one.sendBy = new Date(arrived.getTime() + one.terms.sendWithinDays * DAY_MS);
    returns.changed(world.returns, one);
    world.applied++;
  }
  const warn = one.sendBy && new Date(one.sendBy.getTime() - WARNED_DAYS * DAY_MS);
  const unsent = one.status === 'approved' || one.status === 'labelled';
  if (warn && warn <= ctx.now && unsent && saga.state.warned !== true) {
    saga.state = { ...saga.state, warned: true };
    const data = { amountMinor: one.advanceMinor, sendBy: one.sendBy };
    sayOf(world, order, one, { type: 'return.replacement_due', data }, ctx);
  }
  const again = new Date(ctx.now.getTime() + LOOK_AGAIN_MS);
  return { kind: 'wait', until: warn && warn > ctx.now && warn < again ? warn : again };
}

/** When the last unit of the replacement was with the customer; null while one is not. */
function arrivedAt(world: World, order: Order, lineIds: readonly string[]): Date | null {
  const live = order.spans.filter((span) => lineIds.includes(span.lineId) && span.state !== 'cancelled');
  if (live.length === 0 || live.some((span) => span.state !== 'delivered')) return null;
  const { deliveredAt } = factsOf(world, order);
  return new Date(Math.max(...live.map((span) => deliveredAt(span)?.getTime() ?? 0)));
}

/** What the goods do not pay for is a line of the order, worth what it is, and delivered as it is charged. */
function conclude(world: World, saga: Saga, ctx: Ctx): StepResult {
  const one = returnOf(world, saga);
  if (one.advanceStatus !== 'sent') return next;
  const order = orderOf(world, saga.orderId);
  const sent = order.spans.some((span) => linesOf(saga).includes(span.lineId) && span.state !== 'cancelled');
  if (!sent) one.chargeMinor = 0n;
  const { chargeMinor: amountMinor } = one;
  one.advanceStatus = amountMinor === 0n ? 'released' : one.securityId === null ? 'unpaid' : 'charged';
  returns.changed(world.returns, one);
  const data = { amountMinor, heldMinor: one.advanceMinor, taken: one.advanceStatus === 'charged' };
  if (one.advanceStatus === 'charged') charge(world, order, one, linesOf(saga), ctx);
  const type = amountMinor === 0n ? 'return.replacement_released' : 'return.replacement_charged';
  sayOf(world, order, one, { type, data }, ctx);
  return next;
}

function charge(world: World, order: Order, one: Return, lineIds: readonly string[], ctx: Ctx): void {
  const sent = order.lines.find((line) => lineIds.includes(line.id)) as Line;
  const { merchantId, currency, id: orderId } = order.row;
  const amountMinor = one.chargeMinor;
  const rate = BigInt(Math.round(Number(sent.taxRate) * 1_000_000));
  const step = moneyStep(currency);
  const taxMinor = ((amountMinor * rate) / ((1_000_000n + rate) * step)) * step;
  const line: Line = {
    ...sent,
    ...{ id: newId(), position: Math.max(...order.lines.map((each) => each.position)) + 1, kind: 'fee', quantity: 1 },
    ...{ skuId: null, skuCode: null, stocked: false, unitPrice: toMajor({ amountMinor, currency }) },
    ...{ netMinor: amountMinor - taxMinor, discountMinor: 0n, taxMinor, totalMinor: amountMinor },
    ...{ replacesLineId: null, replacesShipmentId: null, returnId: one.id },
  };
  orders.addLine(order, line);
  const debit = chart.receivable(merchantId, currency).code;
  const credit = chart.merchantPayable(merchantId, currency).code;
  postFor(world, order, [{ ...SALE, id: newId(), debit, credit, amountMinor, currency, orderId, paymentId: null }], ctx);
  createShipment(world, order, [{ lineId: line.id, from: 1, to: 1 }], null, ctx);
  settleOrder(world, order, null, ctx);
}

/** What secured it and is needed no more. What is charged is taken by its own shipment, which releases the rest. */
const release = releaseCard((world, saga) => {
  const one = returnOf(world, saga);
  return one.advanceStatus === 'released' || one.advanceStatus === 'refused' ? securityOf(world, one) : undefined;
});

export const advanceReplacementSaga: SagaDefinition<World, Outside> = {
  ...advanceBirth,
  irreversible: 'secure',
  steps: [
    { name: 'secure', run: secure, undo: giveUp, heavy: 'undo' },
    { name: 'send', run: send, heavy: 'run' },
    { name: 'await', run: awaitGoods },
    { name: 'conclude', run: conclude },
    { name: 'release', run: release },
  ],
};
