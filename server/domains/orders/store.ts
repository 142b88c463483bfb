import type { Span } from '../../kernel/units.ts';
import type { FulfilmentStatus, Hold, OrderStatus, PaymentStatus } from '../../kernel/vocabulary.ts';
import type { Queryable, Tx } from '../../platform/db.ts';
import { insertRows, type TableSpec, updateRows } from '../../platform/rows.ts';
import { together } from '../../platform/together.ts';
import type { Line } from './rules.ts';

/** When the money of an order is taken, and from when its goods are set aside, each with the version of the policy that says so. */
export interface OrderTerms {
  readonly capture: { readonly version: number; readonly when: string } | null;
  readonly workFrom: { readonly version: number; readonly at: string } | null;
}

/** An order's row as it is locked. Sums in minor units. */
export interface OrderRow {
  readonly id: string;
  readonly home: string;
  readonly merchantId: string;
  readonly customerId: string | null;
  readonly number: string;
  readonly externalId: string | null;
  readonly channel: string;
  readonly currency: string;
  readonly customerName: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  shipTo: unknown;
  readonly billTo: unknown;
  readonly placedAt: Date;
  readonly expiresAt: Date | null;
  /** Of its lines, the cancelled units included. */
  totalMinor: bigint;
  /** Set at placement and read by views: the quote it names, how it is sent, and the days (2026-11-30) it is promised for. */
  readonly quoteId?: string | null;
  readonly shippingMethod?: string | null;
  readonly promisedFrom?: string | null;
  readonly promisedBy?: string | null;
  /** Nothing of it leaves before all of it can. */
  readonly shipTogether?: boolean;
  /** What the policies said when it was placed; null where they said nothing. */
  readonly terms?: OrderTerms | null;
  status: OrderStatus;
  paymentStatus: PaymentStatus;
  fulfilmentStatus: FulfilmentStatus;
  holds: Hold[];
  metadata: Readonly<Record<string, unknown>>;
  tags: string[];
  cancelledMinor: bigint;
  /** What is kept of what was cancelled. */
  cancellationFeeMinor: bigint;
  authorizedMinor: bigint;
  capturedMinor: bigint;
  refundedMinor: bigint;
  goodwillMinor: bigint;
  receivableMinor: bigint;
  cancellation: { reason: string; actor: string; at: string } | null;
  confirmedAt: Date | null;
  finishedAt: Date | null;
  updatedAt: Date;
  version: bigint;
}

const ORDERS: TableSpec = {
  table: 'orders',
  columns: {
    id: 'uuid',
    home: 'text',
    merchant_id: 'uuid',
    customer_id: 'uuid',
    number: 'text',
    external_id: 'text',
    channel: 'text',
    currency: 'text',
    status: 'text',
    payment_status: 'text',
    fulfilment_status: 'text',
    holds: 'text[]',
    total_minor: 'int8',
    cancelled_minor: 'int8',
    cancellation_fee_minor: 'int8',
    authorized_minor: 'int8',
    captured_minor: 'int8',
    refunded_minor: 'int8',
    goodwill_minor: 'int8',
    receivable_minor: 'int8',
    customer_name: 'text',
    email: 'text',
    phone: 'text',
    ship_to: 'jsonb',
    bill_to: 'jsonb',
    metadata: 'jsonb',
    tags: 'text[]',
    cancellation: 'jsonb',
    placed_at: 'timestamptz',
    confirmed_at: 'timestamptz',
    finished_at: 'timestamptz',
    expires_at: 'timestamptz',
    updated_at: 'timestamptz',
    quote_id: 'uuid',
    shipping_method: 'text',
    promised_from: 'date',
    promised_by: 'date',
    ship_together: 'bool',
    terms: 'jsonb',
    version: 'int8',
  },
};
const LINES: TableSpec = {
  table: 'order_lines',
  columns: {
    id: 'uuid',
    order_id: 'uuid',
    position: 'int4',
    kind: 'text',
    sku_id: 'uuid',
    sku_code: 'text',
    name: 'text',
    stocked: 'bool',
    quantity: 'int4',
    unit_price: 'numeric',
    net_minor: 'int8',
    discount_minor: 'int8',
    tax_minor: 'int8',
    total_minor: 'int8',
    tax_rate: 'numeric',
    money_step: 'int4',
    replaces_line_id: 'uuid',
    replaces_shipment_id: 'uuid',
    return_id: 'uuid',
  },
};
const SPANS: TableSpec = {
  table: 'line_spans',
  columns: {
    line_id: 'uuid',
    from_unit: 'int4',
    to_unit: 'int4',
    order_id: 'uuid',
    state: 'text',
    node_id: 'uuid',
    shipment_id: 'uuid',
    refund_id: 'uuid',
    return_id: 'uuid',
  },
};
const NOTES: TableSpec = {
  table: 'order_notes',
  columns: { id: 'uuid', order_id: 'uuid', body: 'text', actor: 'text', at: 'timestamptz' },
};

export async function lockOrders(tx: Tx, ids: readonly string[]): Promise<OrderRow[]> {
  const { rows } = await tx.query<OrderRow>({
    name: 'orders-lock',
    text: `SELECT id, home, merchant_id AS "merchantId", customer_id AS "customerId", number, external_id AS "externalId", channel, currency, status,
                  payment_status AS "paymentStatus", fulfilment_status AS "fulfilmentStatus", holds, total_minor AS "totalMinor",
                  cancelled_minor AS "cancelledMinor", cancellation_fee_minor AS "cancellationFeeMinor", authorized_minor AS "authorizedMinor", captured_minor AS "capturedMinor",
                  refunded_minor AS "refundedMinor", goodwill_minor AS "goodwillMinor", receivable_minor AS "receivableMinor",
                  customer_name AS "customerName", email, phone, ship_to AS "shipTo", bill_to AS "billTo", metadata, tags, cancellation,
                  placed_at AS "placedAt", confirmed_at AS "confirmedAt", finished_at AS "finishedAt", expires_at AS "expiresAt",
                  updated_at AS "updatedAt", ship_together AS "shipTogether", promised_by::text AS "promisedBy",
                  terms, version
           FROM orders WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE`,
    values: [ids],
  });
  return rows;
}

export async function readLines(tx: Tx, orderIds: readonly string[]): Promise<Line[]> {
  const { rows } = await tx.query<Line>({
    name: 'orders-lines',
    text: `SELECT id, order_id AS "orderId", position, kind, sku_id AS "skuId", sku_code AS "skuCode", name, stocked, quantity, unit_price AS "unitPrice",
                  net_minor AS "netMinor", discount_minor AS "discountMinor", tax_minor AS "taxMinor", total_minor AS "totalMinor", tax_rate AS "taxRate",
                  money_step AS "moneyStep", replaces_line_id AS "replacesLineId", replaces_shipment_id AS "replacesShipmentId", return_id AS "returnId"
           FROM order_lines WHERE order_id = ANY($1::uuid[]) ORDER BY order_id, position`,
    values: [orderIds],
  });
  return rows;
}

export async function readSpans(tx: Tx, orderIds: readonly string[]): Promise<(Span & { orderId: string })[]> {
  const { rows } = await tx.query<Span & { orderId: string }>({
    name: 'orders-spans',
    text: `SELECT line_id AS "lineId", from_unit AS "from", to_unit AS "to", order_id AS "orderId", state, node_id AS "nodeId",
                  shipment_id AS "shipmentId", refund_id AS "refundId", return_id AS "returnId"
           FROM line_spans WHERE order_id = ANY($1::uuid[]) ORDER BY line_id, from_unit`,
    values: [orderIds],
  });
  return rows;
}

export async function insertOrders(tx: Tx, orders: readonly OrderRow[]): Promise<void> {
  await insertRows(tx, ORDERS, orders.map(orderColumns));
}

const CHANGING = [
  'status',
  'payment_status',
  'fulfilment_status',
  'holds',
  'ship_to',
  'tags',
  'metadata',
  'total_minor',
  'cancelled_minor',
  'cancellation_fee_minor',
  'authorized_minor',
  'captured_minor',
  'refunded_minor',
  'goodwill_minor',
  'receivable_minor',
  'cancellation',
  'confirmed_at',
  'finished_at',
  'updated_at',
  'version',
] as const;

export async function updateOrders(tx: Tx, orders: readonly OrderRow[]): Promise<void> {
  await updateRows(tx, ORDERS, ['id'], CHANGING, orders.map(orderColumns));
}

/** How an order is sent: its method's code, and the days it is promised for. */
export interface NewShipping {
  readonly method: string | null;
  readonly promisedFrom: string | null;
  readonly promisedBy: string | null;
}

export async function updateShipping(tx: Tx, orders: readonly (NewShipping & { readonly id: string })[]): Promise<void> {
  const rows = orders.map((o) => ({
    id: o.id,
    shipping_method: o.method,
    promised_from: o.promisedFrom,
    promised_by: o.promisedBy,
  }));
  await updateRows(tx, ORDERS, ['id'], ['shipping_method', 'promised_from', 'promised_by'], rows);
}

/** Whose orders these are, unlocked: an order's merchant never changes. */
export async function findMerchants(db: Queryable, ids: readonly string[]): Promise<string[]> {
  const text = 'SELECT DISTINCT merchant_id AS id FROM orders WHERE id = ANY($1::uuid[])';
  return (await db.query<{ id: string }>({ name: 'orders-merchants', text, values: [ids] })).rows.map(({ id }) => id);
}

function orderColumns(o: OrderRow): Record<string, unknown> {
  return {
    id: o.id,
    home: o.home,
    merchant_id: o.merchantId,
    customer_id: o.customerId,
    number: o.number,
    external_id: o.externalId,
    channel: o.channel,
    currency: o.currency,
    status: o.status,
    payment_status: o.paymentStatus,
    fulfilment_status: o.fulfilmentStatus,
    holds: o.holds,
    total_minor: o.totalMinor,
    cancelled_minor: o.cancelledMinor,
    cancellation_fee_minor: o.cancellationFeeMinor,
    authorized_minor: o.authorizedMinor,
    captured_minor: o.capturedMinor,
    refunded_minor: o.refundedMinor,
    goodwill_minor: o.goodwillMinor,
    receivable_minor: o.receivableMinor,
    customer_name: o.customerName,
    email: o.email,
    phone: o.phone,
    ship_to: o.shipTo,
    bill_to: o.billTo,
    metadata: o.metadata,
    tags: o.tags,
    cancellation: o.cancellation,
    placed_at: o.placedAt,
    confirmed_at: o.confirmedAt,
    finished_at: o.finishedAt,
    expires_at: o.expiresAt,
    updated_at: o.updatedAt,
    quote_id: o.quoteId,
    shipping_method: o.shippingMethod,
    promised_from: o.promisedFrom,
    promised_by: o.promisedBy,
    ship_together: o.shipTogether ?? false,
    terms: o.terms ?? null,
    version: o.version,
  };
}

export async function insertLines(tx: Tx, lines: readonly Line[]): Promise<void> {
  const rows = lines.map((l) => ({
    id: l.id,
    order_id: l.orderId,
    position: l.position,
    kind: l.kind,
    sku_id: l.skuId,
    sku_code: l.skuCode,
    name: l.name,
    stocked: l.stocked,
    quantity: l.quantity,
    unit_price: l.unitPrice,
    net_minor: l.netMinor,
    discount_minor: l.discountMinor,
    tax_minor: l.taxMinor,
    total_minor: l.totalMinor,
    tax_rate: l.taxRate,
    money_step: l.moneyStep ?? 1,
    replaces_line_id: l.replacesLineId ?? null,
    replaces_shipment_id: l.replacesShipmentId ?? null,
    return_id: l.returnId ?? null,
  }));
  await insertRows(tx, LINES, rows);
}

export async function insertSpans(tx: Tx, spans: readonly (Span & { orderId: string })[]): Promise<void> {
  const rows = spans.map((s) => ({
    line_id: s.lineId,
    from_unit: s.from,
    to_unit: s.to,
    order_id: s.orderId,
    state: s.state,
    node_id: s.nodeId,
    shipment_id: s.shipmentId,
    refund_id: s.refundId,
    return_id: s.returnId ?? null,
  }));
  await insertRows(tx, SPANS, rows);
}

/** Writes spans whose borders stayed: what became of their units. */
export async function updateSpans(tx: Tx, spans: readonly Span[]): Promise<void> {
  const rows = spans.map((s) => ({
    line_id: s.lineId,
    from_unit: s.from,
    state: s.state,
    node_id: s.nodeId,
    shipment_id: s.shipmentId,
    refund_id: s.refundId,
    return_id: s.returnId ?? null,
  }));
  const changing = ['state', 'node_id', 'shipment_id', 'refund_id', 'return_id'];
  await updateRows(tx, SPANS, ['line_id', 'from_unit'], changing, rows);
}

/** Replaces the spans of lines whose borders moved: a border is its span's key. */
export async function replaceSpans(
  tx: Tx,
  lineIds: readonly string[],
  spans: readonly (Span & { orderId: string })[],
): Promise<void> {
  if (lineIds.length === 0) return;
  const deleted = tx.query({
    name: 'orders-delete-spans',
    text: 'DELETE FROM line_spans WHERE line_id = ANY($1::uuid[])',
    values: [lineIds],
  });
  await together(deleted, insertSpans(tx, spans));
}

export async function insertNotes(
  tx: Tx,
  notes: readonly { id: string; order_id: string; body: string; actor: string; at: Date }[],
): Promise<void> {
  await insertRows(tx, NOTES, notes);
}
