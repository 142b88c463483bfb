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
  const index = name === undefined ? undefined : concurrentIndex(script);
  const whole = name === undefined || index ? script : `${script}\n;\n${finish(name)}`;
  const client = await pool.connect();
  const deadline = Date.now() + GIVE_UP_AFTER_MS;
  try {
    for (;;) {
      if (index) await dropHalfBuilt(client, index);
      // Building an index concurrently waits for old transactions without holding anybody up.
      await client.query(`SET lock_timeout = ${index ? 0 : LOCK_TIMEOUT_MS}`);
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
  } finally {
    client.release(true);
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

/** The index that a migration builds without blocking writes. Such a migration is that one statement, and nothing else. */
function concurrentIndex(script: string): string | undefined {
  const statement = script.replaceAll(/--.*$/gm, '').trim();
  return /^CREATE (?:UNIQUE )?INDEX CONCURRENTLY IF NOT EXISTS (\w+) [^;]*;?$/i.exec(statement)?.[1];
}

/** A build that was cut off leaves an index that is kept up to date and never used. */
async function dropHalfBuilt(client: pg.ClientBase, index: string): Promise<void> {
  const { rowCount } = await client.query('SELECT FROM pg_index WHERE indexrelid = to_regclass($1) AND NOT indisvalid', [index]);
  if (rowCount) await client.query(`DROP INDEX CONCURRENTLY ${index}`);
}
