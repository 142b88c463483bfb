import type { Tx } from '../../platform/db.ts';
import type { Entry, OrderChange, UnitId } from './history.ts';
import { unitId } from './order-state.ts';

/** A change that a saga made carries the trace of the request that began the saga, and another actor. */
export const operationOf = (row: { readonly actor: string; readonly trace: string }): string | null =>
  row.actor.startsWith('system:') ? null : row.trace;

/** What an order's events say, in the words of the order's model; of what they only name, from the tables that keep it for good. */
interface EventRow {
  readonly id: string;
  readonly version: bigint;
  readonly type: string;
  readonly data: EventData;
  readonly tx: string;
  readonly actor: string;
  readonly trace: string;
}

interface EventData {
  readonly shipmentId?: string;
  readonly refundId?: string;
  readonly amountMinor?: number;
  readonly valueMinor?: number;
  readonly kind?: string;
  readonly reason?: string;
  readonly ranges?: readonly { readonly lineId: string; readonly from: number; readonly to: number }[];
}

interface LineRow {
  readonly orderId: string;
  readonly id: string;
  readonly sku: string;
  readonly quantity: number;
  readonly netMinor: bigint;
  readonly discountMinor: bigint;
}

interface RangeRow {
  readonly of: string;
  readonly line: string;
  readonly from: number;
  readonly to: number;
}

interface Kept {
  readonly lines: ReadonlyMap<string, readonly LineRow[]>;
  readonly parcels: ReadonlyMap<string, readonly RangeRow[]>;
  readonly refunds: ReadonlyMap<string, readonly RangeRow[]>;
  /** Units allocated, by transaction and order, then by SKU. */
  readonly allocated: ReadonlyMap<string, readonly { readonly sku: string; readonly units: bigint }[]>;
}

const EVENTS = `
  SELECT aggregate_id AS id, aggregate_version AS version, type, data, xid::text AS tx, actor, trace_id AS trace
  FROM events WHERE aggregate = 'order'`;
const LINES = `
  SELECT order_id AS "orderId", id, sku_code AS sku, quantity, net_minor AS "netMinor", discount_minor AS "discountMinor"
  FROM order_lines ORDER BY order_id, position`;
const PARCELS = 'SELECT shipment_id AS of, line_id AS line, from_unit AS "from", to_unit AS "to" FROM shipment_lines';
const REFUNDS = 'SELECT refund_id AS of, line_id AS line, from_unit AS "from", to_unit AS "to" FROM refund_lines';
const ALLOCATED = `
  SELECT m.xid::text || ' ' || m.order_id AS at, k.code AS sku, sum(m.allocated_delta)::int8 AS units
  FROM stock_movements m JOIN skus k ON k.id = m.sku_id WHERE m.kind = 'allocate' GROUP BY 1, 2`;

export async function readOrderEntries(tx: Tx): Promise<Entry<OrderChange>[]> {
  const { rows: lines } = await tx.query<LineRow>(LINES);
  const { rows: parcels } = await tx.query<RangeRow>(PARCELS);
  const { rows: refunds } = await tx.query<RangeRow>(REFUNDS);
  const { rows: allocated } = await tx.query<{ at: string; sku: string; units: bigint }>(ALLOCATED);
  const kept: Kept = {
    lines: Map.groupBy(lines, (line) => line.orderId),
    parcels: Map.groupBy(parcels, (range) => range.of),
    refunds: Map.groupBy(refunds, (range) => range.of),
    allocated: Map.groupBy(allocated, (row) => row.at),
  };
  const { rows } = await tx.query<EventRow>(EVENTS);
  return rows.map((row) => ({
    object: `order:${row.id}`,
    version: Number(row.version),
    tx: row.tx,
    operation: operationOf(row),
    change: changeOf(row, kept),
  }));
}

function changeOf(row: EventRow, kept: Kept): OrderChange {
  const { shipmentId = '', refundId = '', amountMinor = 0, valueMinor = 0, kind, reason, ranges = [] } = row.data;
  switch (row.type) {
    case 'order.placed':
      return { type: 'placed', lines: (kept.lines.get(row.id) ?? []).map(lineOf) };
    case 'order.confirmed':
      return { type: 'confirmed' };
    case 'order.allocated':
      return { type: 'allocated', units: allocatedUnits(row, kept) };
    case 'order.cancelled':
    case 'order.units_cancelled':
      return {
        type: 'cancelled',
        units: unitsOf(ranges.map(({ lineId, ...range }) => ({ ...range, line: lineId }))),
        valueMinor,
      };
    case 'shipment.created':
      return { type: 'packed', shipment: shipmentId, units: unitsOf(kept.parcels.get(shipmentId) ?? []), valueMinor };
    case 'shipment.cancelled':
      return { type: 'unpacked', shipment: shipmentId };
    case 'shipment.shipped':
      return { type: 'left', shipment: shipmentId };
    case 'payment.captured':
      return { type: 'captured', amountMinor };
    case 'refund.requested': {
      const why = kind === 'goodwill' ? 'goodwill' : reason === 'cancelled' ? 'cancelled' : 'other';
      return { type: 'refund asked', refund: refundId, why, amountMinor, units: unitsOf(kept.refunds.get(refundId) ?? []) };
    }
    case 'payment.refunded':
      return { type: 'refund paid', refund: refundId, amountMinor };
    case 'order.refunded':
    case 'payment.refund_failed':
      return { type: 'refund over', refund: refundId };
    case 'order.held':
      return { type: 'held' };
    case 'order.released':
      return { type: 'released' };
    default:
      return { type: 'told' };
  }
}

const lineOf = ({ id, sku, quantity, netMinor, discountMinor }: LineRow) => ({
  id,
  sku,
  quantity,
  netMinor: Number(netMinor),
  discountMinor: Number(discountMinor),
});

const unitsOf = (ranges: readonly Omit<RangeRow, 'of'>[]): UnitId[] =>
  ranges.flatMap(({ line, from, to }) => Array.from({ length: to - from + 1 }, (_, index) => unitId(line, from + index)));

/** An order of these runs has one line of a SKU, so that what its movements say of the SKU is said of the line. */
function allocatedUnits(row: EventRow, kept: Kept): Record<string, number> {
  const lines = kept.lines.get(row.id) ?? [];
  const moved = kept.allocated.get(`${row.tx} ${row.id}`) ?? [];
  return Object.fromEntries(
    moved.map(({ sku, units }) => [lines.find((line) => line.sku === sku)?.id ?? `no line of ${sku}`, Number(units)]),
  );
}
