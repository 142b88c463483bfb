import { insertOne, type Statement } from '../baselines/order-sql.ts';
import type { Mint, OrderTemplate, TableRows } from '../baselines/order-template.ts';

/** The statements of the baselines that promise one unit. They write the rows that the product writes, with its keys and indexes. */

/** What one reservation is made of, parents first, and how its rows are found. */
export const RESERVATION_TABLES: readonly (readonly [table: string, condition: string])[] = [
  ['idempotency_keys', 'key = $2 AND $1::uuid IS NOT NULL'],
  ['reservations', 'id = $1 AND $2::text IS NOT NULL'],
  ['reservation_lines', 'reservation_id = $1 AND $2::text IS NOT NULL'],
  ['stock_movements', 'reference = $1::text AND $2::text IS NOT NULL'],
  ['events', 'aggregate_id = $1 AND $2::text IS NOT NULL'],
  ['event_deliveries', 'event_id IN (SELECT id FROM events WHERE aggregate_id = $1) AND $2::text IS NOT NULL'],
  ['audit_log', 'entity_id = $1::text AND $2::text IS NOT NULL'],
];

export const LOOK_UP_SKU: Statement = {
  name: 'sku',
  text: 'SELECT id, name, price, stocked FROM skus WHERE merchant_id = $1 AND code = $2',
};
export const LOCK_ROW: Statement = {
  name: 'lock-row',
  text: 'SELECT sellable, promised, limit_over, shortfall, version FROM sku_supply WHERE sku_id = $1 AND region = $2 FOR NO KEY UPDATE',
};
export const PROMISE_ONE: Statement = {
  name: 'promise-one',
  text: 'UPDATE sku_supply SET promised = promised + 1, version = version + 1 WHERE sku_id = $1 AND region = $2',
};
export const STORE_ANSWER: Statement = {
  name: 'store-answer',
  text: `UPDATE idempotency_keys SET outcome = $2::jsonb WHERE principal = 'system:bench' AND operation = 'reserve-stock' AND key = $1`,
};
const CONDITIONAL_UPDATE = `UPDATE sku_supply SET promised = promised + 1, version = version + 1
  WHERE sku_id = $2 AND region = $1 AND shortfall = 0 AND promised + 1 <= GREATEST(sellable, 0) + limit_over RETURNING version`;

interface RowStatement {
  readonly table: TableRows;
  readonly statement: Statement;
}

/** The claim of the key, which comes first, and an INSERT for each other table. */
export function rowStatements(template: OrderTemplate): { claim: RowStatement; rest: RowStatement[] } {
  const [claim, ...rest] = template.tables.map((table) => ({ table, statement: insertOne(table) }));
  if (claim?.table.table !== 'idempotency_keys') throw new Error('The template has no idempotency key');
  return { claim, rest };
}

/** The values of a table's rows with ids of their own; `facts` are what this request knows. */
export function valuesOf({ columns, rows }: TableRows, ids: Mint, facts: Readonly<Record<string, string>>): (string | null)[] {
  return rows.flatMap((row) =>
    columns.map(({ name }) => {
      const fact = facts[name];
      if (fact !== undefined) return fact;
      const value = row[name];
      return value == null ? null : ids.fresh(value);
    }),
  );
}

/** One statement: the conditional UPDATE, and every row where it found enough. */
export function everythingAtOnce(tables: readonly TableRows[]): Statement {
  let parameter = 2;
  const inserts = tables.map(({ table, columns, rows }, at) => {
    const tuples = rows.map(
      () =>
        `SELECT ${columns
          .map(({ name, type }) => {
            parameter++;
            // Asked for, so that both baselines send the same; what the UPDATE made is what is written.
            return name === 'supply_version' ? `coalesce(p.version, $${parameter}::int8)` : `$${parameter}::${type}`;
          })
          .join(', ')} FROM promised p`,
    );
    return `t${at} AS (INSERT INTO ${table} (${columns.map(({ name }) => name).join(', ')}) ${tuples.join(' UNION ALL ')})`;
  });
  return {
    name: 'everything-at-once',
    text: `WITH promised AS (${CONDITIONAL_UPDATE}), ${inserts.join(', ')} SELECT version FROM promised`,
  };
}
