import type { Edit } from '../../domains/edits/rules.ts';
import * as edits from '../../domains/edits/service.ts';
import * as inventory from '../../domains/inventory/service.ts';
import type { EditLinesInput } from '../../domains/orders/schema.ts';
import type { Order } from '../../domains/orders/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { newId } from '../../kernel/ids.ts';
import { UNDO_WINDOW_MS } from '../../kernel/undo.ts';
import type { Request, Verb } from '../../platform/verb.ts';
import { checkFingerprint } from '../fingerprint.ts';
import { begin, orderOf, tell, writeWorld } from '../world.ts';
import { applyEdit, record } from './apply-edit.ts';
import { editSaga } from './edit-saga.ts';
import { type EditWorld, lockEditing } from './edit-world.ts';
import { type PlannedEdit, planEdit } from './plan-edit.ts';
import { type EditPreview, moneyMoves, previewEdit } from './preview-edit.ts';
import { type EditSupply, holding, holdOf, planSupply } from './supply-edit.ts';

/**
 * Changes what an order is before its goods leave: lines come, units go, another delivery or address, as one plan. What stays keeps its price;
 * the difference settles as one amount. Where more has to be held first the order stays as it is until it is, and what is to come is promised.
 */
export interface EditedLines {
  readonly orderId: string;
  readonly number: string;
  readonly status: string;
  readonly editId: string;
  readonly editStatus: Edit['status'];
  readonly netMinor: number;
  readonly dueMinor: number;
  /** What the order is worth: now, and once it is applied. */
  readonly beforeMinor: number;
  readonly afterMinor: number;
  readonly currency: string;
  /** ISO time until which it waits and can be undone; null where it does not. */
  readonly undoUntil: string | null;
}

interface Planned {
  readonly plan: PlannedEdit;
  readonly supply: EditSupply;
  readonly preview: EditPreview;
}

/** Plans, prices and promises on paper; nothing is changed. */
export function planLines(world: EditWorld, order: Order, input: EditLinesInput, now: Date): Planned {
  const plan = planEdit(world, order, input, now);
  const supply = planSupply(world, order, plan.added);
  return { plan, supply, preview: previewEdit(world, order, plan, supply, now) };
}

function decide(world: EditWorld, { input, ctx }: Request<EditLinesInput>): EditedLines {
  const order = orderOf(world, input.orderId);
  const { plan, supply, preview } = planLines(world, order, input, ctx.now);
  checkFingerprint(input.fingerprint, preview);
  const edit = newEdit(order, plan, input, ctx);
  edits.add(world.edits, edit);
  const waits = input.undoable === true || preview.dueMinor > 0 || preview.awaitsPartner || moneyMoves(world, order);
  const undoUntil = input.undoable ? new Date(ctx.now.getTime() + UNDO_WINDOW_MS) : null;
  if (waits) {
    hold(world, order, edit, supply, ctx);
    const { netMinor, dueMinor } = preview;
    const until = undoUntil?.toISOString() ?? null;
    tell(world, order, 'order.edit_requested', { editId: edit.id, netMinor, dueMinor, undoUntil: until }, ctx);
    const after = { netMinor, dueMinor, removed: plan.removed, added: preview.added, undoUntil: until };
    record(world, order, 'order.edit_requested', {}, after, edit.reason, ctx);
  } else applyEdit(world, order, edit, supply, ctx);
  const comes = plan.added.some((line) => line.stocked);
  const state = { editId: edit.id, ...(waits ? {} : { applied: true, queued: true }) };
  if (waits || comes)
    begin(
      world,
      editSaga,
      order,
      undoUntil ? { state: { ...state, undoUntil: undoUntil.toISOString() }, notBefore: undoUntil } : { state },
      ctx,
    );
  const { id: orderId, number, status, currency } = order.row;
  const { netMinor, dueMinor, beforeMinor, afterMinor } = preview;
  const outcome = { editId: edit.id, editStatus: edit.status, netMinor, dueMinor, beforeMinor, afterMinor, currency };
  return { orderId, number, status, ...outcome, undoUntil: undoUntil?.toISOString() ?? null };
}

/** Promises what is in stock of what is to come, so that nobody else buys it while the edit waits. */
function hold(world: EditWorld, order: Order, edit: Edit, supply: EditSupply, ctx: Ctx): void {
  edit.held = holdOf(supply);
  inventory.apply(world.inventory, holding(edit.held, 'promise'), { order: order.row, reason: 'edit' }, ctx);
}

function newEdit(order: Order, plan: PlannedEdit, input: EditLinesInput, ctx: Ctx): Edit {
  const { id: orderId, home, merchantId, channel, currency } = order.row;
  const { removed, added, shipping, shipTo, beforeMinor, afterMinor, addedMinor, removedMinor } = plan;
  return {
    id: newId(),
    ...{ home, merchantId, orderId, channel, currency, beforeMinor, afterMinor, addedMinor, removedMinor },
    reason: input.reason ?? null,
    requestedBy: ctx.actor,
    requestedAt: ctx.now,
    plan: { removed, added, shipping, shipTo },
    status: 'waiting',
    held: [],
    why: null,
    payUntil: null,
    settledAt: null,
    version: 1n,
  };
}

export const editLines: Verb<EditLinesInput, EditWorld, EditedLines> = {
  name: 'edit-lines',
  lock: (tx, requests) =>
    lockEditing(
      tx,
      requests.map((request) => request.input),
      (requests[0] as Request<EditLinesInput>).ctx,
      { refunds: requests.length },
    ),
  decide,
  write: writeWorld,
};
