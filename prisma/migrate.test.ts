import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { createOldDatabase, createTestDatabase, type TestDatabase } from '../server/platform/testing/test-database.ts';
import { MIGRATION_LOCK, type Migration, migrate, readMigrations } from './migrate.ts';

/** Migrating while others are at work, and again where it was interrupted. The planted migrations are those of a version to come. */
const WIDER: Migration = {
  name: '29990101000000_wider',
  sql: 'ALTER TABLE orders ADD COLUMN planted text; -- a comment with a ; in it\nCREATE TABLE planted (id uuid PRIMARY KEY);',
};
const INDEX: Migration = {
  name: '29990102000000_index',
  sql: '-- Built while others write.\nCREATE INDEX CONCURRENTLY IF NOT EXISTS planted_index ON orders (planted);',
};

let db: TestDatabase;
afterEach(() => db.drop());

const upgrade = (...planted: Migration[]): Promise<string[]> =>
  migrate({ ownerUrl: db.ownerUrl, appPassword: db.appPassword, migrations: [...readMigrations(), ...planted] });
const hasPlanted = async (): Promise<boolean> =>
  (await db.ownerPool.query(`SELECT to_regclass('planted') AS it`)).rows[0].it !== null;
/** Whoever migrates, as PostgreSQL sees it. */
const migrating = (what: string): Promise<unknown> =>
  expect.poll(async () => (await db.ownerPool.query(MIGRATING, [what])).rowCount, { timeout: 30_000, interval: 20 }).toBe(1);
const MIGRATING = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'waybill-migrate'
  AND state = 'active' AND query LIKE '%planted%' AND (wait_event_type = $1 OR $1 = '')`;

it('a table that somebody reads for long is waited for, and nobody else waits behind the migration', async () => {
  db = await createTestDatabase();
  const reader = await db.pool.connect();
  await reader.query('BEGIN; SET LOCAL idle_in_transaction_session_timeout = 0; SELECT FROM orders LIMIT 1');
  const upgraded = upgrade(WIDER);
  await migrating('Lock');
  // Would be refused after two seconds, which is what the lanes have, if the migration waited until the reader has done.
  for (let n = 0; n < 3; n++)
    await db.pool.query(
      `INSERT INTO orders (id, home, merchant_id, number, channel, currency, status, payment_status,
    fulfilment_status, total_minor, placed_at, updated_at, version) VALUES (gen_random_uuid(), 'EU', gen_random_uuid(), $1, 'api', 'EUR',
    'PENDING', 'UNPAID', 'UNALLOCATED', 0, now(), now(), 1)`,
      [`P${n}`],
    );
  expect(await hasPlanted()).toBe(false);
  await reader.query('COMMIT');
  reader.release();
  expect(await upgraded).toEqual([WIDER.name]);
  expect(await hasPlanted()).toBe(true);
});

it('a migration that was cut off did nothing, and runs again', async () => {
  db = await createTestDatabase();
  const slow = { ...WIDER, sql: `${WIDER.sql} SELECT pg_sleep(60);` };
  const cut = upgrade(slow).then(
    () => 'done',
    () => 'cut off',
  );
  await migrating('Timeout');
  await db.ownerPool.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%planted%' AND datname = current_database() AND pid <> pg_backend_pid()`,
  );
  expect(await cut).toBe('cut off');
  expect(await hasPlanted()).toBe(false);
  expect(await upgrade(WIDER)).toEqual([WIDER.name]);
  expect(await upgrade(WIDER)).toEqual([]);
});

it('a migration whose process is gone, but whose script still runs, is not carried out twice', async () => {
  db = await createTestDatabase();
  const slow = { ...WIDER, sql: `${WIDER.sql} SELECT pg_sleep(3);` };
  const abandoned = upgrade(slow).then(
    () => 'done',
    (error: Error) => error.message,
  );
  await migrating('Timeout');
  // The process is gone, and with it the connection that held its turn; the server goes on with what it was told.
  const { rowCount } = await db.ownerPool.query(
    `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = $1
     AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    [Number(MIGRATION_LOCK)],
  );
  expect(rowCount).toBe(1);
  expect(await upgrade(slow)).toEqual([WIDER.name]);
  expect(await abandoned).not.toBe('done');
  expect(await hasPlanted()).toBe(true);
});

it('an index is built while others write, and one that was left half built is built anew', async () => {
  db = await createTestDatabase();
  await upgrade(WIDER);
  // What a build leaves behind whose process was killed.
  await db.ownerPool.query('CREATE INDEX planted_index ON orders (planted)');
  await db.ownerPool.query(`UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'planted_index'::regclass`);
  const writer = await db.pool.connect();
  await writer.query('BEGIN; SELECT pg_current_xact_id(); LOCK TABLE orders IN ROW EXCLUSIVE MODE');
  const upgraded = upgrade(WIDER, INDEX);
  await sleep(700);
  await db.pool.query('UPDATE orders SET planted = 1');
  await writer.query('COMMIT');
  writer.release();
  expect(await upgraded).toEqual([INDEX.name]);
  const { rows } = await db.ownerPool.query(`SELECT indisvalid FROM pg_index WHERE indexrelid = 'planted_index'::regclass`);
  expect(rows).toEqual([{ indisvalid: true }]);
});

it('of several that migrate at once each ends well, and one does the work', async () => {
  db = await createOldDatabase([]);
  const all = await Promise.all([upgrade(), upgrade(), upgrade()]);
  expect(all.flat().sort()).toEqual(readMigrations().map(({ name }) => name));
});
