import type pg from 'pg';
import { createPool } from '../../server/platform/db.ts';
import { type Database, once } from '../harness/cluster.ts';
import { type Column, columnsOf, type Exceptions, MULTIPLIED, type Table } from './multiplied-tables.ts';

/** Numbers of the base history lie within ten thousand of each other; each copy's lie behind. */
const NUMBERS_PER_COPY = 10_000;
/** The base history is two months long; its copies reach as far back as makes a year. */
const SPREAD_SECONDS = 305 * 86_400;
/** The upper 32 bits of a UUIDv7 count 65,536 ms: ids and times of a copy move by the same whole number of these. */
const TICK_SECONDS = 65.536;
/** Statements of minutes, as the owner, who waits for nobody. */
const SESSION = `SET statement_timeout = 0; SET synchronous_commit = off; SET work_mem = '256MB'; SET maintenance_work_mem = '512MB';
  SET max_parallel_maintenance_workers = 0`;

/**
 * Makes a history `copies` times as long out of itself, in one statement per table. A copy has ids, numbers and customers of its own
 * and lies further back in time. Accounts and stock of all copies are the same ones: their versions and running balances go on where
 * the copy before ended, and their counters are multiplied, so that the oracle holds. Inside `events.data` the ids stay those of the
 * original.
 */
export async function multiply(database: Database, copies: number, say: (line: string) => void): Promise<void> {
  const pool = createPool({ connectionString: database.ownerUrl, max: 2, name: 'bench-multiply' });
  try {
    await pool.query(`${SESSION}; ${preparation(copies)}`);
    await pool.query(PEOPLE, [copies]);
    await pool.query('ANALYZE base_history.people');
    const tables = [...MULTIPLIED];
    const worker = async (): Promise<void> => {
      for (let table = tables.shift(); table; table = tables.shift()) {
        const startedAt = performance.now();
        const rows = await multiplyTable(pool, table, copies);
        say(`  ${table.name}: ${rows} rows in ${((performance.now() - startedAt) / 1_000).toFixed(1)} s`);
      }
    };
    await Promise.all([worker(), worker()]);
    await pool.query(COUNTERS, [copies, NUMBERS_PER_COPY]);
    await pool.query('DROP SCHEMA base_history CASCADE');
  } finally {
    await pool.end();
  }
  await once(database.ownerUrl, 'VACUUM (ANALYZE, PARALLEL 2)');
}

/** The base history kept aside, and what makes a copy's ids, times, numbers and names out of it. */
function preparation(copies: number): string {
  const ticks = Math.floor(SPREAD_SECONDS / copies / TICK_SECONDS);
  return `
  CREATE SCHEMA base_history;
  ${MULTIPLIED.map(({ name }) => `CREATE TABLE base_history.${name} AS TABLE public.${name};`).join('\n')}
  CREATE TABLE base_history.accounts AS SELECT id, version,
    CASE normal_side WHEN 'debit' THEN debits_posted - credits_posted ELSE credits_posted - debits_posted END AS balance FROM accounts;
  CREATE TABLE base_history.sku_supply AS TABLE sku_supply;
  CREATE TABLE base_history.node_stock AS TABLE node_stock;
  CREATE FUNCTION base_history.id_of(id uuid, copy bigint) RETURNS uuid LANGUAGE sql IMMUTABLE
    RETURN (lpad(to_hex(('x' || left(id::text, 8))::bit(32)::bigint - copy * ${ticks}), 8, '0') || substr(id::text, 9))::uuid;
  CREATE FUNCTION base_history.time_of(at timestamptz, copy bigint) RETURNS timestamptz LANGUAGE sql STABLE
    RETURN at - copy * interval '${(ticks * TICK_SECONDS).toFixed(3)} seconds';
  CREATE FUNCTION base_history.number_of(number text, copy bigint) RETURNS text LANGUAGE sql IMMUTABLE
    RETURN rtrim(number, '0123456789') || (substr(number, length(rtrim(number, '0123456789')) + 1)::bigint + copy * ${NUMBERS_PER_COPY});
  CREATE FUNCTION base_history.name_of(name text, copy bigint) RETURNS text LANGUAGE sql IMMUTABLE
    RETURN CASE WHEN copy = 0 THEN name ELSE name || '-' || copy END;
  CREATE FUNCTION base_history.digits_of(digits text, copy bigint) RETURNS text LANGUAGE sql IMMUTABLE
    RETURN left(digits, -4) || lpad(((right(digits, 4)::bigint + copy * 7919) % 10000)::text, 4, '0');
  ANALYZE`;
}

/** Copies of customers are people of their own: one's given name with another's family name. */
const PEOPLE = `
  CREATE TABLE base_history.people AS
  WITH numbered AS (SELECT c.*, row_number() OVER (ORDER BY id) - 1 AS n, count(*) OVER () AS people FROM customers c)
  SELECT c.id AS base_id, copy AS of_copy, base_history.id_of(c.id, copy) AS id,
         CASE WHEN copy = 0 THEN c.name ELSE split_part(c.name, ' ', 1) || regexp_replace(other.name, '^\\S+', '') END AS name,
         replace(c.email, '@', CASE WHEN copy = 0 THEN '@' ELSE '.' || copy || '@' END) AS email,
         replace(c.email_normalized, '@', CASE WHEN copy = 0 THEN '@' ELSE '.' || copy || '@' END) AS email_normalized,
         base_history.digits_of(c.phone, copy) AS phone, c.locale, c.country, c.guest, c.tags, c.version,
         base_history.time_of(c.created_at, copy) AS created_at
  FROM generate_series(0, $1::bigint - 1) AS copy CROSS JOIN numbered c JOIN numbered other ON other.n = (c.n * 7 + copy * 13) % c.people`;

const COUNTERS = `
  WITH
  a AS (UPDATE accounts SET version = version * $1, debits_posted = debits_posted * $1, credits_posted = credits_posted * $1,
          debits_pending = debits_pending * $1, credits_pending = credits_pending * $1),
  s AS (UPDATE sku_supply SET version = version * $1, sellable = sellable * $1, promised = promised * $1, limit_over = limit_over * $1,
          shortfall = shortfall * $1),
  n AS (UPDATE node_stock SET version = version * $1, on_hand = on_hand * $1, allocated = allocated * $1, safety = safety * $1,
          short = short * $1),
  c AS (INSERT INTO customers (id, email, email_normalized, name, phone, locale, country, guest, tags, version, created_at)
          SELECT id, email, email_normalized, name, phone, locale, country, guest, tags, version, created_at
          FROM base_history.people WHERE of_copy > 0)
  UPDATE number_counters SET value = value + ($1 - 1) * $2`;

/**
 * One table, in one transaction: emptied, filled without its indexes, and indexed again. Whoever is the first to write to a table that
 * was emptied in the same transaction writes no log of it.
 */
async function multiplyTable(pool: pg.Pool, table: Table, copies: number): Promise<number> {
  const { name } = table;
  const client = await pool.connect();
  try {
    await client.query(SESSION);
    const columns = await columnsOf(client, name);
    const { rows: indexes } = await client.query<{ drop: string; make: string }>(INDEXES, [`public.${name}`]);
    await client.query('BEGIN');
    await client.query(`ALTER TABLE ${name} DISABLE TRIGGER USER`);
    await client.query(`TRUNCATE ${name}`);
    for (const { drop } of indexes) await client.query(drop);
    const { rowCount } = await client.query(insertOf(table, columns, copies));
    for (const { make } of indexes) await client.query(make);
    await client.query(`ALTER TABLE ${name} ENABLE TRIGGER USER`);
    await client.query('COMMIT');
    return rowCount ?? 0;
  } finally {
    client.release();
  }
}

const INDEXES = `
  SELECT CASE WHEN c.oid IS NULL THEN format('DROP INDEX %s', i.indexrelid::regclass)
              ELSE format('ALTER TABLE %s DROP CONSTRAINT %I', i.indrelid::regclass, c.conname) END AS drop,
         CASE WHEN c.oid IS NULL THEN pg_get_indexdef(i.indexrelid)
              ELSE format('ALTER TABLE %s ADD CONSTRAINT %I %s', i.indrelid::regclass, c.conname, pg_get_constraintdef(c.oid)) END AS make
  FROM pg_index i LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.contype IN ('p', 'u')
  WHERE i.indrelid = $1::regclass`;

function insertOf(table: Table, columns: readonly Column[], copies: number): string {
  const exceptions: Exceptions = table.columns ?? {};
  const expressions = columns.map((column) => exceptions[column.name] ?? expressionOf(column));
  return `INSERT INTO ${table.name} (${columns.map((column) => `"${column.name}"`).join(', ')})
    SELECT ${expressions.join(', ')}
    FROM generate_series(${copies - 1}, 0, -1) AS copy CROSS JOIN base_history.${table.name} t ${table.joins ?? ''}
    WHERE ${table.where ?? 'true'}`;
}

/** What is the same in every copy: whose it is, what it is of, where. */
const SHARED = new Set(['merchant_id', 'sku_id', 'node_id', 'quote_id', 'debit_account', 'credit_account']);

function expressionOf({ name, type }: Column): string {
  const own = `t."${name}"`;
  if (type === 'uuid' && !SHARED.has(name)) return `base_history.id_of(${own}, copy)`;
  if (type === 'timestamptz') return `base_history.time_of(${own}, copy)`;
  return own;
}
