import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

/**
 * Carries out one migration while the house is at work. A change of a table needs a lock that waits for everybody who reads or writes it
 * at that moment, and whoever comes after waits behind it. So it waits for half a second at most, lets everybody pass, and tries again.
 */
const LOCK_TIMEOUT_MS = 500;
const PAUSE_MS = 1_000;
/** So long somebody may hold a table: a night's report, not a forgotten session. */
const GIVE_UP_AFTER_MS = 10 * 60_000;

const LOCK_NOT_AVAILABLE = '55P03';
const DEADLOCK = '40P01';

/**
 * Runs a migration's script: all of it or nothing. `name` is the migration's; its record is finished in the same transaction, so that one
 * which was interrupted is known to have done nothing. Only an index that is built CONCURRENTLY has no transaction, see below.
 */
export async function runMigration(pool: pg.Pool, script: string, name: string | undefined): Promise<void> {
  const indexes = name === undefined ? undefined : concurrentIndexes(script);
  const client = await pool.connect();
  try {
    if (indexes) await buildIndexes(client, indexes);
    else await runWhole(client, name === undefined ? script : `${script}\n;\n${finish(name)}`, name);
  } finally {
    client.release(true);
  }
}

async function runWhole(client: pg.PoolClient, whole: string, name: string | undefined): Promise<void> {
  const deadline = Date.now() + GIVE_UP_AFTER_MS;
  await client.query(`SET lock_timeout = ${LOCK_TIMEOUT_MS}`);
  for (;;) {
    try {
      await client.query(whole);
      return;
    } catch (error) {
      const blocked = error instanceof pg.DatabaseError && [LOCK_NOT_AVAILABLE, DEADLOCK].includes(error.code ?? '');
      if (!blocked) throw error;
      if (Date.now() > deadline)
        throw new Error(
          `Migration ${name ?? ''} found no moment without somebody at its tables: end long transactions, start again.`,
        );
      await sleep(PAUSE_MS);
    }
  }
}

/** Fails, and with it the whole migration, where another process took the interrupted one for ended and began anew. */
function finish(name: string): string {
  const literal = pg.escapeLiteral(name);
  return `DO $finish$ BEGIN
    UPDATE _prisma_migrations SET finished_at = clock_timestamp()
    WHERE migration_name = ${literal} AND finished_at IS NULL AND rolled_back_at IS NULL;
    IF NOT FOUND THEN RAISE EXCEPTION 'Another process has begun this migration anew'; END IF;
  END $finish$`;
}

/** Migrations that were begun and not finished did nothing: they are there to be run again. */
export async function forgetInterrupted(client: pg.ClientBase): Promise<void> {
  const { rowCount } = await client.query(`SELECT FROM pg_class WHERE oid = to_regclass('public._prisma_migrations')`);
  if (rowCount)
    await client.query(
      'UPDATE _prisma_migrations SET rolled_back_at = clock_timestamp() WHERE finished_at IS NULL AND rolled_back_at IS NULL',
    );
}

/** An index that is built or dropped without holding anybody up. */
interface IndexStatement {
  readonly text: string;
  readonly index: string;
}

const CONCURRENT =
  /^(?:CREATE (?:UNIQUE )?INDEX CONCURRENTLY IF NOT EXISTS|DROP INDEX CONCURRENTLY IF EXISTS) (\w+)(?: ON [^;]*)?$/i;

/** The statements of a migration that builds and drops indexes without blocking writes, and does nothing else. */
export function concurrentIndexes(script: string): IndexStatement[] | undefined {
  const statements = script
    .replaceAll(/--.*$/gm, '')
    .split(';')
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .map((text) => ({ text, index: CONCURRENT.exec(text)?.[1] }));
  const indexes = statements.filter((one): one is IndexStatement => one.index !== undefined);
  return indexes.length === statements.length ? indexes : undefined;
}

/**
 * One statement after the other, each on its own: PostgreSQL builds no index concurrently inside a transaction. It waits for older ones and
 * holds nobody up meanwhile. Cut off anywhere, it is run again from the start.
 */
async function buildIndexes(client: pg.PoolClient, indexes: readonly IndexStatement[]): Promise<void> {
  await client.query('SET lock_timeout = 0');
  for (const { text, index } of indexes) {
    await dropHalfBuilt(client, index);
    await client.query(text);
  }
}

/** A build that was cut off leaves an index that is kept up to date and never used. */
async function dropHalfBuilt(client: pg.PoolClient, index: string): Promise<void> {
  const { rowCount } = await client.query('SELECT FROM pg_index WHERE indexrelid = to_regclass($1) AND NOT indisvalid', [index]);
  if (rowCount) await client.query(`DROP INDEX CONCURRENTLY ${index}`);
}
