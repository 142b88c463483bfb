import type pg from 'pg';
import { newId } from '../../server/kernel/ids.ts';

/**
 * What one accepted order is made of, row by row, read back from an order that the product itself placed. The baselines write the same
 * rows with ids of their own: same tables, same keys, same indexes, same sizes.
 */
export interface OrderTemplate {
  readonly tables: readonly TableRows[];
  /** The payload of the job that its saga is advanced by. */
  readonly jobs: readonly { readonly identifier: string; readonly payload: unknown }[];
}

export interface TableRows {
  readonly table: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Readonly<Record<string, string | null>>[];
}

export interface Column {
  readonly name: string;
  /** As PostgreSQL writes it in a cast. */
  readonly type: string;
}

/** Parents before children; the column that says which rows are the order's. */
const TABLES: readonly (readonly [table: string, condition: string])[] = [
  ['idempotency_keys', `key = $2 AND $1::uuid IS NOT NULL`],
  ['orders', 'id = $1 AND $2::text IS NOT NULL'],
  ['order_lines', 'order_id = $1 AND $2::text IS NOT NULL'],
  ['line_spans', 'order_id = $1 AND $2::text IS NOT NULL'],
  ['payments', 'order_id = $1 AND $2::text IS NOT NULL'],
  ['payment_operations', 'order_id = $1 AND $2::text IS NOT NULL'],
  ['stock_movements', 'order_id = $1 AND $2::text IS NOT NULL'],
  ['sagas', 'order_id = $1 AND $2::text IS NOT NULL'],
  ['events', 'aggregate_id = $1 AND $2::text IS NOT NULL'],
  ['event_deliveries', 'event_id IN (SELECT id FROM events WHERE aggregate_id = $1) AND $2::text IS NOT NULL'],
  ['audit_log', 'entity_id = $1::text AND $2::text IS NOT NULL'],
];

/** Reads an order's rows, or those of whatever `of` says. `key` is the idempotency key it was placed under. */
export async function readTemplate(pool: pg.Pool, orderId: string, key: string, of = TABLES): Promise<OrderTemplate> {
  const tables: TableRows[] = [];
  for (const [table, condition] of of) {
    const { rows: columns } = await pool.query<Column>(
      `SELECT attname AS name, format_type(atttypid, NULL) AS type FROM pg_attribute
       WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attname <> 'xid' AND attgenerated = '' ORDER BY attnum`,
      [table],
    );
    const list = columns.map(({ name }) => `${name}::text`).join(', ');
    const { rows } = await pool.query<Record<string, string | null>>(`SELECT ${list} FROM ${table} WHERE ${condition}`, [
      orderId,
      key,
    ]);
    if (rows.length > 0) tables.push({ table, columns, rows });
  }
  const { rows: jobs } = await pool.query<{ identifier: string; payload: unknown }>(
    `SELECT t.identifier, j.payload FROM graphile_worker._private_jobs j JOIN graphile_worker._private_tasks t ON t.id = j.task_id ORDER BY j.id`,
  );
  return { tables, jobs };
}

/** How many rows of each table one order has: the two sides must agree. */
export function rowCounts(template: OrderTemplate): Record<string, number> {
  return Object.fromEntries(template.tables.map(({ table, rows }) => [table, rows.length]));
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

export interface Mint {
  /** The text with every id of the template's own replaced by a new one, the same one each time. */
  fresh(text: string): string;
}

/** Makes the ids of one more order. `shared` are ids that stay as they are: merchant, SKUs, customer. */
export function mint(shared: ReadonlySet<string>): Mint {
  const ids = new Map<string, string>();
  return {
    fresh: (text) =>
      text.replace(UUID, (id) => {
        if (shared.has(id)) return id;
        const known = ids.get(id);
        if (known !== undefined) return known;
        const made = newId();
        ids.set(id, made);
        return made;
      }),
  };
}
