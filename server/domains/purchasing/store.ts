import type { Queryable, Tx } from '../../platform/db.ts';
import { insertRows, type TableSpec, updateRows } from '../../platform/rows.ts';
import { openUnits, type PurchaseLine, type PurchaseOrder, type StockPolicy } from './rules.ts';

const ORDERS: TableSpec = {
  table: 'purchase_orders',
  columns: {
    id: 'uuid',
    number: 'text',
    home: 'text',
    merchant_id: 'uuid',
    node_id: 'uuid',
    supplier: 'text',
    status: 'text',
    expected_on: 'date',
    currency: 'text',
    note: 'text',
    version: 'int8',
    created_by: 'text',
    created_at: 'timestamptz',
    ordered_at: 'timestamptz',
    ended_at: 'timestamptz',
    trace_id: 'text',
  },
};
const ORDER_CHANGES = ['supplier', 'status', 'expected_on', 'note', 'version', 'ordered_at', 'ended_at'] as const;

const LINES: TableSpec = {
  table: 'purchase_order_lines',
  columns: {
    id: 'uuid',
    purchase_order_id: 'uuid',
    position: 'int4',
    sku_id: 'uuid',
    ordered: 'int8',
    over_allowed: 'int8',
    received: 'int8',
    damaged: 'int8',
    cancelled: 'int8',
    open_units: 'int8',
    unit_cost: 'numeric',
    expected_on: 'date',
  },
};

const RECEIPTS: TableSpec = {
  table: 'purchase_receipts',
  columns: {
    id: 'uuid',
    purchase_order_id: 'uuid',
    merchant_id: 'uuid',
    node_id: 'uuid',
    note: 'text',
    actor: 'text',
    at: 'timestamptz',
    trace_id: 'text',
  },
};
const RECEIPT_LINES: TableSpec = {
  table: 'purchase_receipt_lines',
  columns: {
    receipt_id: 'uuid',
    line_id: 'uuid',
    position: 'int4',
    received: 'int8',
    damaged: 'int8',
    lot_code: 'text',
    expires_on: 'date',
  },
};

const POLICIES: TableSpec = {
  table: 'stock_policies',
  columns: {
    merchant_id: 'uuid',
    over_receipt_percent: 'int4',
    count_limit_units: 'int8',
    expiry_warning_days: 'int4',
    low_counts_inbound: 'bool',
    cart_minutes: 'int4',
    version: 'int8',
  },
};

/** Units of one line that are still to come. */
export interface Inbound {
  readonly skuId: string;
  readonly nodeId: string;
  readonly purchaseOrderId: string;
  readonly number: string;
  readonly lineId: string;
  readonly units: bigint;
  /** YYYY-MM-DD; null where nobody knows yet. */
  readonly expectedOn: string | null;
}

export interface Receipt {
  readonly id: string;
  readonly purchaseOrderId: string;
  readonly merchantId: string;
  readonly nodeId: string;
  readonly note: string | null;
  readonly lines: readonly {
    readonly lineId: string;
    readonly received: bigint;
    readonly damaged: bigint;
    readonly lotCode: string | null;
    readonly expiresOn: string | null;
  }[];
}

export async function lockOrders(tx: Tx, ids: readonly string[]): Promise<Omit<PurchaseOrder, 'lines'>[]> {
  const { rows } = await tx.query<Omit<PurchaseOrder, 'lines'>>({
    name: 'purchasing-lock',
    text: `SELECT id, number, home, merchant_id AS "merchantId", node_id AS "nodeId", supplier, status, expected_on::text AS "expectedOn",
                  currency, note, version, created_by AS "createdBy", created_at AS "createdAt", ordered_at AS "orderedAt", ended_at AS "endedAt",
                  trace_id AS "traceId"
           FROM purchase_orders WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE`,
    values: [ids],
  });
  return rows;
}

/** Children of their orders: read, and changed, under the orders' locks. */
export async function readLines(tx: Tx, orderIds: readonly string[]): Promise<PurchaseLine[]> {
  const { rows } = await tx.query<PurchaseLine>({
    name: 'purchasing-lines',
    text: `SELECT id, purchase_order_id AS "purchaseOrderId", position, sku_id AS "skuId", ordered, over_allowed AS "overAllowed", received, damaged,
                  cancelled, trim_scale(unit_cost)::text AS "unitCost", expected_on::text AS "expectedOn"
           FROM purchase_order_lines WHERE purchase_order_id = ANY($1::uuid[]) ORDER BY purchase_order_id, position`,
    values: [orderIds],
  });
  return rows;
}

export async function readInbound(db: Queryable, skuIds: readonly string[]): Promise<Inbound[]> {
  const { rows } = await db.query<Inbound>({
    name: 'purchasing-inbound',
    text: `SELECT l.sku_id AS "skuId", o.node_id AS "nodeId", o.id AS "purchaseOrderId", o.number, l.id AS "lineId", l.open_units AS units,
                  coalesce(l.expected_on, o.expected_on)::text AS "expectedOn"
           FROM purchase_order_lines l JOIN purchase_orders o ON o.id = l.purchase_order_id
           WHERE l.sku_id = ANY($1::uuid[]) AND l.open_units > 0
           ORDER BY coalesce(l.expected_on, o.expected_on) NULLS LAST, l.purchase_order_id, l.position`,
    values: [skuIds],
  });
  return rows;
}

/** Of these numbers, those of the merchant's purchase orders. */
export async function readNumbers(db: Queryable, merchantId: string, numbers: readonly string[]): Promise<Set<string>> {
  if (numbers.length === 0) return new Set();
  const { rows } = await db.query<{ number: string }>({
    name: 'purchasing-numbers',
    text: 'SELECT number FROM purchase_orders WHERE merchant_id = $1 AND number = ANY($2::text[])',
    values: [merchantId, numbers],
  });
  return new Set(rows.map(({ number }) => number));
}

export async function readPolicies(db: Queryable, merchantIds: readonly string[]): Promise<StockPolicy[]> {
  const { rows } = await db.query<StockPolicy>({
    name: 'stock-policies',
    text: `SELECT merchant_id AS "merchantId", over_receipt_percent AS "overReceiptPercent", count_limit_units AS "countLimitUnits",
                  expiry_warning_days AS "expiryWarningDays", low_counts_inbound AS "lowCountsInbound", cart_minutes AS "cartMinutes", version
           FROM stock_policies WHERE merchant_id = ANY($1::uuid[])`,
    values: [merchantIds],
  });
  return rows;
}

const orderColumns = (order: PurchaseOrder): Record<string, unknown> => ({
  id: order.id,
  number: order.number,
  home: order.home,
  merchant_id: order.merchantId,
  node_id: order.nodeId,
  supplier: order.supplier,
  status: order.status,
  expected_on: order.expectedOn,
  currency: order.currency,
  note: order.note,
  version: order.version,
  created_by: order.createdBy,
  created_at: order.createdAt,
  ordered_at: order.orderedAt,
  ended_at: order.endedAt,
  trace_id: order.traceId,
});

const lineColumns = (order: PurchaseOrder, line: PurchaseLine): Record<string, unknown> => ({
  id: line.id,
  purchase_order_id: order.id,
  position: line.position,
  sku_id: line.skuId,
  ordered: line.ordered,
  over_allowed: line.overAllowed,
  received: line.received,
  damaged: line.damaged,
  cancelled: line.cancelled,
  open_units: openUnits(order.status, line),
  unit_cost: line.unitCost,
  expected_on: line.expectedOn,
});

export async function writeOrders(tx: Tx, fresh: readonly PurchaseOrder[], changed: readonly PurchaseOrder[]): Promise<void> {
  await insertRows(tx, ORDERS, fresh.map(orderColumns));
  await updateRows(tx, ORDERS, ['id'], ORDER_CHANGES, changed.map(orderColumns));
  const changing = Object.keys(LINES.columns).filter((name) => !['id', 'purchase_order_id', 'sku_id'].includes(name));
  const lines = [...fresh, ...changed].flatMap((order) => order.lines.map((line) => lineColumns(order, line)));
  await insertRows(
    tx,
    LINES,
    lines,
    `ON CONFLICT (id) DO UPDATE SET ${changing.map((name) => `${name} = excluded.${name}`).join(', ')}`,
  );
}

export async function deleteLines(tx: Tx, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await tx.query({
    name: 'purchasing-drop-lines',
    text: 'DELETE FROM purchase_order_lines WHERE id = ANY($1::uuid[])',
    values: [ids],
  });
}

export async function insertReceipts(
  tx: Tx,
  receipts: readonly (Receipt & { readonly actor: string; readonly at: Date; readonly traceId: string })[],
): Promise<void> {
  await insertRows(
    tx,
    RECEIPTS,
    receipts.map((receipt) => ({
      id: receipt.id,
      purchase_order_id: receipt.purchaseOrderId,
      merchant_id: receipt.merchantId,
      node_id: receipt.nodeId,
      note: receipt.note,
      actor: receipt.actor,
      at: receipt.at,
      trace_id: receipt.traceId,
    })),
  );
  await insertRows(
    tx,
    RECEIPT_LINES,
    receipts.flatMap((receipt) =>
      receipt.lines.map((line, index) => ({
        receipt_id: receipt.id,
        line_id: line.lineId,
        position: index + 1,
        received: line.received,
        damaged: line.damaged,
        lot_code: line.lotCode,
        expires_on: line.expiresOn,
      })),
    ),
  );
}

export async function writePolicies(tx: Tx, policies: readonly StockPolicy[]): Promise<void> {
  await insertRows(
    tx,
    POLICIES,
    policies.map((policy) => ({
      merchant_id: policy.merchantId,
      over_receipt_percent: policy.overReceiptPercent,
      count_limit_units: policy.countLimitUnits,
      expiry_warning_days: policy.expiryWarningDays,
      low_counts_inbound: policy.lowCountsInbound,
      cart_minutes: policy.cartMinutes,
      version: policy.version,
    })),
    `ON CONFLICT (merchant_id) DO UPDATE SET over_receipt_percent = excluded.over_receipt_percent,
       count_limit_units = excluded.count_limit_units, expiry_warning_days = excluded.expiry_warning_days,
       low_counts_inbound = excluded.low_counts_inbound, cart_minutes = excluded.cart_minutes, version = excluded.version`,
  );
}
