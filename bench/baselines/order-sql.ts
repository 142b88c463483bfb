import { binaryArray } from '../../server/platform/binary-arrays.ts';
import type { ColumnType } from '../../server/platform/rows.ts';
import type { Column, OrderTemplate, TableRows } from './order-template.ts';

/** The statements of the baselines, made from the columns of the tables themselves. docs/benches.md prints them. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/** One INSERT of as many rows as one order has in a table. */
export function insertOne({ table, columns, rows }: TableRows): Statement {
  const width = columns.length;
  const tuples = rows.map(
    (_, row) => `(${columns.map(({ type }, column) => `$${row * width + column + 1}::${type}`).join(', ')})`,
  );
  const conflict = table === 'idempotency_keys' ? ' ON CONFLICT DO NOTHING' : '';
  return { name: `one-${table}`, text: `INSERT INTO ${table} (${names(columns)}) VALUES ${tuples.join(', ')}${conflict}` };
}

/** What travels as it is; everything else as text. */
const WIRE: Readonly<Record<string, ColumnType>> = { uuid: 'uuid', bigint: 'int8', integer: 'int4' };
const wireOf = ({ type }: Column): ColumnType => WIRE[type] ?? 'text';

/** One INSERT of the rows of many orders, one array per column. */
export function insertMany({ table, columns }: TableRows): Statement {
  const arrays = columns.map((column, index) => `$${index + 1}::${wireOf(column)}[]`).join(', ');
  const list = columns.map(({ name, type }) => `v.${name}::${type}`).join(', ');
  return {
    name: `many-${table}`,
    text: `INSERT INTO ${table} (${names(columns)}) SELECT ${list} FROM unnest(${arrays}) AS v(${names(columns)})`,
  };
}

/** The arrays of that INSERT, from the values as text: in PostgreSQL's binary form, which it reads fastest. */
export function arraysOf({ columns }: TableRows, values: readonly (readonly (string | null)[])[]): (Buffer | null)[] {
  return columns.map((column, at) => binaryArray(wireOf(column), values[at] ?? []));
}

export const LOOK_UP_SKUS: Statement = {
  name: 'skus',
  text: 'SELECT id, code, name, price, tax_class FROM skus WHERE merchant_id = $1 AND code = ANY($2::text[])',
};
export const LOOK_UP_CUSTOMER: Statement = { name: 'customer', text: 'SELECT id FROM customers WHERE email_normalized = $1' };
export const LOCK_SUPPLY: Statement = {
  name: 'supply',
  text: `SELECT sku_id, sellable, promised, limit_over, shortfall, version FROM sku_supply
         WHERE sku_id = ANY($1::uuid[]) AND region = $2 ORDER BY sku_id FOR NO KEY UPDATE`,
};
export const PROMISE: Statement = {
  name: 'promise',
  text: `UPDATE sku_supply s SET promised = s.promised + v.n, version = s.version + 1
         FROM unnest($1::uuid[], $2::bigint[]) AS v(id, n) WHERE s.sku_id = v.id AND s.region = $3`,
};
/** A sequence: the product's numbers have no gaps, which here would keep every other transaction waiting until COMMIT. */
export const NEXT_NUMBER: Statement = { name: 'number', text: `SELECT nextval('bench_numbers') AS number` };
export const ADD_JOBS: Statement = {
  name: 'jobs',
  text: `SELECT count(*) FROM graphile_worker.add_jobs(ARRAY(SELECT json_populate_recordset(NULL::graphile_worker.job_spec, $1::json)))`,
};
export const STORE_OUTCOME: Statement = {
  name: 'outcome',
  text: 'UPDATE idempotency_keys SET outcome = $4::jsonb WHERE principal = $1 AND operation = $2 AND key = $3',
};

/** Everything the interactive baseline sends for one order, in order, without BEGIN and COMMIT. */
export function interactiveStatements(template: OrderTemplate): Statement[] {
  const [keys, ...rest] = template.tables.map(insertOne);
  return [keys as Statement, LOOK_UP_SKUS, LOOK_UP_CUSTOMER, LOCK_SUPPLY, PROMISE, NEXT_NUMBER, ...rest, ADD_JOBS, STORE_OUTCOME];
}

const names = (columns: readonly Column[]): string => columns.map(({ name }) => name).join(', ');
