import type { Edit, EditStatus } from '../../domains/edits/rules.ts';
import * as edits from '../../domains/edits/service.ts';
import * as inventory from '../../domains/inventory/service.ts';
import { chart } from '../../domains/ledger/schema.ts';
import type { Line } from '../../domains/orders/rules.ts';
import type { Order } from '../../domains/orders/service.ts';
import * as orders from '../../domains/orders/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { newId } from '../../kernel/ids.ts';
import { moneyStep } from '../../kernel/money.ts';
import { unitsIn } from '../../kernel/units.ts';
import { audit } from '../../platform/outbox.ts';
import { queueBeyond, tellBackordered } from '../backorders/sell-beyond-stock.ts';
import { wakeAllocation } from '../cancel-saga.ts';
import { takeUnitsAway } from '../give-up.ts';
import { paidTooMuch, returnSurplus } from '../surplus.ts';
import { postFor, settleOrder, tell, type World } from '../world.ts';
import { type EditSupply, holding } from './supply-edit.ts';

/**
 * Applies an edit to its locked order, in one transaction: new lines with their units promised, units that go given back, the sale of the ones
 * and the cancellation of the others posted, and whatever was paid too much on its way back as one refund. Returns the new lines' ids.
 */
export function applyEdit(world: World, order: Order, edit: Edit, supply: EditSupply, ctx: Ctx): string[] {
  const { plan } = edit;
  const before = { totalMinor: edit.beforeMinor, status: order.row.status };
  giveBack(world, order, edit, ctx);
  inventory.apply(world.inventory, supply.promises.movements, { order: order.row, reason: 'edited' }, ctx);
  const position = Math.max(...order.lines.map((line) => line.position));
  const lines = plan.added.map(
    ({ restores: _, ...line }, index): Line => ({
      ...line,
      moneyStep: Number(moneyStep(order.row.currency)),
      id: newId(),
      orderId: order.row.id,
      position: position + index + 1,
    }),
  );
  for (const line of lines) orders.addLine(order, line);
  queueBeyond(world, order, lines, supply.beyond, ctx);
  sell(world, order, edit.addedMinor, ctx);
  if (plan.removed.length > 0) takeUnitsAway(world, order, plan.removed, { reason: 'edited', actor: ctx.actor }, ctx);
  if (plan.shipTo) order.row.shipTo = plan.shipTo;
  if (plan.shipping) order.newShipping = plan.shipping;
  edit.plan = { ...plan, lineIds: lines.map((line) => line.id) };
  end(world, edit, 'applied', null, ctx);
  returnSurplus(world, order, paidTooMuch(world, order), edit.reason, ctx);
  settleOrder(world, order, 'edit', ctx);
  const { beforeMinor, afterMinor } = edit;
  const facts = {
    editId: edit.id,
    beforeMinor,
    afterMinor,
    netMinor: afterMinor - beforeMinor,
    added: lines.map(({ id, name, quantity }) => ({ lineId: id, name, quantity })),
    removed: unitsIn(plan.removed),
    ranges: plan.removed,
    shipping: plan.shipping !== null,
    readdressed: plan.shipTo !== null,
  };
  tell(world, order, 'order.edited', facts, ctx);
  if (supply.beyond.length > 0) tellBackordered(world, order, ctx);
  const after = { totalMinor: afterMinor, status: order.row.status, added: facts.added, removed: plan.removed };
  record(world, order, 'order.edited', before, after, edit.reason, ctx);
  wakeAllocation(world, order.row.id, ctx);
  return edit.plan.lineIds as string[];
}

/** The sale of what is added, as a confirmation posts it. */
function sell(world: World, order: Order, amountMinor: bigint, ctx: Ctx): void {
  if (amountMinor <= 0n) return;
  const { merchantId, currency, id: orderId } = order.row;
  const debit = chart.receivable(merchantId, currency).code;
  const credit = chart.merchantPayable(merchantId, currency).code;
  const sale = {
    id: newId(),
    kind: 'sale',
    phase: 'single',
    debit,
    credit,
    amountMinor,
    currency,
    orderId,
    paymentId: null,
  } as const;
  postFor(world, order, [sale], ctx);
}

/** Gives back what is promised for an edit that waits. */
function giveBack(world: World, order: Order, edit: Edit, ctx: Ctx): void {
  if (edit.held.length === 0) return;
  inventory.apply(world.inventory, holding(edit.held, 'release'), { order: order.row, reason: 'edit' }, ctx);
  edit.held = [];
}

function end(world: World, edit: Edit, status: EditStatus, why: string | null, ctx: Ctx): void {
  edit.status = status;
  edit.why = why;
  edit.settledAt = ctx.now;
  edits.changed(world.edits, edit);
}

/** Ends an edit that came to nothing: the order stays as it is, and what was promised for it is anybody's again. */
export function endEdit(
  world: World,
  order: Order,
  edit: Edit,
  how: Exclude<EditStatus, 'waiting' | 'applied'>,
  why: string,
  ctx: Ctx,
): void {
  giveBack(world, order, edit, ctx);
  end(world, edit, how, why, ctx);
  settleOrder(world, order, null, ctx);
  tell(world, order, 'order.edit_ended', { editId: edit.id, how, why }, ctx);
  record(world, order, 'order.edit_ended', { editId: edit.id }, { how, why }, edit.reason, ctx);
  wakeAllocation(world, order.row.id, ctx);
}

export function record(
  world: World,
  order: Order,
  action: string,
  before: Record<string, unknown>,
  after: Record<string, unknown>,
  reason: string | null,
  ctx: Ctx,
): void {
  const { id: entityId, merchantId } = order.row;
  audit(world.outbox, { action, entity: 'order', entityId, merchantId, before, after, reason }, ctx);
}
