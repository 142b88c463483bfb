import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { appUrl } from '../../../prisma/migrate.ts';
import { type OrderWorld, orderWorld } from '../../flows/testing/order-world.ts';
import { createPool } from '../../platform/db.ts';
import { createOldDatabase, type TestDatabase } from '../../platform/testing/test-database.ts';
import { writeEvidence } from '../../testing/evidence.ts';
import { installedPostgres, type OtherPostgres, otherPostgres } from '../../testing/other-postgres.ts';
import { checkIntegrity } from '../../views/integrity.ts';
import { filesOf, type Manifest, verifyFiles } from './manifest.ts';
import { restoreBackup } from './restore-backup.ts';
import { takeBackup } from './take-backup.ts';

/** How long a shop of some size takes to be backed up and restored; run where there is time for it. */
const DEEP = process.env.WAYBILL_DEEP === '1';
const ORDERS = 100_000;
const AT_ONCE = 512;
const OLD = installedPostgres();

const folder = join(mkdtempSync(join(tmpdir(), 'waybill-size-')), 'backup');
let w: OrderWorld;
let server: OtherPostgres;
let embedded: TestDatabase;

beforeAll(async () => {
  if (!DEEP) return;
  [w, server, embedded] = await Promise.all([orderWorld({ stock: 10 * ORDERS }), otherPostgres(OLD), createOldDatabase([])]);
});
afterAll(async () => {
  if (!DEEP) return;
  await Promise.all([w.close(), server.stop(), embedded.drop()]);
  rmSync(folder, { recursive: true, force: true });
});

/** Orders with two lines, authorized and allocated, as an evening leaves them. */
async function fill(): Promise<void> {
  let left = ORDERS;
  const shoppers = Array.from({ length: AT_ONCE }, async () => {
    while (left-- > 0) {
      const { id } = await w.place({
        lines: [
          { sku: 'MUG', quantity: 2 },
          { sku: 'TEE', quantity: 1 },
        ],
      });
      const { rows } = await w.db.pool.query<{ id: string }>({
        name: 'size-sagas-of-order',
        text: 'SELECT id FROM sagas WHERE order_id = $1',
        values: [id],
      });
      for (const saga of rows) await w.flows.advanceSaga(saga.id);
    }
  });
  await Promise.all(shoppers);
}

async function timed<T>(work: () => Promise<T>): Promise<[T, string]> {
  const startedAt = performance.now();
  const result = await work();
  return [result, `${((performance.now() - startedAt) / 1_000).toFixed(1)} s`];
}

async function restoreTo(ownerUrl: string, appPassword: string, manifest: Manifest): Promise<string> {
  const [, took] = await timed(() => restoreBackup({ ownerUrl, appPassword }, folder, manifest));
  const pool = createPool({ connectionString: appUrl(ownerUrl, appPassword) });
  const { report } = await checkIntegrity(pool, { full: true, now: new Date() });
  await pool.end();
  expect(report.invariants.filter(({ state }) => state === 'violated')).toEqual([]);
  return took;
}

it.runIf(DEEP)('a shop with many orders', { timeout: 3_600_000 }, async () => {
  const [, filled] = await timed(fill);
  const [manifest, taken] = await timed(() =>
    takeBackup({ ownerUrl: w.db.ownerUrl, dataDir: folder, demo: false, dataKey: undefined }, folder),
  );
  const [, verified] = await timed(() => verifyFiles(folder, manifest));
  const here = await restoreTo(embedded.ownerUrl, embedded.appPassword, manifest);
  const there = await restoreTo(server.url, 'restored', manifest);
  const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
  const size = await w.db.ownerPool.query('SELECT pg_database_size(current_database())::float8 / 1e6 AS mb');
  writeEvidence('restore', {
    title: 'Backup and restore',
    what: 'A backup of a shop with many open orders, restored into another database of the same server and into another server, with the oracle on both copies (`npm run test:deep -- server/cli/backup/backup-size.test.ts`).',
    figures: [
      ['orders', manifest.tables.find(({ name }) => name === 'orders')?.rows ?? 0],
      ['rows', rows],
      ['transactions', manifest.transactions.rows],
      ['megabytes of the database', Math.round(size.rows[0].mb)],
      ['megabytes of the backup', Math.round(filesOf(manifest).reduce((sum, { bytes }) => sum + bytes, 0) / 1e6)],
      ['making the orders took', filled],
      ['the backup took', taken],
      ['comparing checksums took', verified],
      ['restoring it beside took', here],
      [`restoring it on ${OLD ? `PostgreSQL ${OLD}` : 'another server'} took`, there],
      ['violations found by the oracle in either copy', 0],
    ],
    notes: [
      'What happens to orders, sagas and the provider’s log when the original goes on after its backup is tested in each run of `npm test`: server/cli/backup/backup.test.ts.',
    ],
  });
});
