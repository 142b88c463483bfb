import type pg from 'pg';

export interface Column {
  readonly name: string;
  readonly type: string;
}

/** Column → the expression for copy number `copy` of the base row `t`. */
export type Exceptions = Readonly<Record<string, string>>;

/** A table that grows with the orders, and what is not the rule there: ids and times move, everything else stays. */
export interface Table {
  readonly name: string;
  readonly columns?: Exceptions;
  readonly joins?: string;
  readonly where?: string;
}

const number = { number: 'base_history.number_of(t.number, copy)' };
const provider_ref = 'base_history.name_of(t.provider_ref, copy)';
const PERSON = 'LEFT JOIN base_history.people p ON p.base_id = t.customer_id AND p.of_copy = copy';
/** What waits, waits for next year in every copy. */
const asleep = (column: string, waits: string): string =>
  `CASE WHEN ${waits} THEN t.${column} ELSE base_history.time_of(t.${column}, copy) END`;

/** The largest first. Claimed keys are left out: they go after 30 days, and no page reads them. */
export const MULTIPLIED: readonly Table[] = [
  { name: 'events', where: `copy = 0 OR t.aggregate = 'order'` },
  {
    name: 'stock_movements',
    columns: { supply_version: 't.supply_version + copy * s.version', node_version: 't.node_version + copy * n.version' },
    joins: `LEFT JOIN base_history.sku_supply s ON s.sku_id = t.sku_id AND s.region = t.region
            LEFT JOIN base_history.node_stock n ON n.sku_id = t.sku_id AND n.node_id = t.node_id`,
  },
  {
    name: 'orders',
    columns: {
      ...number,
      external_id: 'base_history.name_of(t.external_id, copy)',
      customer_name: 'p.name',
      email: 'p.email',
      phone: 'p.phone',
    },
    joins: PERSON,
  },
  {
    name: 'transfers',
    columns: {
      debit_version: 't.debit_version + copy * d.version',
      credit_version: 't.credit_version + copy * c.version',
      debit_balance_minor: 't.debit_balance_minor + copy * d.balance',
      credit_balance_minor: 't.credit_balance_minor + copy * c.balance',
    },
    joins: 'JOIN base_history.accounts d ON d.id = t.debit_account JOIN base_history.accounts c ON c.id = t.credit_account',
  },
  {
    name: 'audit_log',
    columns: {
      entity_id: `CASE t.entity WHEN 'sku' THEN t.entity_id ELSE base_history.id_of(t.entity_id::uuid, copy)::text END`,
    },
    where: `copy = 0 OR t.entity <> 'sku'`,
  },
  {
    name: 'notifications',
    columns: { recipient: 'coalesce(p.email, t.recipient)' },
    joins: PERSON,
  },
  {
    name: 'payments',
    columns: {
      provider_ref,
      last4: 'base_history.digits_of(t.last4, copy)',
      fingerprint: 'base_history.name_of(t.fingerprint, copy)',
    },
  },
  { name: 'payment_operations', columns: { provider_ref } },
  { name: 'order_lines' },
  { name: 'line_spans' },
  {
    name: 'sagas',
    columns: {
      wake_at: asleep('wake_at', `t.status <> 'done'`),
      deadline: asleep('deadline', `t.status <> 'done'`),
      updated_at: asleep('updated_at', `t.status <> 'done'`),
    },
  },
  {
    name: 'shipments',
    columns: {
      ...number,
      carrier_ref: 'base_history.name_of(t.carrier_ref, copy)',
      tracking_number: 'base_history.name_of(t.tracking_number, copy)',
    },
  },
  { name: 'shipment_lines' },
  { name: 'shipment_updates' },
  { name: 'holds' },
  // Deliveries are kept for 30 days.
  { name: 'event_deliveries', where: `base_history.time_of(now(), copy) > now() - interval '30 days'` },
  { name: 'refunds', columns: number },
  { name: 'refund_lines' },
  { name: 'refund_legs' },
  { name: 'order_notes' },
  { name: 'approvals' },
  { name: 'shortage_work' },
];

/** What a row is made of, without what the database itself writes. */
export async function columnsOf(client: pg.PoolClient, table: string): Promise<Column[]> {
  const { rows } = await client.query<Column>(
    `SELECT column_name AS name, udt_name AS type FROM information_schema.columns
     WHERE table_schema = 'public' AND table_name = $1 AND column_name <> 'xid' ORDER BY ordinal_position`,
    [table],
  );
  return rows;
}
