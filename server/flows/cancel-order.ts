import * as approvals from '../domains/approvals/service.ts';
import type { CancelOrderInput } from '../domains/orders/schema.ts';
import type * as orders from '../domains/orders/service.ts';
import type { Terms } from '../domains/policies/rules.ts';
import { DomainError } from '../kernel/errors.ts';
import { UNDO_WINDOW_MS } from '../kernel/undo.ts';
import type { CancelActor } from '../kernel/vocabulary.ts';
import type { Tx } from '../platform/db.ts';
import { audit } from '../platform/outbox.ts';
import type { Request, Verb } from '../platform/verb.ts';
import { cancelIntent } from './cancel-intent.ts';
import { type CancelAsk, type CancelPreview, carryOutCancel, previewCancel, saidWhy } from './cancel-plan.ts';
import { cancelSaga } from './cancel-saga.ts';
import { checkFingerprint } from './fingerprint.ts';
import { requestsFor } from './partners/at-partners.ts';
import { askOf, demandCancel, storedAsk, termsOfOrders } from './policies/cancel-ask.ts';
import { cancelsAlone } from './policies/second-person.ts';
import { askSecondPerson, tellAsked } from './refund-approval.ts';
import { standsNow } from './what-changed.ts';
import { begin, lockWorld, orderOf, tell, type World, writeWorld } from './world.ts';

/**
 * Cancels what has not shipped: units, or everything left. Stock returns and the receivable shrinks in the same transaction; money that
 * was only authorized is released by a saga, money that was taken already for these units goes back as a refund. What a person starts
 * in the console is `undoable`: only the wish is recorded, and a saga carries it out when the time to undo it is over.
 */
export interface CancelledOrder {
  readonly id: string;
  readonly number: string;
  readonly status: string;
  readonly cancelledMinor: number;
  /** What is kept of it. */
  readonly feeMinor: number;
  readonly refundId: string | null;
  /** ISO time until which it waits and can be undone; null where it is done. */
  readonly undoUntil: string | null;
  /** A second person has to agree first: nothing is cancelled before. */
  readonly approvalId?: string;
  /** A partner has some of the units, and is asked for them first: what they have not sent is cancelled when they say so. */
  readonly awaitingPartner?: true;
}

/** A cancel as the house asks for it. */
export interface CancelWish extends CancelOrderInput {
  /** Only where nobody has paid yet. Looked at under the order's lock: what was read before may be paid by now. */
  readonly onlyUnpaid?: true;
  /** Who cancels; somebody who works for the shop where absent. Looked at under the lock, so that a repeat is answered as before. */
  readonly by?: CancelActor;
}

const PAID_MEANWHILE = 'This order was paid meanwhile. Cancel it as an order that is paid, if it is not wanted any more.';

interface Cancelling extends World {
  readonly approvals: approvals.ApprovalsState;
  readonly terms: Terms;
}

async function lock(tx: Tx, requests: readonly Request<CancelWish>[]): Promise<Cancelling> {
  const first = requests[0] as Request<CancelWish>;
  const orderIds = requests.map((request) => request.input.orderId);
  const world = await lockWorld(
    tx,
    { orderIds, supply: true, stock: true, requests: true, ledger: true, numbers: { refund: requests.length } },
    first.ctx,
  );
  const terms = await termsOfOrders(tx, world, first.ctx.now);
  // Only a merchant who asks for a second person has anything to be asked of them.
  const asks = [...world.orders.byId.values()].some((order) => cancelsAlone(terms, order) !== null);
  return { ...world, terms, approvals: asks ? await approvals.lock(tx, []) : approvals.none() };
}

function decide(world: Cancelling, request: Request<CancelWish>): CancelledOrder {
  const { input, ctx } = request;
  const order = orderOf(world, input.orderId);
  if (input.onlyUnpaid && order.row.confirmedAt !== null) throw new DomainError('state_refuses', PAID_MEANWHILE);
  const actor = input.by ?? 'agent';
  const ask = askOf(world.terms, order, input, actor, ctx);
  // A customer's or a program's cancel does not wait for an agent's: the agent's finds its units gone, and rests.
  const cancelling = input.undoable === true && cancelIntent(world, order.row.id) !== undefined;
  const preview = plan(world, order, input, ask, cancelling);
  const alone = actor === 'agent' ? cancelsAlone(world.terms, order) : null;
  if (alone !== null && preview.refundedMinor > 0 && BigInt(preview.refundedMinor) >= alone)
    return awaitWord(world, order, preview, ask, request);
  const atPartner = requestsFor(world, order.row.id, preview.units).length > 0;
  if (atPartner && !input.undoable) {
    intend(world, order, preview, ask, request);
    const { id, number, status } = order.row;
    return { id, number, status, cancelledMinor: 0, feeMinor: 0, refundId: null, undoUntil: null, awaitingPartner: true };
  }
  const undoUntil = input.undoable ? intend(world, order, preview, ask, request) : null;
  const refundId = input.undoable ? null : carryOutCancel(world, order, preview, input, ask, ctx);
  const { id, number, status } = order.row;
  return { id, number, status, cancelledMinor: preview.valueMinor, feeMinor: preview.feeMinor, refundId, undoUntil };
}

/** So much goes back that a second person has to agree: the wish waits for their word, and nothing is packed meanwhile. */
function awaitWord(
  world: Cancelling,
  order: orders.Order,
  preview: CancelPreview,
  ask: CancelAsk,
  request: Request<CancelWish>,
): CancelledOrder {
  if (cancelIntent(world, order.row.id)) throw new DomainError('state_refuses', 'A cancellation of this order waits already.');
  const { id, number, status, currency } = order.row;
  const amountMinor = BigInt(preview.refundedMinor);
  const approval = askSecondPerson(world, order, amountMinor, request.input.reason, request.ctx, 'cancel-order');
  intend(world, order, preview, ask, request, approval.id);
  tellAsked(world, approval, { orderId: id, amountMinor, currency }, request.ctx);
  return { id, number, status, cancelledMinor: 0, feeMinor: 0, refundId: null, undoUntil: null, approvalId: approval.id };
}

/** A plan that cannot be made any more is a changed plan to somebody who was shown one. */
function plan(world: World, order: orders.Order, input: CancelWish, ask: CancelAsk, cancelling: boolean): CancelPreview {
  try {
    demandCancel(order, ask, input.reason, cancelling);
    const preview = previewCancel(world, order, input, ask);
    checkFingerprint(input.fingerprint, preview, standsNow(world, order));
    return preview;
  } catch (error) {
    if (!input.fingerprint || !(error instanceof DomainError) || error.code === 'plan_changed') throw error;
    throw new DomainError('plan_changed', `${error.detail} ${standsNow(world, order)}`, { was: error.code, ...error.data });
  }
}

/** Records the wish. No stock and no money moves before the saga has waited. */
function intend(
  world: World,
  order: orders.Order,
  preview: CancelPreview,
  ask: CancelAsk,
  { input, ctx }: Request<CancelWish>,
  approvalId: string | null = null,
): string {
  // Nobody looks at an undo bar where it was not asked for.
  const until = new Date(ctx.now.getTime() + (input.undoable ? UNDO_WINDOW_MS : 0));
  const undoUntil = until.toISOString();
  const { reason, note = null } = input;
  // It is carried out by the terms that it was asked for under.
  const wish = {
    selection: input.units ?? null,
    ranges: preview.units,
    reason,
    note,
    undoUntil,
    ask: storedAsk(ask),
    approvalId,
  };
  begin(world, cancelSaga, order, { state: wish, notBefore: until }, ctx);
  tell(world, order, 'order.cancel_requested', { reason, valueMinor: preview.valueMinor, whole: preview.whole, undoUntil }, ctx);
  audit(
    world.outbox,
    {
      action: 'order.cancel_requested',
      entity: 'order',
      entityId: order.row.id,
      merchantId: order.row.merchantId,
      after: { units: preview.units, valueMinor: preview.valueMinor, undoUntil },
      reason: saidWhy(input),
    },
    ctx,
  );
  return undoUntil;
}

export const cancelOrder: Verb<CancelWish, Cancelling, CancelledOrder> = {
  name: 'cancel-order',
  lock,
  decide,
  async write(tx, world) {
    await approvals.write(tx, world.approvals);
    await writeWorld(tx, world);
  },
};
