import type { Order } from '../../domains/orders/service.ts';
import { capturableMinor, isOpen, type Operation, type Payment } from '../../domains/payments/rules.ts';
import * as payments from '../../domains/payments/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { next, remote, type Saga, type SagaDefinition, type StepResult } from '../../platform/saga.ts';
import { sagasOf } from '../../platform/saga-rows.ts';
import { bySystem, carryOutCancel, previewCancel } from '../cancel-plan.ts';
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
import { owedMinor } from '../surplus.ts';
import { releaseCard } from '../void-payment.ts';
import { orderOf, settleOrder, tell, type World, wake } from '../world.ts';

/**
 * A bank holds money for days, a preorder waits for weeks. What has lapsed, or would before the goods leave, is released and asked for again
 * under the same payment method, as a payment of its own. Where the bank says no the customer is asked: the order is held, and whatever has not
 * shipped is cancelled when nobody paid in time. Nothing leaves unpaid, and nothing is taken twice.
 */

/** The saga's kind. */
export const RENEWAL_SAGA = 'renew-payment';

/** While the customer looks at the bank's challenge page we ask this often; the provider's news wakes us sooner. */
const CHALLENGE_POLL_MS = 10 * 60_000;
const DAY_MS = 86_400_000;

/** What a saga of this kind remembers. */
interface RenewalState {
  /** The payment whose authorization lapsed. */
  readonly lapsedId: string;
  readonly provider: string;
  readonly payDays: number;
  /** A payment method to try: the old one first, then what the customer offers. */
  readonly offer: { readonly token: string; readonly returnUrl?: string } | null;
  /** Payments that were made for it, the newest last. */
  readonly made: readonly string[];
  /** Until when the customer may pay; set when they are asked. */
  readonly until?: string;
}

const stateOf = (saga: Saga): RenewalState => saga.state as unknown as RenewalState;

function remember(saga: Saga, change: Partial<RenewalState>): void {
  saga.state = { ...saga.state, ...change };
}

const ofOrder = (world: World, saga: Saga): Payment[] => payments.ofOrder(world.payments, saga.orderId);

/** What the card has to give for what is still to leave: the order's own tenders give theirs first. */
function owedByCard(world: World, order: Order): bigint {
  const held = payments.ofOrder(world.payments, order.row.id).reduce((sum, payment) => sum + capturableMinor(payment), 0n);
  return owedMinor(world, order) - held;
}

/** The newest attempt to authorize that this saga made. */
function attemptOf(world: World, saga: Saga): { payment: Payment; operation: Operation } | undefined {
  const paymentId = stateOf(saga).made.at(-1);
  const payment = ofOrder(world, saga).find((candidate) => candidate.id === paymentId);
  const operation = payments
    .operationsOf(world.payments, saga.orderId)
    .findLast((candidate) => candidate.paymentId === paymentId && candidate.kind === 'authorize');
  return payment && operation ? { payment, operation } : undefined;
}

const release = releaseCard((world, saga) => ofOrder(world, saga).find((payment) => payment.id === stateOf(saga).lapsedId));

const authorize = remote<World, Outside, OperationCall, OperationOutcome>({
  prepare(world, saga, ctx) {
    const order = orderOf(world, saga.orderId);
    const state = stateOf(saga);
    const attempt = attemptOf(world, saga);
    const until = state.until ? new Date(state.until) : null;
    const late = until !== null && ctx.now >= until;
    if (attempt?.operation.status === 'succeeded') return next;
    if (attempt && isOpen(attempt.operation)) {
      if (late && attempt.operation.status === 'requires_action') abandon(world, attempt.payment, attempt.operation, ctx);
      else return { kind: 'call', args: callFor(attempt.payment, attempt.operation, returnOf(state)) };
    }
    const dueMinor = owedByCard(world, order);
    if (dueMinor <= 0n) return ended(world, order, ctx);
    if (state.offer && !late) return { kind: 'call', args: tryOffer(world, saga, order, dueMinor, ctx) };
    if (until === null) return ask(world, saga, order, dueMinor, ctx);
    return late ? giveUpUnpaid(world, order, ctx) : { kind: 'wait', until };
  },
  call: callProvider,
  settle(world, saga, args, outcome, ctx) {
    const order = orderOf(world, saga.orderId);
    const attempt = attemptOf(world, saga);
    if (!attempt || attempt.operation.id !== args.operationId || !isOpen(attempt.operation))
      return { kind: 'retry', error: { code: 'stale', message: 'Settled already.' } };
    const { payment, operation } = attempt;
    const was = operation.status;
    const verdict = recordOutcome(world, payment, operation, outcome, ctx);
    const about = { paymentId: payment.id, operationId: operation.id, amountMinor: operation.amountMinor };
    if (outcome.kind === 'succeeded') {
      holdAuthorized(world, order, payment, outcome.amountMinor, outcome.authorizationExpiresAt ?? null, ctx);
      settleOrder(world, order, null, ctx);
      tell(world, order, 'payment.authorized', { ...about, providerRef: payment.providerRef, renewed: true }, ctx);
      return ended(world, order, ctx);
    }
    settleOrder(world, order, null, ctx);
    switch (verdict) {
      case 'challenged': {
        if (was !== 'requires_action') {
          keepWaiting(world, saga, order, operation.amountMinor, ctx);
          tell(world, order, 'payment.action_required', about, ctx);
        }
        const at = new Date(ctx.now.getTime() + CHALLENGE_POLL_MS);
        const until = new Date(stateOf(saga).until as string);
        return { kind: 'wait', until: at < until ? at : until };
      }
      case 'failed':
        tell(world, order, 'payment.declined', { ...about, code: operation.error?.code }, ctx);
        // The next look asks the customer, or goes on waiting for them.
        return { kind: 'wait', until: ctx.now };
      case 'awaited':
        return untilTold(ctx, payment.provider);
      case 'in_doubt':
        if (was !== 'unknown') tell(world, order, 'payment.in_doubt', about, ctx);
        return { kind: 'retry', error: operation.error ?? { code: 'unknown', message: 'No answer.' } };
      default:
        return {
          kind: 'retry',
          error: operation.error ?? { code: 'unreachable', message: 'The provider could not be reached.' },
        };
    }
  },
});

const returnOf = ({ offer }: RenewalState): { returnUrl?: string } => (offer?.returnUrl ? { returnUrl: offer.returnUrl } : {});

/** Records a payment under the offered method, and its attempt. An offer is tried once. */
function tryOffer(world: World, saga: Saga, order: Order, amountMinor: bigint, ctx: Ctx): OperationCall {
  const state = stateOf(saga);
  const { merchantId, currency, id: orderId } = order.row;
  const token = state.offer?.token ?? null;
  const payment = payments.addPayment(
    world.payments,
    { orderId, merchantId, provider: state.provider, method: 'card', token, currency, amountMinor },
    ctx,
  );
  const operation = payments.startOperation(world.payments, payment, 'authorize', amountMinor, null, ctx);
  remember(saga, { offer: null, made: [...state.made, payment.id] });
  settleOrder(world, order, null, ctx);
  return callFor(payment, operation, returnOf(state));
}

/** The bank said no to the method we knew: from now on the customer has so many days. */
function ask(world: World, saga: Saga, order: Order, amountMinor: bigint, ctx: Ctx): StepResult {
  keepWaiting(world, saga, order, amountMinor, ctx);
  const { until } = stateOf(saga);
  tell(world, order, 'payment.renewal_refused', { amountMinor, until }, ctx);
  return { kind: 'wait', until: new Date(until as string) };
}

/** Holds the order until it is paid, and sets the day by which it has to be. */
function keepWaiting(world: World, saga: Saga, order: Order, amountMinor: bigint, ctx: Ctx): void {
  if (!stateOf(saga).until) remember(saga, { until: new Date(ctx.now.getTime() + stateOf(saga).payDays * DAY_MS).toISOString() });
  if (order.row.holds.includes('payment')) return;
  order.row.holds = [...order.row.holds, 'payment'];
  tell(world, order, 'order.held', { hold: 'payment', reason: `The bank does not hold ${amountMinor} any more.` }, ctx);
}

/** Paid, or nothing left to pay: whatever waited for that goes on. */
function ended(world: World, order: Order, ctx: Ctx): StepResult {
  if (order.row.holds.includes('payment')) {
    order.row.holds = order.row.holds.filter((hold) => hold !== 'payment');
    tell(world, order, 'order.released', { hold: 'payment' }, ctx);
  }
  for (const saga of sagasOf(world.sagas, order.row.id)) if (saga.kind !== RENEWAL_SAGA) wake(world, saga, ctx);
  return next;
}

/** Nobody paid in time: what has not left is cancelled, as anybody would cancel it. */
function giveUpUnpaid(world: World, order: Order, ctx: Ctx): StepResult {
  const why = { reason: 'payment_timeout', note: null } as const;
  const input = { orderId: order.row.id, reason: why.reason };
  const preview = previewCancel(world, order, input, bySystem(ctx));
  carryOutCancel(world, order, preview, input, bySystem(ctx), { ...ctx, actor: 'system:renewal' });
  return ended(world, order, ctx);
}

/** The challenge will not be answered any more. */
function abandon(world: World, payment: Payment, operation: Operation, ctx: Ctx): void {
  operation.status = 'failed';
  operation.error = { code: 'abandoned', message: 'The customer did not finish the challenge.' };
  operation.settledAt = ctx.now;
  payment.failure = operation.error;
  payments.settle(world.payments, payment, operation);
}

export const renewalSaga: SagaDefinition<World, Outside> = {
  kind: RENEWAL_SAGA,
  version: 1,
  steps: [
    { name: 'release', run: release },
    { name: 'authorize', run: authorize, heavy: 'run' },
  ],
};

/** Whether a card may still be offered, and until when. */
export function asksFor(saga: Saga, now: Date): Date | null {
  const { until } = stateOf(saga);
  return saga.kind === RENEWAL_SAGA && until && new Date(until) > now ? new Date(until) : null;
}

/** Hands a renewal the payment method that the customer offers, and has it tried at once. False where one is being tried. */
export function offerCard(world: World, saga: Saga, offer: { token: string; returnUrl?: string }, ctx: Ctx): boolean {
  const attempt = attemptOf(world, saga);
  if (saga.state.calling === true || stateOf(saga).offer !== null || (attempt && isOpen(attempt.operation))) return false;
  remember(saga, { offer });
  saga.touched = true;
  wake(world, saga, ctx);
  return true;
}
