import { EDIT_SAGA, type Edit } from '../../domains/edits/rules.ts';
import * as edits from '../../domains/edits/service.ts';
import { isCancellable, mayHappen } from '../../domains/orders/rules.ts';
import { sameAddress } from '../../domains/orders/schema.ts';
import type { Order } from '../../domains/orders/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { cutBySpans } from '../../kernel/units.ts';
import { next, type Saga, type SagaDefinition, type StepResult } from '../../platform/saga.ts';
import { sagasOf } from '../../platform/saga-rows.ts';
import { allocate } from '../allocate-order.ts';
import type { Outside } from '../outside.ts';
import { recall, requestsFor } from '../partners/at-partners.ts';
import { isBeyondReturn } from '../surplus.ts';
import { waitForUndo } from '../wait-for-undo.ts';
import { orderOf, type World, wake } from '../world.ts';
import { applyEdit, endEdit } from './apply-edit.ts';
import { authorizeEdit } from './authorize-edit.ts';
import { type EditSupply, planSupply } from './supply-edit.ts';

/**
 * Carries an edit out: when the seconds to undo it are over, partners have given back what goes, and what it costs more is held. Until then
 * the order is as it was and only the units that are to come are promised. It changes exactly what was shown, or nothing.
 */

/** The end of a partner's request wakes it; this is for a lost wake. */
const RECALL_POLL_MS = 60_000;

/** The edit that this saga carries, as long as it waits. */
export const editOf = (world: World, saga: Saga): Edit | undefined => edits.waiting(world.edits, saga.orderId);

/** Units that a partner may send at any moment are asked back first: only the partner knows whether they have left. */
function recallFromPartners(world: World, saga: Saga, ctx: Ctx): StepResult {
  const edit = editOf(world, saga);
  const requests = edit ? requestsFor(world, saga.orderId, edit.plan.removed) : [];
  if (requests.length === 0) return next;
  for (const request of requests) {
    recall(world, request, 'order_cancelled');
    const own = sagasOf(world.sagas, saga.orderId).find((candidate) => candidate.state.requestId === request.id);
    if (own) wake(world, own, ctx);
  }
  return { kind: 'wait', until: new Date(ctx.now.getTime() + RECALL_POLL_MS) };
}

/** Why an edit cannot be carried out any more, for a person; null where it can. */
export function staleBecause(world: World, order: Order, edit: Edit): string | null {
  const allowed = mayHappen(order.row.status, 'edit');
  if (!allowed.allowed) return allowed.why;
  const { removed, shipTo, added } = edit.plan;
  const there = removed.every((range) =>
    cutBySpans(
      order.spans.filter((span) => span.lineId === range.lineId),
      range,
    ).every((part) => isCancellable(part.span)),
  );
  if (!there) return 'Units that were to go have been packed, or are cancelled.';
  if (shipTo && order.spans.some((span) => span.state === 'allocated') && !sameAddress(order.row.shipTo as never, shipTo))
    return 'Units were set aside for the address as it is.';
  if (isBeyondReturn(world, order, edit.removedMinor - edit.addedMinor))
    return 'More money went back meanwhile than what stays is worth.';
  if (added.length === 0) return null;
  const supply = supplyOf(world, order, edit);
  return typeof supply === 'string' ? supply : null;
}

function supplyOf(world: World, order: Order, edit: Edit): EditSupply | string {
  try {
    return planSupply(world, order, edit.plan.added, edit.held);
  } catch (error) {
    if (error instanceof DomainError) return error.detail;
    throw error;
  }
}

/** Ends an edit that the order has outrun, and tells whoever looks after it. */
export function dropEdit(world: World, order: Order, edit: Edit, why: string, ctx: Ctx): void {
  const body = `The edit was not carried out: the order changed before it could be. ${why} The order stays as it is.`;
  world.orders.notes.push({ id: newId(), order_id: order.row.id, body, actor: 'system:saga', at: ctx.now });
  endEdit(world, order, edit, 'dropped', why, ctx);
}

function apply(world: World, saga: Saga, ctx: Ctx): StepResult {
  const edit = editOf(world, saga);
  if (!edit) return next;
  const order = orderOf(world, saga.orderId);
  // It is the person's deed, though a worker does it.
  const own: Ctx = { ...ctx, actor: saga.actor };
  const stale = staleBecause(world, order, edit);
  const supply = supplyOf(world, order, edit);
  if (stale !== null || typeof supply === 'string') {
    dropEdit(world, order, edit, stale ?? String(supply), own);
    return next;
  }
  saga.state = { ...saga.state, applied: true, queued: true };
  applyEdit(world, order, edit, supply, own);
  return next;
}

/** Taken back by an operator before it was applied. */
function withdraw(world: World, saga: Saga, ctx: Ctx): StepResult {
  const edit = editOf(world, saga);
  if (edit) endEdit(world, orderOf(world, saga.orderId), edit, 'withdrawn', 'It was taken back.', ctx);
  return next;
}

export const editSaga: SagaDefinition<World, Outside> = {
  kind: EDIT_SAGA,
  version: 1,
  irreversible: 'apply',
  steps: [
    { name: 'wait', run: waitForUndo, undo: withdraw, heavy: 'undo' },
    { name: 'recall', run: recallFromPartners },
    { name: 'authorize', run: authorizeEdit({ editOf, staleBecause, dropEdit }), heavy: 'run' },
    { name: 'apply', run: apply, heavy: 'run' },
    { name: 'allocate', run: allocate, heavy: 'run' },
  ],
};
