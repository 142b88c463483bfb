import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appUrl } from '../../../prisma/migrate.ts';
import { sealRows } from '../../flows/seal-rows.ts';
import { type OrderWorld, orderWorld } from '../../flows/testing/order-world.ts';
import { confirmed, openSagas, providerLog, shipping } from '../../flows/testing/saga-scenarios.ts';
import { verify, writeAudits } from '../../flows/testing/sealed-books.ts';
import { createPool } from '../../platform/db.ts';
import { attachProcess, removeEmbeddedPostgres, stopEmbeddedPostgres } from '../../platform/embedded-postgres.ts';
import { findDueOfOrders } from '../../platform/saga-rows.ts';
import { createOldDatabase } from '../../platform/testing/test-database.ts';
import { houseProcesses } from '../../testing/house-processes.ts';
import { installedPostgres, type OtherPostgres, otherPostgres } from '../../testing/other-postgres.ts';
import { createPspLog } from '../../views/integrity/psp-log.ts';
import { checkIntegrity } from '../../views/integrity.ts';
import { ROOT } from '../project.ts';
import { type Manifest, readManifest, verifyFiles } from './manifest.ts';
import { checkMigrations, restoreBackup } from './restore-backup.ts';
import { takeBackup } from './take-backup.ts';

/**
 * A shop at work is backed up and goes on: orders are placed, shipped and refunded while the backup is taken and after it. The copy is
 * restored on another server, where a worker ends what was open when it was taken. The provider lives through both.
 */
const SHOPPERS = 4;
/** What COPY has to escape. */
const ODD = 'a\tb\nc\\N d\r\\. 😀';
const ZOE = { email: 'zoe@customer.example', name: 'Zoë \\N 😀' };
const OLD = installedPostgres();

const dir = mkdtempSync(join(tmpdir(), 'waybill-backup-'));
const folder = join(dir, 'backup');
/** Reached by PostgreSQL's own user where we are root. */
const dataDir = mkdtempSync(join(tmpdir(), 'waybill-restored-'));
let w: OrderWorld;
let manifest: Manifest;
let server: OtherPostgres;
/** Acknowledged before the backup began. */
const acknowledged: string[] = [];
/** What was left half done for the copy to find, by what has to become of it. */
const open: { placed: string[]; shipped: string[]; refunded: string[] } = { placed: [], shipped: [], refunded: [] };
let numbered: (string | null)[] = [];

/** Takes the sagas of one order as far as they go, as a worker would. */
async function carryOn(orderId: string): Promise<void> {
  for (;;) {
    const due = await findDueOfOrders(w.db.pool, [orderId], w.clock());
    if (due.length === 0) return;
    await Promise.all(due.map((id) => w.flows.advanceSaga(id)));
  }
}

async function shop(closed: () => boolean): Promise<void> {
  while (!closed()) {
    const { id } = await w.place({ lines: [{ sku: 'TEE', quantity: 2 }], customer: ZOE, metadata: { note: ODD } });
    acknowledged.push(id);
    await carryOn(id);
    await w.flows.shipOrder({ orderId: id }, w.ctx());
    await carryOn(id);
  }
}

async function leaveOpen(): Promise<void> {
  const shipped: string[] = [];
  const refunded: string[] = [];
  for (let n = 0; n < 3; n++) {
    shipped.push(await confirmed(w));
    refunded.push(await shipping(w));
  }
  await w.settle();
  for (const id of shipped) await w.flows.shipOrder({ orderId: id }, w.ctx());
  for (const id of refunded) await w.flows.refundOrder({ kind: 'units', orderId: id, reason: 'damaged' }, w.ctx());
  const placed = await Promise.all(shipped.map(() => w.place({ lines: [{ sku: 'MUG', quantity: 2 }] })));
  Object.assign(open, { placed: placed.map(({ id }) => id), shipped, refunded });
  // A worker had taken these, and is not there any more when they are restored.
  await w.db.ownerPool.query(`UPDATE graphile_worker._private_jobs SET locked_at = now(), locked_by = 'worker-that-was'`);
}

/** Whether the backup's transaction ever had a number, by which it would have held back live events until its end. */
async function watch(closed: () => boolean): Promise<void> {
  while (!closed()) {
    const { rows } = await w.db.ownerPool.query<{ number: string | null }>(
      `SELECT backend_xid::text AS number FROM pg_stat_activity WHERE application_name = 'waybill-backup' AND xact_start IS NOT NULL`,
    );
    numbered = [...numbered, ...rows.map((row) => row.number)];
    await sleep(5);
  }
}

beforeAll(async () => {
  [w, server] = await Promise.all([orderWorld({ stock: 50_000 }), otherPostgres(OLD)]);
  await leaveOpen();
  let done = false;
  const shoppers = Array.from({ length: SHOPPERS }, () => shop(() => done));
  while (acknowledged.length < 3 * SHOPPERS) await Promise.race([sleep(10), ...shoppers]);
  await sealRows(w.db.pool, { home: 'EU', now: w.clock, most: 100 });
  const before = [...acknowledged];
  const watching = watch(() => done);
  manifest = await takeBackup({ ownerUrl: w.db.ownerUrl, dataDir: dir, demo: false, dataKey: 'the key' }, folder);
  done = true;
  await Promise.all([...shoppers, watching]);
  acknowledged.splice(0, acknowledged.length, ...before);
  // The house goes on after its backup, and the provider with it, until the disaster.
  for (const id of [...open.placed, ...open.shipped, ...open.refunded]) await carryOn(id);
  const [placed] = open.placed as [string];
  await w.flows.shipOrder({ orderId: placed }, w.ctx());
  await carryOn(placed);
});
afterAll(async () => {
  await stopEmbeddedPostgres(dataDir);
  removeEmbeddedPostgres(dataDir);
  await Promise.all([server.stop(), w.close()]);
  rmSync(dir, { recursive: true, force: true });
});

const AFTER_EACH_OTHER = 'SELECT id FROM events ORDER BY xid, id';
const ids = async (pool: pg.Pool, sql: string): Promise<string[]> =>
  (await pool.query<{ id: string }>(sql)).rows.map((row) => row.id);

describe(`a backup that is restored on ${OLD ? `PostgreSQL ${OLD}` : 'another server (PostgreSQL 15 is not installed here)'}`, () => {
  let pool: pg.Pool;
  let restored: OrderWorld;
  beforeAll(async () => {
    await verifyFiles(folder, readManifest(folder));
    const target = { ownerUrl: server.url, appPassword: 'restored' };
    await restoreBackup(target, folder, manifest);
    const url = appUrl(target.ownerUrl, target.appPassword);
    pool = createPool({ connectionString: url });
    restored = { ...w, db: { ...w.db, pool, url, ownerUrl: target.ownerUrl } };
  });
  afterAll(() => pool.end());

  it('has every order that was acknowledged before', async () => {
    const there = new Set(await ids(pool, 'SELECT id FROM orders'));
    expect(acknowledged.filter((id) => !there.has(id))).toEqual([]);
    expect(acknowledged.length).toBeGreaterThanOrEqual(3 * SHOPPERS);
  });

  it('is one moment: the books agree, whoever was writing', async () => {
    const { report } = await checkIntegrity(pool, { full: true, now: new Date() });
    expect(report.invariants.filter(({ state }) => state === 'violated')).toEqual([]);
  });

  it('is sealed as it was, and what is written from now on is sealed behind that', async () => {
    const sealed = await verify(pool);
    expect(sealed.findings).toEqual([]);
    expect(sealed.rows).toBeGreaterThan(0);
    await writeAudits(pool, 3);
    const { rows, stopped } = await sealRows(pool, { home: 'EU', now: w.clock, most: 100 });
    expect({ rows, stopped }).toEqual({ rows: sealed.unsealed + 3, stopped: 'done' });
    expect(await verify(pool)).toMatchObject({ rows: sealed.rows + rows, unsealed: 0, findings: [] });
  });

  it('has every character of what people wrote', async () => {
    const { rows } = await pool.query(
      `SELECT DISTINCT customer_name AS name, metadata->>'note' AS note FROM orders WHERE metadata <> '{}'`,
    );
    expect(rows).toEqual([{ name: ZOE.name, note: ODD }]);
  });

  it('tells of events in the order in which they became visible, and of new ones after them', async () => {
    const order = await ids(pool, AFTER_EACH_OTHER);
    const there = new Set(order);
    expect(order).toEqual((await ids(w.db.pool, AFTER_EACH_OTHER)).filter((id) => there.has(id)));
    const hidden = await pool.query('SELECT FROM events WHERE xid >= pg_snapshot_xmin(pg_current_snapshot())');
    expect(hidden.rowCount).toBe(0);
  });

  it('has no job that somebody who is gone would have to do', async () => {
    const { rows } = await pool.query(
      'SELECT count(*)::int AS all, count(locked_by)::int AS locked FROM graphile_worker.jobs WHERE attempts = 0',
    );
    expect(rows).toEqual([{ all: expect.any(Number), locked: 0 }]);
    expect(rows[0].all).toBeGreaterThan(0);
  });

  it('goes on: a worker ends what was open, and the provider finds nothing asked twice', async () => {
    const half = [...open.placed, ...open.shipped, ...open.refunded];
    for (const id of half) expect(await openSagas(restored, id), id).not.toEqual([]);
    const asked = await Promise.all(half.map((id) => providerLog(w, id)));
    const house = await houseProcesses(restored);
    await house.start('worker');
    await expect.poll(() => ids(pool, `SELECT id FROM sagas WHERE status <> 'done'`), { timeout: 60_000 }).toEqual([]);
    await house.close();
    const { rows } = await pool.query('SELECT id, status, captured_minor, refunded_minor FROM orders WHERE id = ANY($1)', [half]);
    const ends = new Map(rows.map(({ id, ...order }) => [id, order]));
    for (const id of open.placed) expect(ends.get(id)).toMatchObject({ status: 'CONFIRMED', captured_minor: 0n });
    for (const id of open.shipped) expect(ends.get(id)).toMatchObject({ status: 'FULFILLED', captured_minor: 2_990n });
    for (const id of open.refunded) expect(ends.get(id)).toMatchObject({ status: 'REFUNDED', refunded_minor: 2_990n });
    expect(await Promise.all(half.map((id) => providerLog(w, id)))).toEqual(asked);
    for (const id of open.shipped) expect(await w.captures(id)).toHaveLength(1);
  });

  it('shows what the provider did after the backup was taken, which nothing here knows of, and nothing else', async () => {
    const captures = `SELECT id FROM payment_operations WHERE kind = 'capture'`;
    const known = new Set(await ids(pool, captures));
    const later = (await ids(w.db.pool, captures)).filter((id) => !known.has(id)).length;
    expect(later).toBeGreaterThan(0);
    const { report } = await checkIntegrity(pool, { full: true, now: new Date(), provider: createPspLog(w.psp.controlUrl) });
    const findings = report.invariants.filter(({ state }) => state !== 'holds').map(({ id, violations }) => ({ id, violations }));
    expect(findings).toEqual([{ id: 'money.provider_captures', violations: later }]);
  });

  it('is not put over what is there', async () => {
    const target = { ownerUrl: server.url, appPassword: 'restored' };
    await expect(restoreBackup(target, folder, manifest)).rejects.toThrow(/is not empty \([\w.]+ has rows\)/);
  });
});

it('while it is taken live events go on: its transaction has no number', () => {
  expect(numbered.length).toBeGreaterThan(0);
  expect(numbered.filter((number) => number !== null)).toEqual([]);
});

/** A command of package.json, as a process of its own. */
const command = (name: string, ...args: string[]) => commandWith({}, name, ...args);

function commandWith(
  more: Readonly<Record<string, string>>,
  name: string,
  ...args: string[]
): Promise<{ code: number | null; output: string }> {
  const { DATABASE_URL: _, ...kept } = process.env;
  const env = { ...kept, ...more };
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(ROOT, 'server/cli', `${name}.ts`), ...args],
    { env },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, output })));
}

/** What a table's file holds: its rows, without regard to their order. */
const rowsOf = (backup: string, file: string): string[] =>
  gunzipSync(readFileSync(join(backup, file)))
    .toString()
    .split('\n')
    .sort();

it('the command: refused because a database is not empty, it leaves no secrets beside it', async () => {
  const beside = join(dir, 'beside');
  const refused = await commandWith({ DATABASE_URL: server.url }, 'restore', '--from', folder, '--data', beside);
  expect(refused).toMatchObject({ code: 1, output: expect.stringMatching(/is not empty/) });
  expect(existsSync(beside)).toBe(false);
});

it('the commands: restored into a data folder, looked at by the oracle, and backed up again, everything is the same', async () => {
  attachProcess(dataDir); // so that its server is not ended and started between two commands
  expect(await command('restore', '--from', folder, '--data', dataDir)).toMatchObject({ code: 0 });
  const oracle = await command('oracle', '--data', dataDir);
  expect(oracle, oracle.output).toMatchObject({ code: 0, output: expect.stringContaining('0 violations') });
  expect(await command('ledger-verify', '--data', dataDir)).toMatchObject({
    code: 0,
    output: expect.stringMatching(/✓ 0 findings in \d+ seals/),
  });
  const second = join(dir, 'again');
  expect(await command('backup', '--data', dataDir, '--to', second)).toMatchObject({ code: 0 });
  const again = readManifest(second);
  expect(again.others.map(({ path }) => path)).toEqual(['secrets.json']);
  expect(statSync(join(second, 'secrets.json')).mode & 0o777).toBe(0o600);
  expect(again.migrations).toEqual(manifest.migrations);
  expect(again.tables.map(({ name, rows }) => [name, rows])).toEqual(manifest.tables.map(({ name, rows }) => [name, rows]));
  for (const { name, file, columns } of manifest.tables) {
    // Transactions are numbered anew, and jobs were let go.
    if (columns.some((column) => column.endsWith('xid')) || name === '_private_jobs') continue;
    expect(rowsOf(second, file), name).toEqual(rowsOf(folder, file));
  }
});

describe('a restore is refused in one sentence', () => {
  const spoilt = (change: (copy: string) => void): string => {
    const copy = mkdtempSync(join(dir, 'spoilt-'));
    cpSync(folder, copy, { recursive: true });
    change(copy);
    return copy;
  };

  it('of a backup that was not finished', () => {
    const copy = spoilt((path) => rmSync(join(path, 'manifest.json')));
    expect(() => readManifest(copy)).toThrow(/holds no finished backup/);
  });

  it('of a file that lost a byte, of one whose byte is another, of one that is gone', async () => {
    const bytes = readFileSync(join(folder, 'orders.gz'));
    const other = Buffer.from(bytes);
    other[bytes.length >> 1] = (other[bytes.length >> 1] as number) ^ 1;
    for (const content of [bytes.subarray(1), other]) {
      const copy = spoilt((path) => writeFileSync(join(path, 'orders.gz'), content));
      await expect(verifyFiles(copy, readManifest(copy))).rejects.toThrow(/orders\.gz is damaged/);
    }
    const without = spoilt((path) => rmSync(join(path, 'orders.gz')));
    await expect(verifyFiles(without, readManifest(without))).rejects.toThrow(/orders\.gz is missing/);
  });

  it('of a newer version, or a newer format', () => {
    const newer = { ...manifest, migrations: [...manifest.migrations, '29991231000000_later'] };
    expect(() => checkMigrations(newer)).toThrow(/newer version of Waybill \(29991231000000_later\)/);
    const copy = spoilt((path) => writeFileSync(join(path, 'manifest.json'), JSON.stringify({ ...manifest, format: 2 })));
    expect(() => readManifest(copy)).toThrow(/newer version/);
  });

  it('into a database of another version', async () => {
    const older = { ...manifest, migrations: manifest.migrations.slice(0, -1) };
    const target = { ownerUrl: w.db.ownerUrl, appPassword: w.db.appPassword };
    await expect(restoreBackup(target, folder, older)).rejects.toThrow(/of another version than the backup/);
  });

  it('and a restore that failed halfway leaves empty tables, to start again', async () => {
    const db = await createOldDatabase([]);
    const target = { ownerUrl: db.ownerUrl, appPassword: db.appPassword };
    const cut = spoilt((path) => writeFileSync(join(path, 'sagas.gz'), readFileSync(join(folder, 'orders.gz'))));
    await expect(restoreBackup(target, cut, manifest)).rejects.toThrow();
    expect((await db.ownerPool.query('SELECT FROM events')).rowCount).toBe(0);
    await restoreBackup(target, folder, manifest);
    expect((await db.ownerPool.query('SELECT FROM events')).rowCount).toBe(
      manifest.tables.find(({ name }) => name === 'events')?.rows,
    );
    await db.drop();
  });
});
