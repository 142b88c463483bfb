import type { Approval } from '../domains/approvals/rules.ts';
import { overlap } from '../domains/nodes/rules.ts';
import { isCancellable } from '../domains/orders/rules.ts';
import type { Order } from '../domains/orders/service.ts';
import type { Ctx } from '../kernel/context.ts';
import { DomainError } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import { cutBySpans, joinRanges, type UnitRange, unitsIn } from '../kernel/units.ts';
import type { CancelReason } from '../kernel/vocabulary.ts';
import { audit } from '../platform/outbox.ts';
import { endSaga, next, type Saga, type SagaDefinition, type StepResult } from '../platform/saga.ts';
import { sagasOf } from '../platform/saga-rows.ts';
import { CANCEL_SAGA, cancelIntent, RECALL_STEP } from './cancel-intent.ts';
import { bySystem, type CancelAsk, type CancelPreview, carryOutCancel, previewCancel, saidWhy } from './cancel-plan.ts';
import type { Outside } from './outside.ts';
import { recall, requestsFor } from './partners/at-partners.ts';
import { askFrom, type StoredAsk } from './policies/cancel-ask.ts';
import { waitForUndo } from './wait-for-undo.ts';
import { orderOf, tell, type World, wake } from './world.ts';

/**
 * A person's wish to cancel, carried out when the time to undo it is over, by the rules that hold then. It cancels exactly the units
 * that were shown: where they are not there to cancel any more nothing is cancelled, and whoever looks after the order is told.
 */
interface Wish {
  readonly selection: readonly { readonly lineId: string; readonly quantity: number }[] | null;
  readonly ranges: readonly UnitRange[];
  readonly reason: CancelReason;
  readonly note: string | null;
  /** Who wished it, by which terms. */
  readonly ask?: StoredAsk;
  /** Partners were asked for some of the units: what they had sent already stays. */
  readonly recalled?: boolean;
}

/** Until the time to undo is over, and a second person has agreed where one is asked. */
function waitForWord(world: World, saga: Saga, ctx: Ctx): StepResult {
  const waits = waitForUndo(world, saga, ctx);
  if (waits.kind === 'wait' || !saga.state.approvalId || saga.state.approved === true) return waits;
  return { kind: 'wait', until: new Date(ctx.now.getTime() + WORD_POLL_MS) };
}

/** Their word wakes it; this is for a lost wake. */
const WORD_POLL_MS = 3_600_000;

/** Nobody agrees to what was taken back meanwhile. */
export function demandWaiting(world: World, approval: Pick<Approval, 'id' | 'subjectId'>): void {
  if (cancelIntent(world, approval.subjectId)?.state.approvalId !== approval.id)
    throw new DomainError('state_refuses', 'The cancellation was taken back meanwhile. Reject this request.');
}

/** The second person's word about a cancellation: it is carried out, or taken back. */
export function settleCancel(world: World, approval: Pick<Approval, 'id' | 'subjectId'>, approved: boolean, ctx: Ctx): void {
  const order = orderOf(world, approval.subjectId);
  const saga = cancelIntent(world, order.row.id);
  if (!saga || saga.state.approvalId !== approval.id) return;
  if (approved) {
    saga.state = { ...saga.state, approved: true };
    wake(world, saga, ctx);
    return;
  }
  endSaga(saga);
  tell(world, order, 'order.cancel_undone', { approvalId: approval.id }, ctx);
  wakeAllocation(world, order.row.id, ctx);
}

function carryOut(world: World, saga: Saga, ctx: Ctx): StepResult {
  const order = orderOf(world, saga.orderId);
  const wish = saga.state as unknown as Wish;
  // It is the person's deed, though a worker does it.
  const own: Ctx = { ...ctx, actor: saga.actor };
  if (!isCancelled(order, wish.ranges)) {
    const ask = askFrom(wish.ask, bySystem(ctx));
    const plan = planOf(world, order, wish, ask);
    if (typeof plan === 'string') drop(world, order, wish, plan, own);
    else carryOutCancel(world, order, plan, { reason: wish.reason, note: wish.note ?? undefined }, ask, own);
  }
  wakeAllocation(world, saga.orderId, ctx);
  return next;
}

/** The plan as it is now, or the sentence that says why it is not the one that was shown. */
function planOf(world: World, order: Order, wish: Wish, ask: CancelAsk): CancelPreview | string {
  try {
    const ranges = wish.recalled ? overlap(wish.ranges, order.spans.filter(isCancellable)) : wish.ranges;
    if (ranges.length === 0) return 'All of it had left already.';
    const units = wish.recalled ? countsOf(ranges) : wish.selection;
    const input = { orderId: order.row.id, reason: wish.reason, ...(wish.selection && units ? { units: [...units] } : {}) };
    const plan = previewCancel(world, order, input, ask);
    const shown = JSON.stringify(joinRanges(ranges));
    return JSON.stringify(joinRanges(plan.units)) === shown ? plan : 'Other units are left to cancel than those that were shown.';
  } catch (error) {
    if (error instanceof DomainError) return error.detail;
    throw error;
  }
}

const countsOf = (ranges: readonly UnitRange[]) =>
  [...Map.groupBy(ranges, (range) => range.lineId)].map(([lineId, own]) => ({ lineId, quantity: unitsIn(own) }));

/**
 * Units that a partner may send at any moment are asked back before they are cancelled: only the partner knows whether they have left. What
 * the partner had sent is not cancelled; the rest of the wish is.
 */
function recallFromPartners(world: World, saga: Saga, ctx: Ctx): StepResult {
  const wish = saga.state as unknown as Wish;
  const requests = requestsFor(world, saga.orderId, wish.ranges);
  if (requests.length === 0) return next;
  saga.state = { ...saga.state, recalled: true };
  for (const request of requests) {
    recall(world, request, 'order_cancelled');
    const own = sagasOf(world.sagas, saga.orderId).find((candidate) => candidate.state.requestId === request.id);
    if (own) wake(world, own, ctx);
  }
  return { kind: 'wait', until: new Date(ctx.now.getTime() + RECALL_POLL_MS) };
}

/** The end of the request wakes it; this is for a lost wake. */
const RECALL_POLL_MS = 60_000;

function isCancelled(order: Order, ranges: readonly UnitRange[]): boolean {
  return ranges.every((range) =>
    cutBySpans(
      order.spans.filter((span) => span.lineId === range.lineId),
      range,
    ).every((part) => part.span.state === 'cancelled'),
  );
}

function drop(world: World, order: Order, wish: Wish, why: string, ctx: Ctx): void {
  const noteId = newId();
  const body = `The cancellation was not carried out: the order changed before the time to undo it was over. ${why} Nothing was cancelled.`;
  world.orders.notes.push({ id: noteId, order_id: order.row.id, body, actor: 'system:saga', at: ctx.now });
  tell(world, order, 'order.cancel_dropped', { reason: wish.reason, why, noteId }, ctx);
  audit(
    world.outbox,
    {
      action: 'order.cancel_dropped',
      entity: 'order',
      entityId: order.row.id,
      merchantId: order.row.merchantId,
      before: { units: wish.ranges },
      after: { why },
      reason: saidWhy(wish),
    },
    ctx,
  );
}

/** What waited while the order might be cancelled goes on. */
export function wakeAllocation(world: World, orderId: string, ctx: Ctx): void {
  for (const saga of sagasOf(world.sagas, orderId)) if (saga.step === 'allocate') wake(world, saga, ctx);
}

export const cancelSaga: SagaDefinition<World, Outside> = {
  kind: CANCEL_SAGA,
  version: 1,
  steps: [
    { name: 'wait', run: waitForWord },
    { name: RECALL_STEP, run: recallFromPartners },
    { name: 'cancel', run: carryOut, heavy: 'run' },
  ],
};
