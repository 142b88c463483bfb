import type pg from 'pg';

/** What there is to copy, as the database itself says: the tables of the house and the job queue's, with the columns one can write. */
export interface StoredTable {
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly string[];
}

/** Made anew by migrating: what these say of the old database is not true of another. */
const MADE_BY_MIGRATING = `('public._prisma_migrations', 'graphile_worker.migrations')`;

/**
 * xid8 columns come last, so that what stands behind a row's last tab is the transaction it was written in (transactions.ts). Generated
 * columns cannot be written.
 */
const TABLES = `
  SELECT n.nspname AS schema, c.relname AS name, c.oid::int8::text AS oid,
         array_agg(a.attname::text ORDER BY a.atttypid = 'xid8'::regtype, a.attnum) AS columns
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
  WHERE n.nspname IN ('public', 'graphile_worker') AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
    AND a.attgenerated = '' AND n.nspname || '.' || c.relname NOT IN ${MADE_BY_MIGRATING}
  GROUP BY 1, 2, 3 ORDER BY 1, 2`;
const REFERENCES = `
  SELECT conrelid::int8::text AS child, confrelid::int8::text AS parent FROM pg_constraint
  WHERE contype = 'f' AND conrelid <> confrelid`;

/** All tables, each behind those it refers to. */
export async function readTables(client: pg.ClientBase): Promise<StoredTable[]> {
  const { rows: left } = await client.query<StoredTable & { oid: string }>(TABLES);
  const { rows: references } = await client.query<{ child: string; parent: string }>(REFERENCES);
  const ordered: StoredTable[] = [];
  while (left.length > 0) {
    const waiting = new Set(left.map(({ oid }) => oid));
    const at = left.findIndex(({ oid }) => !references.some(({ child, parent }) => child === oid && waiting.has(parent)));
    const [table] = left.splice(at, 1);
    if (at < 0 || !table) throw new Error('Tables refer to each other in a circle');
    ordered.push({ schema: table.schema, name: table.name, columns: table.columns });
  }
  return ordered;
}

/** Whose rows carry the transaction that wrote them, in their last column. */
export async function readNumberedTables(client: pg.ClientBase): Promise<{ table: string; column: string }[]> {
  const { rows } = await client.query<{ table: string; column: string }>(
    `SELECT format('%I.%I', table_schema, table_name) AS table, quote_ident(column_name) AS column
     FROM information_schema.columns WHERE udt_name = 'xid8' AND table_schema IN ('public', 'graphile_worker') ORDER BY 1`,
  );
  return rows;
}

/** The migrations that a database has, in order; none where it was never migrated. */
export async function readAppliedMigrations(client: pg.ClientBase): Promise<string[]> {
  const { rows: known } = await client.query(`SELECT FROM pg_class WHERE oid = to_regclass('public._prisma_migrations')`);
  if (known.length === 0) return [];
  const { rows } = await client.query<{ name: string }>(
    `SELECT migration_name AS name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL ORDER BY 1`,
  );
  return rows.map(({ name }) => name);
}

/** A name as SQL wants it. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** `"public"."orders" ("id", …)`: what COPY names. */
export function copyTarget({ schema, name, columns }: StoredTable): string {
  return `${quoted(schema)}.${quoted(name)} (${columns.map(quoted).join(', ')})`;
}
