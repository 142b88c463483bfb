import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createGunzip } from 'node:zlib';
import pg from 'pg';
import { migrate, readMigrations } from '../../../prisma/migrate.ts';
import { copyIn } from '../../platform/copy-rows.ts';
import { Refusal } from '../run.ts';
import { copyTarget, quoted, readAppliedMigrations, readNumberedTables, readTables } from './catalog.ts';
import type { BackupTable, Manifest } from './manifest.ts';
import { inPlaces, passTransactions, readTransactions } from './transactions.ts';

/** The database that a backup goes into: the owner's address, and what the application will sign in with. */
export interface RestoreTarget {
  readonly ownerUrl: string;
  readonly appPassword: string;
}

/** Refuses a backup that this version cannot read. */
export function checkMigrations({ migrations }: Manifest): void {
  const known = new Set(readMigrations().map(({ name }) => name));
  const newer = migrations.filter((name) => !known.has(name));
  if (newer.length > 0)
    throw new Refusal(
      `The backup is of a newer version of Waybill (${newer.join(', ')}): restore it with that one, or a later one.`,
    );
}

/**
 * Puts a verified backup into an empty database: its own migrations, all rows in one transaction, then the migrations that came since. If
 * it fails halfway the tables are still empty, and it can be started again.
 */
export async function restoreBackup(target: RestoreTarget, folder: string, manifest: Manifest): Promise<void> {
  const client = await connect(target.ownerUrl);
  try {
    await demandEmpty(client, manifest);
    await migrate({ ...target, migrations: readMigrations().filter(({ name }) => manifest.migrations.includes(name)) });
    await demandColumns(client, manifest);
    await client.query('BEGIN');
    await loadTables(client, folder, manifest);
    await forgetOldServer(client, manifest);
    await client.query('COMMIT');
    await passTransactions(client, manifest.transactions.rows);
    await client.query('ANALYZE');
    await summarize(client);
  } finally {
    await client.end();
  }
  await migrate(target);
}

async function connect(ownerUrl: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: ownerUrl, application_name: 'waybill-restore' });
  client.on('error', () => {});
  await client.connect();
  return client;
}

/** Refuses a database that holds anything: a backup is not put over what is there. */
export async function demandEmptyDatabase(ownerUrl: string, manifest: Manifest): Promise<void> {
  const client = await connect(ownerUrl);
  try {
    await demandEmpty(client, manifest);
  } finally {
    await client.end();
  }
}

async function demandEmpty(client: pg.Client, { migrations }: Manifest): Promise<void> {
  const applied = await readAppliedMigrations(client);
  const other = applied.find((name) => !migrations.includes(name));
  if (other) throw new Refusal(`The database is of another version than the backup (${other}): name a new, empty database.`);
  const filled = filledByMigrating();
  for (const { schema, name } of await readTables(client)) {
    if (filled.has(name)) continue;
    const { rowCount } = await client.query(`SELECT FROM ${quoted(schema)}.${quoted(name)} LIMIT 1`);
    if (rowCount) throw new Refusal(`The database is not empty (${schema}.${name} has rows): name a new, empty one.`);
  }
}

/** Tables that migrations put rows into: an empty database has these rows too, and a backup its own instead of them. */
function filledByMigrating(): ReadonlySet<string> {
  return new Set(
    readMigrations().flatMap(({ sql }) => [...sql.matchAll(/^INSERT INTO (\w+)/gm)].map((match) => match[1] as string)),
  );
}

/** The job queue's tables are made by its own package, which a later version of Waybill may have replaced. */
async function demandColumns(client: pg.Client, manifest: Manifest): Promise<void> {
  const there = new Map((await readTables(client)).map(({ schema, name, columns }) => [`${schema}.${name}`, new Set(columns)]));
  for (const { schema, name, columns } of manifest.tables) {
    const missing = columns.filter((column) => !there.get(`${schema}.${name}`)?.has(column));
    if (missing.length > 0)
      throw new Refusal(
        `${schema}.${name} has no ${missing.join(', ')} in this version: restore with the version that wrote the backup, then upgrade.`,
      );
  }
}

async function loadTables(client: pg.Client, folder: string, manifest: Manifest): Promise<void> {
  const { file, rows } = manifest.transactions;
  const transactions = await readTransactions(unzipped(folder, file), rows);
  const numbered = new Set((await readNumberedTables(client)).map(({ table }) => table));
  const filled = filledByMigrating();
  for (const { schema, name } of manifest.tables.filter((table) => filled.has(table.name)).reverse())
    await client.query(`DELETE FROM ${quoted(schema)}.${quoted(name)}`);
  for (const table of manifest.tables) {
    const isNumbered = numbered.has(`${table.schema}.${table.name}`);
    await loadTable(
      client,
      table,
      isNumbered ? inPlaces(unzipped(folder, table.file), transactions) : unzipped(folder, table.file),
    );
  }
}

/** Block range indexes know nothing of rows that were loaded at once until they are told to look. */
async function summarize(client: pg.Client): Promise<void> {
  await client.query(`
    SELECT brin_summarize_new_values(c.oid) FROM pg_class c JOIN pg_am a ON a.oid = c.relam
    WHERE a.amname = 'brin' AND c.relnamespace = 'public'::regnamespace`);
}

async function loadTable(client: pg.Client, table: BackupTable, chunks: AsyncIterable<Buffer>): Promise<void> {
  const loaded = await copyIn(client, `COPY ${copyTarget(table)} FROM STDIN`, chunks);
  if (loaded !== table.rows) throw new Error(`${table.name} took ${loaded} rows of ${table.rows}`);
}

function unzipped(folder: string, file: string): AsyncIterable<Buffer> {
  const unzip = createGunzip();
  createReadStream(join(folder, file))
    .on('error', (error) => unzip.destroy(error))
    .pipe(unzip);
  return unzip;
}

/** What was true of the old server only: who held which job, how far sequences were, which transaction the oracle had seen. */
async function forgetOldServer(client: pg.Client, { sequences }: Manifest): Promise<void> {
  for (const { name, value, called } of sequences) await client.query('SELECT setval($1, $2, $3)', [name, value, called]);
  await client.query('UPDATE graphile_worker._private_jobs SET locked_at = NULL, locked_by = NULL WHERE locked_by IS NOT NULL');
  await client.query(
    'UPDATE graphile_worker._private_job_queues SET locked_at = NULL, locked_by = NULL WHERE locked_by IS NOT NULL',
  );
  // Transactions have other numbers here: the next incremental check begins at the beginning.
  await client.query(`UPDATE integrity_runs SET mark = '0'`);
}
