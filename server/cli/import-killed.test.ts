import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../platform/testing/test-database.ts';
import { startPspSimulator } from '../simulators/psp/server.ts';
import { createPspLog } from '../views/integrity/psp-log.ts';
import { checkIntegrity } from '../views/integrity.ts';
import { booksOf, type ImportProcess, killWhen, seededRandom, startImport } from './testing/import-process.ts';
import { onlineRetailMonth } from './testing/online-retail-month.ts';

/**
 * kill -9 at random: the import, and with it its own simulators, die at moments that the seed chooses, are started again, and at last
 * left alone. Whatever the moments were, the books are those of an import that nobody disturbed.
 */
const DEEP = process.env.WAYBILL_DEEP === '1';
const SEEDS = DEEP ? Array.from({ length: 12 }, (_, index) => index + 1) : [1];
const INVOICES = DEEP ? 600 : 150;
const KILLS = DEEP ? 6 : 3;
const MOMENT_MS = 40;

let folder: string;
let file: string;
const databases: TestDatabase[] = [];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'waybill-import-killed-'));
  file = join(folder, 'january.csv');
  writeFileSync(file, onlineRetailMonth(INVOICES));
});
afterEach(async () => {
  await Promise.all(databases.splice(1).map((db) => db.drop()));
});
afterAll(async () => {
  await Promise.all(databases.map((db) => db.drop()));
  rmSync(folder, { recursive: true, force: true });
});

/** A database and a data folder of its own, and the import into them. */
async function house(name: string): Promise<{ db: TestDatabase; data: string; start: () => ImportProcess }> {
  const db = await createTestDatabase();
  databases.push(db);
  const data = join(folder, name);
  mkdirSync(data);
  const env = { DATABASE_URL: db.url, DATABASE_OWNER_URL: db.ownerUrl };
  return { db, data, start: () => startImport({ data, files: [file], env }) };
}

async function eventsOf(db: TestDatabase): Promise<number> {
  const { rows } = await db.pool.query<{ n: number }>('SELECT count(*)::int AS n FROM events');
  return rows[0]?.n ?? 0;
}

/** The oracle, which also asks the provider what it remembers in its folder. */
async function expectBooksAgree(db: TestDatabase, data: string): Promise<void> {
  const secrets = { secretKey: 'sk_test_0123456789abcdef', webhookSecret: 'whsec_test_0123456789abcdef' };
  const psp = await startPspSimulator({ port: 0, dir: join(data, 'simulators'), ...secrets });
  try {
    const { report } = await checkIntegrity(db.pool, { full: true, now: new Date(), provider: createPspLog(psp.url) });
    expect(report.invariants.filter(({ state }) => state === 'violated')).toEqual([]);
    expect(report.unchecked).toBe(0);
  } finally {
    await psp.close();
  }
}

describe('an import that is killed at random', () => {
  let undisturbed: Record<string, unknown>;
  let events: number;
  beforeAll(async () => {
    const { db, data, start } = await house('undisturbed');
    const import_ = start();
    expect(await import_.ended, import_.output()).toBe(0);
    undisturbed = await booksOf(db.pool);
    events = await eventsOf(db);
    await expectBooksAgree(db, data);
  });

  it.each(SEEDS)('ends with the books of one that was left alone (seed %i)', { timeout: 300_000 }, async (seed) => {
    const random = seededRandom(seed);
    const { db, data, start } = await house(`seed-${seed}`);
    const moments = Array.from({ length: KILLS }, () => random() * events).sort((a, b) => a - b);
    let kills = 0;
    for (const moment of moments) {
      const wait = random() * MOMENT_MS;
      // It gets on before it is killed again, however far it went in the moment before the last kill.
      const enough = Math.max(moment, (await eventsOf(db)) + 1);
      const reached = async (): Promise<boolean> => {
        if ((await eventsOf(db)) < enough) return false;
        await new Promise((resolve) => setTimeout(resolve, wait));
        return true;
      };
      if (await killWhen(start(), reached, 5)) kills += 1;
    }
    expect(kills).toBeGreaterThan(0);
    const last = start();
    expect(await last.ended, last.output()).toBe(0);
    expect(last.output()).toContain('explained to the last penny');
    expect(await booksOf(db.pool)).toEqual(undisturbed);
    await expectBooksAgree(db, data);
  });
});
