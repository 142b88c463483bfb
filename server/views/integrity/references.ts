import { type Invariant, orderInScope, skuInScope } from './invariant.ts';

/** `table.column` names a row of `to`. Hot tables have no foreign keys (DESIGN 3.2), so these are checked here. */
export interface Reference {
  readonly table: string;
  readonly column: string;
  readonly to: string;
  /** A further condition on the referring row. */
  readonly where?: string;
  /** The column by which an incremental run narrows the table, and to what. */
  readonly by?: { readonly column: string; readonly kind: 'order' | 'sku' };
}

const byOrder = (table: string, column: string, to: string, orderColumn = 'order_id'): Reference => ({
  table,
  column,
  to,
  by: { column: orderColumn, kind: 'order' },
});
const bySku = (table: string, column: string, to: string): Reference => ({
  table,
  column,
  to,
  by: { column: 'sku_id', kind: 'sku' },
});

export const ORDER_REFERENCES: readonly Reference[] = [
  byOrder('orders', 'merchant_id', 'merchants', 'id'),
  byOrder('orders', 'customer_id', 'customers', 'id'),
  byOrder('order_lines', 'order_id', 'orders'),
  byOrder('order_lines', 'sku_id', 'skus'),
  byOrder('order_lines', 'replaces_line_id', 'order_lines'),
  byOrder('order_lines', 'replaces_shipment_id', 'shipments'),
  byOrder('line_spans', 'line_id', 'order_lines'),
  byOrder('line_spans', 'order_id', 'orders'),
  byOrder('line_spans', 'node_id', 'nodes'),
  byOrder('line_spans', 'shipment_id', 'shipments'),
  byOrder('line_spans', 'refund_id', 'refunds'),
  byOrder('line_spans', 'return_id', 'returns'),
  byOrder('order_notes', 'order_id', 'orders'),
  byOrder('payments', 'order_id', 'orders'),
  byOrder('payments', 'merchant_id', 'merchants'),
  byOrder('payments', 'hold_id', 'holds'),
  byOrder('payment_operations', 'payment_id', 'payments'),
  byOrder('payment_operations', 'order_id', 'orders'),
  byOrder('refunds', 'order_id', 'orders'),
  byOrder('refunds', 'merchant_id', 'merchants'),
  byOrder('refunds', 'approval_id', 'approvals'),
  byOrder('refund_lines', 'refund_id', 'refunds'),
  byOrder('refund_lines', 'line_id', 'order_lines'),
  byOrder('refund_legs', 'refund_id', 'refunds'),
  byOrder('refund_legs', 'payment_id', 'payments'),
  byOrder('shipments', 'order_id', 'orders'),
  byOrder('shipments', 'node_id', 'nodes'),
  byOrder('shipment_lines', 'shipment_id', 'shipments'),
  byOrder('shipment_lines', 'line_id', 'order_lines'),
  byOrder('shipment_updates', 'shipment_id', 'shipments'),
  byOrder('pick_tasks', 'pick_list_id', 'pick_lists'),
  byOrder('pick_tasks', 'order_id', 'orders'),
  byOrder('pick_tasks', 'node_id', 'nodes'),
  byOrder('pick_lines', 'pick_list_id', 'pick_lists'),
  byOrder('pick_lines', 'line_id', 'order_lines'),
  byOrder('returns', 'order_id', 'orders'),
  byOrder('returns', 'merchant_id', 'merchants'),
  byOrder('returns', 'refund_id', 'refunds'),
  byOrder('returns', 'security_id', 'payments'),
  byOrder('return_lines', 'return_id', 'returns'),
  byOrder('return_lines', 'line_id', 'order_lines'),
  byOrder('order_lines', 'return_id', 'returns'),
  byOrder('disputes', 'order_id', 'orders'),
  byOrder('disputes', 'merchant_id', 'merchants'),
  byOrder('disputes', 'payment_id', 'payments'),
  byOrder('sagas', 'order_id', 'orders'),
  byOrder('notifications', 'order_id', 'orders'),
  byOrder('notifications', 'resends', 'notifications'),
  byOrder('import_lines', 'order_id', 'orders'),
  byOrder('checkouts', 'order_id', 'orders'),
  { ...byOrder('events', 'aggregate_id', 'orders', 'aggregate_id'), where: `x.aggregate = 'order'` },
];

export const LEDGER_REFERENCES: readonly Reference[] = [
  byOrder('transfers', 'debit_account', 'accounts'),
  byOrder('transfers', 'credit_account', 'accounts'),
  byOrder('transfers', 'order_id', 'orders'),
  byOrder('transfers', 'payment_id', 'payments'),
  byOrder('transfers', 'hold_id', 'holds'),
  byOrder('holds', 'debit_account', 'accounts'),
  byOrder('holds', 'credit_account', 'accounts'),
  byOrder('holds', 'order_id', 'orders'),
  { table: 'accounts', column: 'merchant_id', to: 'merchants' },
  { table: 'accounts', column: 'customer_id', to: 'customers' },
];

export const STOCK_REFERENCES: readonly Reference[] = [
  bySku('sku_supply', 'sku_id', 'skus'),
  bySku('node_stock', 'sku_id', 'skus'),
  bySku('node_stock', 'node_id', 'nodes'),
  bySku('channel_supply', 'sku_id', 'skus'),
  bySku('stock_movements', 'sku_id', 'skus'),
  bySku('stock_movements', 'node_id', 'nodes'),
  bySku('stock_movements', 'order_id', 'orders'),
  bySku('stock_movements', 'shipment_id', 'shipments'),
  bySku('shortage_work', 'sku_id', 'skus'),
  bySku('reservation_lines', 'sku_id', 'skus'),
  bySku('reservation_lines', 'reservation_id', 'reservations'),
  { table: 'reservations', column: 'merchant_id', to: 'merchants' },
];

/** Rows that name a parent belong to the parent's order. */
export const FAMILIES: readonly (readonly [child: string, column: string, parent: string])[] = [
  ['order_lines', 'replaces_line_id', 'order_lines'],
  ['order_lines', 'replaces_shipment_id', 'shipments'],
  ['line_spans', 'line_id', 'order_lines'],
  ['line_spans', 'shipment_id', 'shipments'],
  ['line_spans', 'refund_id', 'refunds'],
  ['line_spans', 'return_id', 'returns'],
  ['return_lines', 'return_id', 'returns'],
  ['return_lines', 'line_id', 'order_lines'],
  ['returns', 'refund_id', 'refunds'],
  ['returns', 'security_id', 'payments'],
  ['payment_operations', 'payment_id', 'payments'],
  ['disputes', 'payment_id', 'payments'],
  ['refund_lines', 'refund_id', 'refunds'],
  ['refund_lines', 'line_id', 'order_lines'],
  ['refund_legs', 'refund_id', 'refunds'],
  ['refund_legs', 'payment_id', 'payments'],
  ['shipment_lines', 'shipment_id', 'shipments'],
  ['shipment_lines', 'line_id', 'order_lines'],
];

function referencesSql(references: readonly Reference[]): string {
  return references
    .map(({ table, column, to, where, by }) => {
      const scope = by ? (by.kind === 'order' ? orderInScope(`x.${by.column}`) : skuInScope(`x.${by.column}`)) : 'true';
      return `SELECT '${table}.${column}', format('%s names no row of ${to} (%s rows)', x.${column}, count(*))
        FROM ${table} x
        WHERE x.${column} IS NOT NULL AND ${scope} AND ${where ?? 'true'} AND NOT EXISTS (SELECT FROM ${to} y WHERE y.id = x.${column})
        GROUP BY x.${column}`;
    })
    .join('\nUNION ALL\n');
}

const familiesSql = FAMILIES.map(
  ([
    child,
    column,
    parent,
  ]) => `SELECT '${child}.${column}', format('%s belongs to order %s, the row to %s', p.id, p.order_id, c.order_id)
    FROM ${child} c JOIN ${parent} p ON p.id = c.${column} WHERE ${orderInScope('c.order_id')} AND p.order_id <> c.order_id`,
).join('\nUNION ALL\n');

/** Every reference that no foreign key guards, and that a row and its parent agree on their order. */
export const REFERENCE_INVARIANTS: readonly Invariant[] = [
  { id: 'ledger.references', group: 1, title: 'Ledger rows name rows that exist', sql: referencesSql(LEDGER_REFERENCES) },
  { id: 'stock.references', group: 2, title: 'Stock rows name rows that exist', sql: referencesSql(STOCK_REFERENCES) },
  { id: 'orders.references', group: 3, title: 'Rows of orders name rows that exist', sql: referencesSql(ORDER_REFERENCES) },
  { id: 'orders.families', group: 3, title: 'Rows of an order name parents of the same order', sql: familiesSql },
];
