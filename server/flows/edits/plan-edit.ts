import { type AddedLine, type EditPlan, restorable } from '../../domains/edits/rules.ts';
import * as edits from '../../domains/edits/service.ts';
import {
  isCancellable,
  isReplacement,
  isWaiting,
  type Line,
  mayChangeAddress,
  mayEdit,
  selectUnits,
} from '../../domains/orders/rules.ts';
import type { EditChange, EditLinesInput } from '../../domains/orders/schema.ts';
import type { Order } from '../../domains/orders/service.ts';
import * as orders from '../../domains/orders/service.ts';
import { DomainError } from '../../kernel/errors.ts';
import { changeSpans, type Span, type UnitRange, unitsIn, worthOf } from '../../kernel/units.ts';
import { cancelIntent } from '../cancel-intent.ts';
import { totalOf } from '../price-order.ts';
import { editSagaOf } from './edit-intent.ts';
import type { EditWorld } from './edit-world.ts';
import { priceAdded, priceDelivery, termsOf, type WantedGood } from './price-edit.ts';

/**
 * What a list of changes comes to: units that go, lines that come. What stays keeps its line, its price and its share of every discount. What
 * goes and comes again in one edit stays.
 */
export interface PlannedEdit extends EditPlan {
  readonly addedMinor: bigint;
  readonly removedMinor: bigint;
  /** Live units' worth now and after it. */
  readonly beforeMinor: bigint;
  readonly afterMinor: bigint;
}

const NOTHING_LEFT = 'Nothing would be left to send. Cancel what is left instead.';

interface Wanted {
  /** Units to take away, by line. */
  readonly remove: Map<string, number>;
  readonly add: WantedGood[];
  readonly shipping: Extract<EditChange, { change: 'shipping' }> | null;
  readonly address: Extract<EditChange, { change: 'address' }> | null;
}

/** Plans the changes on a locked order. Throws what refuses them; nothing is changed. */
export function planEdit(world: EditWorld, order: Order, input: EditLinesInput, now: Date): PlannedEdit {
  const editing = edits.waiting(world.edits, order.row.id) !== undefined || editSagaOf(world, order.row.id) !== undefined;
  const facts = { ...orders.facts(order), cancelling: cancelIntent(world, order.row.id) !== undefined, editing };
  const allowed = mayEdit(facts);
  if (!allowed.allowed) throw new DomainError('state_refuses', allowed.why);
  const wanted = readChanges(order, input.changes);
  const terms = termsOf(world, order);
  const shipTo = wanted.address ? newAddress(order, wanted.address.address, terms.country) : null;
  const selection = [...wanted.remove].flatMap(([lineId, quantity]) => (quantity > 0 ? [{ lineId, quantity }] : []));
  const goods = selection.length > 0 ? selectUnits(facts, selection, isCancellable, 'taken away') : [];
  const added = priceAdded(world, order, terms, wanted.add, restorable(edits.ofOrder(world.edits, order.row.id)));
  if (added.length > 0) demandOpenCounter(world, order);
  const delivery = wanted.shipping
    ? priceDelivery(world, order, terms, wanted.shipping, { removed: goods, added, shipTo }, now)
    : null;
  const removed = [...goods, ...(delivery?.removed ?? [])];
  const all = [...added, ...(delivery ? [delivery.line] : [])];
  if (removed.length === 0 && all.length === 0 && !shipTo)
    throw new DomainError('invalid_request', 'This would change nothing.', { field: 'changes' });
  demandSomethingLeft(order, removed, all);
  const { totalMinor, cancelledMinor } = order.row;
  const [addedMinor, removedMinor] = [totalOf(all), worthOf(order.lines, removed).totalMinor];
  const beforeMinor = totalMinor - cancelledMinor;
  const afterMinor = beforeMinor + addedMinor - removedMinor;
  return { removed, added: all, shipping: delivery?.shipping ?? null, shipTo, addedMinor, removedMinor, beforeMinor, afterMinor };
}

const lineOf = (order: Order, lineId: string): Line => {
  const line = order.lines.find((candidate) => candidate.id === lineId);
  if (!line) throw new DomainError('not_found', 'The order has no such line.');
  if (isReplacement(order.lines, lineId))
    throw new DomainError('state_refuses', `${line.name} is sent in place of other units, at no charge. Cancel it instead.`);
  return line;
};

const spansOf = (order: Order, lineId: string, which: (span: Span) => boolean): Span[] =>
  order.spans.filter((span) => span.lineId === lineId && which(span));

function readChanges(order: Order, changes: readonly EditChange[]): Wanted {
  const remove = new Map<string, number>();
  const add: WantedGood[] = [];
  const takeAway = (lineId: string, units: number): void => void remove.set(lineId, (remove.get(lineId) ?? 0) + units);
  for (const change of changes) {
    if (change.change === 'add') add.push(change);
    if (change.change === 'remove') {
      const line = lineOf(order, change.lineId);
      const free = unitsIn(spansOf(order, line.id, isCancellable));
      if (free === 0) throw new DomainError('state_refuses', `No unit of ${line.name} is left that could be taken away.`);
      takeAway(line.id, change.quantity ?? free);
    }
    if (change.change !== 'quantity') continue;
    const line = lineOf(order, change.lineId);
    const more = change.quantity - unitsIn(spansOf(order, line.id, (span) => span.state !== 'cancelled'));
    if (more < 0) takeAway(line.id, -more);
    if (more > 0 && !line.skuCode)
      throw new DomainError('invalid_request', `There cannot be more of ${line.name}.`, { field: 'quantity' });
    if (more > 0 && line.skuCode) add.push({ sku: line.skuCode, quantity: more });
  }
  const one = <C extends EditChange['change']>(of: C): Extract<EditChange, { change: C }> | null => {
    const [first, ...more] = changes.filter((change) => change.change === of);
    if (more.length > 0) throw new DomainError('invalid_request', `Send one change of the ${of}.`, { field: 'changes' });
    return (first as Extract<EditChange, { change: C }> | undefined) ?? null;
  };
  return { remove, add: netted(order, remove, add), shipping: one('shipping'), address: one('address') };
}

/** What goes and comes at no price of its own stays where it is. Lowers both sides; returns what is left to add. */
function netted(order: Order, remove: Map<string, number>, add: readonly WantedGood[]): WantedGood[] {
  return add.flatMap((good) => {
    let quantity = good.quantity;
    if (good.unitPrice !== undefined || good.discountMinor !== undefined) return [good];
    for (const [lineId, units] of remove) {
      if (order.lines.find((line) => line.id === lineId)?.skuCode !== good.sku) continue;
      const both = Math.min(units, quantity);
      remove.set(lineId, units - both);
      quantity -= both;
    }
    return quantity > 0 ? [{ ...good, quantity }] : [];
  });
}

/** Another address by the rules of any change of address: its tax is that of a country, and no unit lies where this one chose. */
function newAddress(order: Order, address: { readonly country: string }, taxed: string): Readonly<Record<string, unknown>> {
  const allowed = mayChangeAddress(orders.facts(order));
  if (!allowed.allowed) throw new DomainError('state_refuses', allowed.why);
  if (address.country !== taxed)
    throw new DomainError(
      'state_refuses',
      `This order’s tax is that of ${taxed}. For ${address.country} it may be another: cancel the order, and place it again with the new address.`,
      { field: 'country' },
    );
  return address as unknown as Readonly<Record<string, unknown>>;
}

/** What waits at the counter is not added to. */
function demandOpenCounter(world: EditWorld, order: Order): void {
  const pickup = world.pickups.byOrder.get(order.row.id);
  if (pickup && pickup.status !== 'waiting')
    throw new DomainError('state_refuses', 'The order waits at the counter already. Place a new order for what is to be added.');
}

/** An edit leaves something to send: whoever wants nothing any more cancels. */
function demandSomethingLeft(order: Order, removed: readonly UnitRange[], added: readonly AddedLine[]): void {
  const stocked = new Set(order.lines.filter((line) => line.stocked).map((line) => line.id));
  const waits = changeSpans(order.spans, removed, () => ({ state: 'cancelled' })).filter(isWaiting);
  const goods = waits.some((span) => stocked.has(span.lineId)) || added.some((line) => line.stocked);
  const left = stocked.size > 0 ? goods : waits.length > 0 || added.length > 0;
  if (!left) throw new DomainError('state_refuses', NOTHING_LEFT);
}
