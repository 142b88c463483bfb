import type { CancelFacts } from '../../kernel/cancel-policy.ts';
import type { Ctx } from '../../kernel/context.ts';
import { newId } from '../../kernel/ids.ts';
import type { Span, UnitRange } from '../../kernel/units.ts';
import { changeSpans } from '../../kernel/units.ts';
import type { PaymentStatus } from '../../kernel/vocabulary.ts';
import type { Tx } from '../../platform/db.ts';
import { lockStep } from '../../platform/locks.ts';
import { together } from '../../platform/together.ts';
import { type CancellationFee, dropFees, insertFees } from './fee-store.ts';
import {
  deriveFulfilment,
  deriveStatus,
  isFinished,
  type Line,
  ORDER_TRANSITIONS,
  type OrderEvent,
  type OrderFacts,
} from './rules.ts';
import {
  insertLines,
  insertNotes,
  insertOrders,
  insertSpans,
  lockOrders,
  type NewShipping,
  type OrderRow,
  readLines,
  readSpans,
  replaceSpans,
  updateOrders,
  updateShipping,
  updateSpans,
} from './store.ts';

export { readFees } from './fee-store.ts';
export {
  type AttemptState,
  type FoundOrder,
  findAttempts,
  findByExternalId,
  findExternalIds,
  readWaiting,
} from './found-store.ts';
export { findMerchants, type OrderRow } from './store.ts';

/** An order under its lock: the row, its lines and its spans. */
export interface Order {
  readonly row: OrderRow;
  lines: readonly Line[];
  spans: Span[];
  /** The spans as they were locked. */
  readonly lockedSpans: readonly Span[];
  readonly isNew: boolean;
  dirty: boolean;
  readonly dirtyLines: Set<string>;
  /** Lines that were added to an order that exists. */
  readonly newLines: Line[];
  /** How it is sent from now on, where that changed. */
  newShipping?: NewShipping;
}

export interface OrdersState {
  readonly byId: Map<string, Order>;
  readonly notes: { id: string; order_id: string; body: string; actor: string; at: Date }[];
  readonly fees: (CancellationFee & { readonly id: string; readonly actor: string; readonly at: Date })[];
  /** What of orders' fees is dropped. */
  readonly dropped: { readonly orderId: string; readonly amountMinor: bigint; readonly at: Date }[];
}

/** Locks orders and reads their lines and spans. An id without an order is left out. */
export async function lock(tx: Tx, ids: readonly string[]): Promise<OrdersState> {
  const state: OrdersState = { byId: new Map(), notes: [], fees: [], dropped: [] };
  if (ids.length === 0) return state;
  lockStep(tx, 'orders');
  const rows = await lockOrders(tx, ids);
  if (rows.length === 0) return state;
  const found = rows.map((row) => row.id);
  const lines = Map.groupBy(await readLines(tx, found), (line) => line.orderId);
  const spans = Map.groupBy(await readSpans(tx, found), (span) => span.orderId);
  for (const row of rows) {
    const own = (spans.get(row.id) ?? []).map(({ orderId: _, ...span }): Span => span);
    state.byId.set(row.id, {
      row,
      lines: lines.get(row.id) ?? [],
      spans: own,
      lockedSpans: own,
      isNew: false,
      dirty: false,
      dirtyLines: new Set(),
      newLines: [],
    });
  }
  return state;
}

/** Adds a new order to the locked state; it is written with the rest. Every line starts as one open span. */
export function add(state: OrdersState, row: OrderRow, lines: readonly Line[]): Order {
  const spans = lines.map(openSpan);
  const order: Order = { row, lines, spans, lockedSpans: [], isNew: true, dirty: true, dirtyLines: new Set(), newLines: [] };
  state.byId.set(row.id, order);
  return order;
}

function openSpan(line: Line): Span {
  return { lineId: line.id, from: 1, to: line.quantity, state: 'open', nodeId: null, shipmentId: null, refundId: null };
}

/** Adds a line to a locked order: an order that was placed changes by new lines and cancelled units only. Its total is that of its lines. */
export function addLine(order: Order, line: Line): void {
  order.row.totalMinor += line.totalMinor;
  order.lines = [...order.lines, line];
  order.spans = [...order.spans, openSpan(line)];
  order.newLines.push(line);
  order.dirtyLines.add(line.id);
  order.dirty = true;
}

/** What an order still costs in all, in minor units: its total, less what was cancelled of it, and what was kept of that. */
export function costMinor({ row }: Pick<Order, 'row'>): bigint {
  return row.totalMinor - row.cancelledMinor + row.cancellationFeeMinor;
}

/** Keeps a part of what was cancelled of a locked order, or notes that it was waived. */
export function keepFee(state: OrdersState, order: Order, fee: CancellationFee, ctx: Ctx): void {
  order.row.cancellationFeeMinor += fee.amountMinor;
  order.dirty = true;
  state.fees.push({ ...fee, id: newId(), actor: ctx.actor, at: ctx.now });
}

/** Gives up what nobody could be made to pay. */
export function dropFee(state: OrdersState, order: Order, amountMinor: bigint, ctx: Ctx): void {
  order.row.cancellationFeeMinor -= amountMinor;
  order.dirty = true;
  state.dropped.push({ orderId: order.row.id, amountMinor, at: ctx.now });
}

/** What the rules want to know of a locked order. */
export function facts(order: Order): OrderFacts & CancelFacts {
  return {
    status: order.row.status,
    confirmed: order.row.confirmedAt !== null,
    holds: order.row.holds,
    capturedMinor: order.row.capturedMinor,
    refundedMinor: order.row.refundedMinor,
    goodwillMinor: order.row.goodwillMinor,
    lines: order.lines,
    spans: order.spans,
    placedAt: order.row.placedAt,
    currency: order.row.currency,
  };
}

/** Changes units of an order under its lock. */
export function change(order: Order, ranges: readonly UnitRange[], to: (span: Span) => Partial<Span>): void {
  order.spans = changeSpans(order.spans, ranges, to);
  for (const range of ranges) order.dirtyLines.add(range.lineId);
  order.dirty = true;
}

/**
 * Settles the derived columns after a change: status, fulfilment, payment status, finished. A status that the transition table does
 * not foresee for this event is a bug and ends the batch item.
 */
export function settle(
  order: Order,
  event: OrderEvent | null,
  now: {
    paymentStatus: PaymentStatus;
    moves: boolean /** Whether all that waits to come was ordered ahead. */;
    preordered?: boolean;
  },
  ctx: Ctx,
): void {
  const row = order.row;
  const status = deriveStatus(facts(order));
  if (event && status !== row.status) {
    const allowed: readonly string[] | string = ORDER_TRANSITIONS[row.status][event];
    if (typeof allowed === 'string' || !allowed.includes(status))
      throw new Error(`Order ${row.number}: ${event} led from ${row.status} to ${status}`);
  }
  row.status = status;
  row.fulfilmentStatus = deriveFulfilment(order.lines, order.spans, now.preordered);
  row.paymentStatus = now.paymentStatus;
  row.finishedAt = isFinished(status, row.paymentStatus, row.receivableMinor, now.moves) ? (row.finishedAt ?? ctx.now) : null;
  row.updatedAt = ctx.now;
  order.dirty = true;
}

/** Inserts new orders; updates those that changed, and the spans of the lines that did. */
export async function write(tx: Tx, state: OrdersState): Promise<void> {
  const orders = [...state.byId.values()];
  const fresh = orders.filter((order) => order.isNew);
  const changed = orders.filter((order) => !order.isNew && order.dirty);
  await together(
    insertOrders(
      tx,
      fresh.map((order) => order.row),
    ),
    insertLines(tx, [...fresh.flatMap((order) => order.lines), ...changed.flatMap((order) => order.newLines)]),
    insertSpans(tx, fresh.flatMap(spansOf)),
    updateOrders(
      tx,
      changed.map((order) => order.row),
    ),
    updateShipping(
      tx,
      changed.flatMap(({ row, newShipping }) => (newShipping ? [{ id: row.id, ...newShipping }] : [])),
    ),
    writeSpans(tx, changed),
    insertNotes(tx, state.notes),
    insertFees(tx, state.fees),
    ...state.dropped.map(({ orderId, amountMinor, at }) => dropFees(tx, orderId, amountMinor, at)),
  );
}

/**
 * Writes the spans of changed lines. Most changes leave the borders where they are, and a row that keeps its key is updated in place,
 * without touching an index; a split or a join moves borders, which are keys, and has the line's spans replaced.
 */
async function writeSpans(tx: Tx, changed: readonly Order[]): Promise<void> {
  const updated: Span[] = [];
  const replaced: string[] = [];
  const inserted: (Span & { orderId: string })[] = [];
  for (const order of changed) {
    if (order.dirtyLines.size === 0) continue;
    const before = Map.groupBy(order.lockedSpans, (span) => span.lineId);
    const after = Map.groupBy(order.spans, (span) => span.lineId);
    for (const lineId of order.dirtyLines) {
      const was = before.get(lineId) ?? [];
      const is = after.get(lineId) ?? [];
      if (is.length === was.length && is.every((span, index) => hasBordersOf(span, was[index] as Span))) updated.push(...is);
      else {
        replaced.push(lineId);
        inserted.push(...is.map((span) => ({ ...span, orderId: order.row.id })));
      }
    }
  }
  await together(updateSpans(tx, updated), replaceSpans(tx, replaced, inserted));
}

const hasBordersOf = (a: Span, b: Span): boolean => a.from === b.from && a.to === b.to;

function spansOf(order: Order): (Span & { orderId: string })[] {
  return order.spans.map((span) => ({ ...span, orderId: order.row.id }));
}
