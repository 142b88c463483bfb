import { type Edit, PAY_HOURS } from '../../domains/edits/rules.ts';
import * as edits from '../../domains/edits/service.ts';
import type { Order } from '../../domains/orders/service.ts';
import { AUTHORIZATION_LAPSED, isOpen, type Operation, type Payment } from '../../domains/payments/rules.ts';
import * as payments from '../../domains/payments/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { next, remote, type Saga, type StepResult } from '../../platform/saga.ts';
import { noteLapse, renewalOf } from '../backorders/start-renewal.ts';
import { holdAuthorized } from '../hold-authorized.ts';
import type { Outside } from '../outside.ts';
import {
  callFor,
  callProvider,
  type OperationCall,
  type OperationOutcome,
  recordOutcome,
  untilTold,
  type Verdict,
} from '../payment-operation.ts';
import { orderOf, settleOrder, tell, type World } from '../world.ts';
import { endEdit } from './apply-edit.ts';
import { dueAfter, knownCard, moneyMoves, raisable } from './preview-edit.ts';
import { raiseHold } from './raise-hold.ts';

/**
 * Has what an edit costs more held, before anything of the order changes: the card's authorization is raised; where the bank refuses, the same
 * card is asked for the difference as a payment of its own; where it refuses that as well the customer is asked, by a link. Nobody is asked
 * twice for the same money, and where nobody pays in time the order stays as it was.
 */
const BUSY_MS = 500;
const HOUR_MS = 3_600_000;
/** While the customer looks at the bank's challenge page we ask this often; the provider's news wakes us sooner. */
const CHALLENGE_POLL_MS = 10 * 60_000;
const RENEWAL_RETRY_MS = 60_000;

/** What the saga remembers of it. */
interface AskState {
  /** The payments whose authorization was to be raised: once each. */
  readonly raised?: readonly string[];
  /** The card that was known has been asked. */
  readonly askedCard?: boolean;
  /** A payment method that the customer offers. */
  readonly offer?: { readonly token: string; readonly returnUrl?: string } | null;
}
const stateOf = (saga: Saga): AskState => saga.state as AskState;
function remember(saga: Saga, change: AskState): void {
  saga.state = { ...saga.state, ...change };
}

interface Own {
  readonly editOf: (world: World, saga: Saga) => Edit | undefined;
  readonly staleBecause: (world: World, order: Order, edit: Edit) => string | null;
  readonly dropEdit: (world: World, order: Order, edit: Edit, why: string, ctx: Ctx) => void;
}

/** The newest attempt that was made for an edit. Their ids say nothing of their order: they follow from what they are for. */
export function attemptFor(world: World, edit: Edit): { payment: Payment; operation: Operation } | undefined {
  const own = payments
    .operationsOf(world.payments, edit.orderId)
    .filter((one) => one.subjectId === edit.id)
    .sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
  const operation = own.find(isOpen) ?? own.at(-1);
  const payment = payments.ofOrder(world.payments, edit.orderId).find((one) => one.id === operation?.paymentId);
  return payment && operation ? { payment, operation } : undefined;
}

export const authorizeEdit = ({ editOf, staleBecause, dropEdit }: Own) =>
  remote<World, Outside, OperationCall, OperationOutcome>({
    prepare(world, saga, ctx) {
      const edit = editOf(world, saga);
      if (!edit) return next;
      const order = orderOf(world, saga.orderId);
      const stale = staleBecause(world, order, edit);
      const late = edit.payUntil !== null && ctx.now >= edit.payUntil;
      const attempt = attemptFor(world, edit);
      if (attempt && isOpen(attempt.operation)) {
        if ((stale !== null || late) && attempt.operation.status === 'requires_action') abandon(world, attempt, ctx);
        else return { kind: 'call', args: callFor(attempt.payment, attempt.operation, returnOf(saga)) };
      }
      if (stale !== null) {
        dropEdit(world, order, edit, stale, { ...ctx, actor: saga.actor });
        return next;
      }
      if (moneyMoves(world, order)) return later(ctx, BUSY_MS);
      const dueMinor = dueAfter(world, order, edit);
      if (dueMinor <= 0n) return next;
      if (late) {
        endEdit(world, order, edit, 'lapsed', 'Nobody paid in time what it costs more.', ctx);
        return next;
      }
      return ask(world, saga, { order, edit, dueMinor }, ctx);
    },
    call: callProvider,
    settle(world, saga, args, outcome, ctx) {
      const edit = editOf(world, saga);
      const attempt = edit && attemptFor(world, edit);
      if (!edit || attempt?.operation.id !== args.operationId || !isOpen(attempt.operation))
        return { kind: 'retry', error: { code: 'stale', message: 'Settled already.' } };
      return settle(world, saga, edit, attempt, outcome, ctx);
    },
  });

interface Asked {
  readonly order: Order;
  readonly edit: Edit;
  readonly dueMinor: bigint;
}
type Step = { readonly kind: 'call'; readonly args: OperationCall } | StepResult;
const later = (ctx: Ctx, ms: number): StepResult => ({ kind: 'wait', until: new Date(ctx.now.getTime() + ms) });

/** Asks whoever was not asked yet: the authorization, its card, the customer. */
function ask(world: World, saga: Saga, asked: Asked, ctx: Ctx): Step {
  const { order, edit, dueMinor } = asked;
  // What the bank let go of is asked for first: the difference is what is missing after that.
  if (renewalOf(world, order.row.id)) return later(ctx, RENEWAL_RETRY_MS);
  const { raised = [], askedCard, offer } = stateOf(saga);
  if (offer) {
    remember(saga, { offer: null });
    const card = knownCard(world, order);
    return askCard(world, saga, asked, { provider: card?.provider ?? 'card', ...offer }, ctx);
  }
  const held = raisable(world, order, ctx.now);
  if (held && !raised.includes(held.id)) {
    if (payments.openOperation(world.payments, held)) return later(ctx, BUSY_MS);
    remember(saga, { raised: [...raised, held.id] });
    const total = held.authorizedMinor + dueMinor;
    const operation = payments.startOperation(world.payments, held, 'increment', total, edit.id, ctx);
    settleOrder(world, order, null, ctx);
    return { kind: 'call', args: callFor(held, operation, {}) };
  }
  const card = askedCard ? undefined : knownCard(world, order);
  if (card) {
    remember(saga, { askedCard: true });
    return askCard(world, saga, asked, { provider: card.provider, token: card.token as string }, ctx);
  }
  return askCustomer(world, { order, edit, dueMinor }, ctx);
}

/** Records a payment of its own for the difference, and its attempt. */
function askCard(
  world: World,
  saga: Saga,
  { order, edit, dueMinor: amountMinor }: Asked,
  { provider, token, returnUrl }: { readonly provider: string; readonly token: string; readonly returnUrl?: string },
  ctx: Ctx,
): Step {
  const { merchantId, currency, id: orderId } = order.row;
  const wanted = { orderId, merchantId, provider, method: 'card', token, currency, amountMinor };
  const payment = payments.addPayment(world.payments, wanted, ctx);
  const operation = payments.startOperation(world.payments, payment, 'authorize', amountMinor, edit.id, ctx);
  if (returnUrl) saga.state = { ...saga.state, returnUrl };
  settleOrder(world, order, null, ctx);
  return { kind: 'call', args: callFor(payment, operation, returnUrl ? { returnUrl } : {}) };
}

const returnOf = (saga: Saga): { returnUrl?: string } =>
  typeof saga.state.returnUrl === 'string' ? { returnUrl: saga.state.returnUrl } : {};

/** From now on the customer has so many hours. They are asked once, and then waited for. */
function askCustomer(world: World, { order, edit, dueMinor: amountMinor }: Asked, ctx: Ctx): StepResult {
  if (edit.payUntil === null) {
    edit.payUntil = new Date(ctx.now.getTime() + PAY_HOURS * HOUR_MS);
    edits.changed(world.edits, edit);
    const { id: editId, payUntil } = edit;
    tell(world, order, 'order.edit_payment_asked', { editId, amountMinor, until: payUntil.toISOString() }, ctx);
  }
  return { kind: 'wait', until: edit.payUntil };
}

function settle(
  world: World,
  saga: Saga,
  edit: Edit,
  { payment, operation }: { readonly payment: Payment; readonly operation: Operation },
  outcome: OperationOutcome,
  ctx: Ctx,
): StepResult {
  const order = orderOf(world, saga.orderId);
  const was = operation.status;
  const verdict = recordOutcome(world, payment, operation, outcome, ctx);
  const raises = operation.kind === 'increment';
  const about = { paymentId: payment.id, operationId: operation.id, amountMinor: operation.amountMinor, editId: edit.id };
  if (outcome.kind === 'succeeded') {
    if (raises) raiseHold(world, order, payment, outcome.amountMinor, ctx);
    else holdAuthorized(world, order, payment, outcome.amountMinor, outcome.authorizationExpiresAt ?? null, ctx);
    settleOrder(world, order, null, ctx);
    const said = { ...about, providerRef: payment.providerRef };
    tell(world, order, raises ? 'payment.raised' : 'payment.authorized', said, ctx);
    // What is due may have changed meanwhile: the next look says whether this was enough.
    return { kind: 'wait', until: ctx.now };
  }
  if (outcome.kind === 'failed' && outcome.code === AUTHORIZATION_LAPSED && raises) noteLapse(world, payment, ctx);
  settleOrder(world, order, null, ctx);
  return afterNo(world, order, edit, { operation, was, verdict, about, provider: payment.provider }, ctx);
}

function afterNo(
  world: World,
  order: Order,
  edit: Edit,
  {
    operation,
    was,
    verdict,
    about,
    provider,
  }: {
    readonly operation: Operation;
    readonly was: Operation['status'];
    readonly verdict: Verdict;
    readonly about: Record<string, unknown>;
    readonly provider: string;
  },
  ctx: Ctx,
): StepResult {
  switch (verdict) {
    case 'challenged': {
      // Whoever is asked by their bank has to be told: the link leads there.
      const asked = askCustomer(world, { order, edit, dueMinor: operation.amountMinor }, ctx);
      if (was !== 'requires_action') tell(world, order, 'payment.action_required', about, ctx);
      const at = new Date(ctx.now.getTime() + CHALLENGE_POLL_MS);
      return asked.kind === 'wait' && asked.until < at ? asked : { kind: 'wait', until: at };
    }
    case 'failed': {
      const code = operation.error?.code;
      tell(world, order, operation.kind === 'increment' ? 'payment.raise_refused' : 'payment.declined', { ...about, code }, ctx);
      // The next look asks whoever is next, or goes on waiting.
      return { kind: 'wait', until: ctx.now };
    }
    case 'awaited':
      return untilTold(ctx, provider);
    case 'in_doubt':
      if (was !== 'unknown') tell(world, order, 'payment.in_doubt', about, ctx);
      return { kind: 'retry', error: operation.error ?? { code: 'unknown', message: 'No answer.' } };
    default:
      return { kind: 'retry', error: operation.error ?? { code: 'unreachable', message: 'The provider could not be reached.' } };
  }
}

/** The challenge will not be answered any more. */
function abandon(world: World, { payment, operation }: { payment: Payment; operation: Operation }, ctx: Ctx): void {
  operation.status = 'failed';
  operation.error = { code: 'abandoned', message: 'The customer did not finish the challenge.' };
  operation.settledAt = ctx.now;
  payment.failure = operation.error;
  payments.settle(world.payments, payment, operation);
}

/** Whether a card may still be offered for an edit, and until when. */
export function editAsks(world: World, edit: Edit, now: Date): Date | null {
  const attempt = attemptFor(world, edit);
  if (attempt && isOpen(attempt.operation)) return null;
  return edit.payUntil !== null && edit.payUntil > now ? edit.payUntil : null;
}

/** Hands an edit the card that the customer offers. False where one is being tried. */
export function offerForEdit(saga: Saga, offer: { token: string; returnUrl?: string }): boolean {
  if (saga.state.calling === true || stateOf(saga).offer) return false;
  remember(saga, { offer });
  saga.touched = true;
  return true;
}
