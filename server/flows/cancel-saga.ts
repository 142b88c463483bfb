import type { CancelReason } from '../domains/orders/schema.ts';
import type { Order } from '../domains/orders/service.ts';
import type { Ctx } from '../kernel/context.ts';
import { DomainError } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import { cutBySpans, joinRanges, type UnitRange } from '../kernel/units.ts';
import { audit } from '../platform/outbox.ts';
import { next, type Saga, type SagaDefinition, type StepResult } from '../platform/saga.ts';
import { sagasOf } from '../platform/saga-rows.ts';
import { CANCEL_SAGA } from './cancel-intent.ts';
import { type CancelPreview, carryOutCancel, previewCancel, saidWhy } from './cancel-plan.ts';
import type { Outside } from './outside.ts';
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
}

function carryOut(world: World, saga: Saga, ctx: Ctx): StepResult {
  const order = orderOf(world, saga.orderId);
  const wish = saga.state as unknown as Wish;
  // It is the person's deed, though a worker does it.
  const own: Ctx = { ...ctx, actor: saga.actor };
  if (!isCancelled(order, wish.ranges)) {
    const plan = planOf(world, order, wish);
    if (typeof plan === 'string') drop(world, order, wish, plan, own);
    else carryOutCancel(world, order, plan, { reason: wish.reason, note: wish.note ?? undefined }, own);
  }
  wakeAllocation(world, saga.orderId, ctx);
  return next;
}

/** The plan as it is now, or the sentence that says why it is not the one that was shown. */
function planOf(world: World, order: Order, wish: Wish): CancelPreview | string {
  try {
    const input = { orderId: order.row.id, reason: wish.reason, ...(wish.selection ? { units: [...wish.selection] } : {}) };
    const plan = previewCancel(world, order, input);
    const shown = JSON.stringify(joinRanges(wish.ranges));
    return JSON.stringify(joinRanges(plan.units)) === shown ? plan : 'Other units are left to cancel than those that were shown.';
  } catch (error) {
    if (error instanceof DomainError) return error.detail;
    throw error;
  }
}

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
    { name: 'wait', run: waitForUndo },
    { name: 'cancel', run: carryOut, heavy: 'run' },
  ],
};
