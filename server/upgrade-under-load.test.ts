import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { type Migration, migrate, readMigrations } from '../prisma/migrate.ts';
import { orderWorld } from './flows/testing/order-world.ts';
import { createOldDatabase } from './platform/testing/test-database.ts';
import { writeEvidence } from './testing/evidence.ts';
import { type HouseProcesses, houseProcesses } from './testing/house-processes.ts';
import { createShoppers, expectEnded, type Lived } from './testing/order-lives.ts';
import { previousCommit, previousVersion } from './testing/previous-version.ts';
import { createPspLog } from './views/integrity/psp-log.ts';
import { checkIntegrity } from './views/integrity.ts';

/**
 * An upgrade as docs/operators/upgrade.md has it, while shoppers order without a pause: the schema first, under the old processes and a
 * report that reads orders; then a new api beside the old worker; then the old api goes, and the worker is replaced. Sagas begun by one
 * version are ended by the other.
 */
const DEEP = process.env.WAYBILL_DEEP === '1';
/** Orders that begin and end in each stage, at least. */
const PER_STAGE = DEEP ? 150 : 4;
const AT_ONCE = DEEP ? 24 : 4;
const REPORT_MS = 1_500;
const END_WITHIN_MS = 60_000;

/** What a version to come might bring, for a clone without history: there this version is the old one, too. */
const PLANTED: Migration = {
  name: '29990101000000_planted',
  sql: `CREATE TABLE planted (id uuid PRIMARY KEY);
        ALTER TABLE orders ADD COLUMN planted text NOT NULL DEFAULT 'x';
        ALTER TABLE sagas DROP CONSTRAINT saga_status_is_known, ADD CONSTRAINT saga_status_is_known
          CHECK (status IN ('running', 'waiting', 'retrying', 'stuck', 'compensating', 'done', 'planted')) NOT VALID;`,
};

interface Upgrade {
  readonly sources?: string;
  readonly before: readonly Migration[];
  readonly after: readonly Migration[];
  /** What the old version needs that depends on its database. */
  readonly prepare?: (ownerUrl: string) => Promise<void>;
}

async function upgradeUnderLoad({ sources, before, after, prepare }: Upgrade): Promise<{ figures: [string, string | number][] }> {
  const db = await createOldDatabase(before);
  await prepare?.(db.ownerUrl);
  // What lies on the shelves is received by the old version: this one may know columns that are not there yet.
  const w = await orderWorld({ stock: 0, db });
  const old = await houseProcesses(w, sources ? { sources } : {});
  const young = await houseProcesses(w, { apiKey: old.apiKey });
  const fronts: HouseProcesses[] = [old];
  let sent = 0;
  const shoppers = createShoppers(w, (...request) => (fronts[sent++ % fronts.length] as HouseProcesses).post(...request));
  const failures = (): unknown[] => [...shoppers.answers].filter(([status]) => status >= 500 && status !== 503);
  const lives: Lived[] = [];
  const carriedOver: number[] = [];
  let over = false;
  let next = 0;
  const openSagas = async (): Promise<number> =>
    (await w.db.pool.query(`SELECT count(*)::int AS n FROM sagas WHERE status <> 'done'`)).rows[0].n;
  try {
    const [oldApi, oldWorker] = await Promise.all([old.start('api'), old.start('worker')]);
    await fillShelves(old);
    const drivers = Array.from({ length: AT_ONCE }, async () => {
      while (!over) lives.push(await shoppers.live(next++));
    });
    const stage = async (): Promise<void> => {
      carriedOver.push(await openSagas());
      const begun = next;
      while (lives.length < begun + PER_STAGE) {
        expect(failures()).toEqual([]);
        await Promise.race([pause(20), ...drivers]);
      }
    };
    await stage();
    const report = readOrders(w.db.ownerPool);
    const startedAt = performance.now();
    expect((await migrate({ ownerUrl: w.db.ownerUrl, appPassword: w.db.appPassword, migrations: after })).length).toBeGreaterThan(
      0,
    );
    const migratedMs = Math.round(performance.now() - startedAt);
    await report;
    await stage();
    await young.start('api');
    fronts.push(young);
    await stage();
    fronts.shift();
    await oldApi.stop();
    const youngWorker = await young.start('worker');
    await oldWorker.stop();
    await stage();
    over = true;
    await Promise.all(drivers);
    await expect.poll(openSagas, { timeout: END_WITHIN_MS, interval: 100 }).toBe(0);
    await youngWorker.stop();
    for (const lived of lives) await expectEnded(w, lived);
    expect(failures()).toEqual([]);
    expect((await w.db.pool.query('SELECT count(*)::int AS n FROM orders')).rows).toEqual([{ n: lives.length }]);
    const { report: books } = await checkIntegrity(w.db.pool, {
      full: true,
      now: new Date(),
      provider: createPspLog(w.psp.controlUrl),
    });
    expect(books.invariants.filter(({ state }) => state !== 'holds')).toEqual([]);
    const answered = [...shoppers.answers.values()].reduce((sum, count) => sum + count, 0);
    return {
      figures: [
        ['orders placed and ended during the upgrade', lives.length],
        ['requests answered', answered],
        ['of them 503, and repeated under the same key', shoppers.answers.get(503) ?? 0],
        ['of them any other 5xx', 0],
        ['sagas open when each stage began', carriedOver.join(', ')],
        ['milliseconds of the migration, beside all this and a report that reads for 1,500', migratedMs],
      ],
    };
  } finally {
    shoppers.close();
    await Promise.all([old.close(), young.close()]);
    await w.close();
  }
}

async function fillShelves(house: HouseProcesses): Promise<void> {
  for (const sku of ['MUG', 'TEE', 'BAG'])
    for (const node of ['N1', 'N2']) {
      const { status } = await house.post(
        `/stock/${sku}/adjustments`,
        { node, delta: 20_000, reason: 'received' },
        `fill-${sku}-${node}`,
      );
      expect([sku, node, status < 300]).toEqual([sku, node, true]);
    }
}

/** Somebody's report: it keeps the migration from changing the table for a while. */
async function readOrders(pool: Awaited<ReturnType<typeof orderWorld>>['db']['ownerPool']): Promise<void> {
  const client = await pool.connect();
  await client.query(`BEGIN; SET LOCAL idle_in_transaction_session_timeout = 0;
    SELECT (SELECT count(*) FROM orders), (SELECT count(*) FROM shipments), (SELECT count(*) FROM sagas), (SELECT count(*) FROM skus)`);
  await pause(REPORT_MS);
  await client.query('COMMIT');
  client.release();
}

const commit = previousCommit();
const PATIENCE = { timeout: DEEP ? 900_000 : 240_000 };

it.skipIf(commit === undefined)(
  `from the version before the last migration (${commit ?? 'this clone has no history'})`,
  PATIENCE,
  async () => {
    const previous = previousVersion(commit as string);
    try {
      const { figures } = await upgradeUnderLoad({
        sources: previous.sources,
        before: previous.migrations,
        after: readMigrations(),
        prepare: previous.generateClient,
      });
      const brought = readMigrations().filter(({ name }) => !previous.migrations.some((old) => old.name === name));
      writeEvidence('upgrade', {
        title: 'Upgrade under load',
        what: 'Shoppers order, ship, refund and cancel over REST without a pause while the schema is migrated under the processes of the version before, a new api works beside the old worker, and the worker is replaced (`npm run test:deep -- server/upgrade-under-load.test.ts`).',
        figures: [['from', previous.commit], ['migrations', brought.map(({ name }) => name).join(', ')], ...figures],
        notes: [
          'Every order ended as it should, with as many captures in the provider’s own log as it has parcels; the oracle found nothing.',
        ],
      });
    } finally {
      previous.remove();
    }
  },
);

it.runIf(commit === undefined || DEEP)('to a version to come', PATIENCE, async () => {
  await upgradeUnderLoad({ before: readMigrations(), after: [...readMigrations(), PLANTED] });
});
