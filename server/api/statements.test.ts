import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chart } from '../domains/ledger/schema.ts';
import { accountId } from '../domains/ledger/service.ts';
import { markAccounts } from '../flows/mark-accounts.ts';
import { newId } from '../kernel/ids.ts';
import { readPdf } from '../platform/testing/read-pdf.ts';
import { createTestDatabase, type TestDatabase } from '../platform/testing/test-database.ts';
import { writeEvidence } from '../testing/evidence.ts';
import { appRouter } from './root.ts';
import { type ApiUnderTest, startApiUnderTest } from './testing/api-under-test.ts';

const DEEP = process.env.WAYBILL_DEEP === '1';
const ENTRIES = DEEP ? 100_000 : 2_200;
const WHOLE = 'from=2026-02-01&to=2026-10-01';
/** What a statement in full length may keep in memory; its CSV alone is longer. */
const KEPT_BYTES = 8 * 1024 ** 2;
const figures = new Map<string, number>([['entries', ENTRIES]]);
/** One a minute from the first of March on, ten cents in and, every third, a euro out; the clock falls back now and then. */
const START = '2026-03-01T00:00:00Z';

let db: TestDatabase;
let api: ApiUnderTest;
let cookie: string;
const customerId = newId();
const wallet = accountId(chart.wallet(customerId, 'EUR').code);
const bank = accountId(chart.bankClearing('EUR').code);

beforeAll(async () => {
  db = await createTestDatabase();
  api = await startApiUnderTest(db, { router: appRouter, handlePublic: () => {} });
  cookie = await api.signIn('finance');
  const { ownerPool } = db;
  await ownerPool.query(`INSERT INTO customers (id, name, created_at) VALUES ($1, 'Наталия 山田 Żółć', now())`, [customerId]);
  await ownerPool.query(
    `INSERT INTO accounts (id, code, kind, home, customer_id, currency, normal_side, limited, created_at)
     VALUES ($1, $2, 'wallet', 'EU', $3, 'EUR', 'credit', false, now()), ($4, $5, 'bank_clearing', 'EU', NULL, 'EUR', 'debit', false, now())`,
    [wallet, chart.wallet(customerId, 'EUR').code, customerId, bank, chart.bankClearing('EUR').code],
  );
  await ownerPool.query(
    `INSERT INTO transfers (id, journal_id, kind, phase, debit_account, credit_account, amount_minor, currency, reference, debit_version, credit_version,
       debit_balance_minor, credit_balance_minor, actor, trace_id, at)
     SELECT gen_random_uuid(), gen_random_uuid(), CASE WHEN out THEN 'p2p' ELSE 'top_up' END, 'single', CASE WHEN out THEN $1::uuid ELSE $2 END,
       CASE WHEN out THEN $2::uuid ELSE $1 END, amount, 'EUR', CASE WHEN n = 2 THEN '=HYPERLINK("http://evil","x")' END, n, n, balance, balance, 'system:test', 't', at
     FROM (SELECT n, n % 3 = 0 AS out, CASE WHEN n % 3 = 0 THEN 100 ELSE 10 END AS amount,
                  sum(CASE WHEN n % 3 = 0 THEN -100 ELSE 10 END) OVER (ORDER BY n) AS balance,
                  $3::timestamptz + n * interval '1 minute' - CASE WHEN n % 50 = 0 THEN interval '90 minutes' ELSE '0' END AS at
           FROM generate_series(1, $4::int) n) entries`,
    [wallet, bank, START, ENTRIES],
  );
  await ownerPool.query(
    `UPDATE accounts a SET version = $3, credits_posted = CASE a.id WHEN $1 THEN s.into ELSE s.out END, debits_posted = CASE a.id WHEN $1 THEN s.out ELSE s.into END
     FROM (SELECT sum(amount_minor) FILTER (WHERE credit_account = $1) AS into, sum(amount_minor) FILTER (WHERE debit_account = $1) AS out FROM transfers) s
     WHERE a.id IN ($1, $2)`,
    [wallet, bank, ENTRIES],
  );
  await ownerPool.query(
    `WITH friend AS (INSERT INTO customers (id, name, created_at) VALUES (gen_random_uuid(), 'Ben Carter', now()) RETURNING id)
     INSERT INTO wallet_transfers (id, from_wallet, to_wallet, from_customer, to_customer, currency, amount_minor, note, counted_on, at)
     SELECT t.id, gen_random_uuid(), gen_random_uuid(), $2, friend.id, 'EUR', t.amount_minor, 'Lunch', t.at::date, t.at
     FROM transfers t, friend WHERE t.debit_account = $1 AND t.debit_version = 3`,
    [wallet, customerId],
  );
  await markAccounts(db.pool);
});
afterAll(async () => {
  const seen = figures.size === 5;
  if (seen)
    writeEvidence('statement', {
      title: 'A long statement',
      what: 'One account’s statement over HTTP, as CSV to a reader who dawdles and as PDF read back page by page; `npm run test:deep`.',
      figures: [...figures],
    });
  await api.stop();
  await db.drop();
});

const ask = (path: string, headers: Record<string, string> = { cookie }) =>
  fetch(`${api.url}/api/documents/statements/${wallet}${path}`, { headers });
const cents = (decimal: string | undefined): number => Math.round(Number(decimal) * 100);

async function csv(period: string) {
  const response = await ask(`.csv?${period}`);
  expect(response.status).toBe(200);
  const rows = parse(await response.text(), { columns: true }) as Record<string, string>[];
  const entries = rows.filter((row) => row.type === 'entry');
  return { rows, entries, opening: cents(rows[0]?.balance), closing: cents(rows.at(-1)?.balance) };
}

describe('a statement as CSV', () => {
  test('adds up: opening, each running balance, closing, and one period after the other', async () => {
    let [carried, seen] = [0, 0];
    for (const period of ['from=2025-01-01&to=2026-03-01', 'from=2026-03-02&to=2026-03-02', 'from=2026-03-03&to=2026-10-01']) {
      const { entries, opening, closing } = await csv(period);
      expect(opening).toBe(carried);
      for (const entry of entries) {
        carried += cents(entry.amount);
        expect(cents(entry.balance)).toBe(carried);
      }
      expect(closing).toBe(carried);
      seen += entries.length;
    }
    expect(seen).toBe(ENTRIES);
  });

  test.runIf(DEEP)('of any length is never in memory as a whole, however slowly it is read', async () => {
    const live = liveBytes();
    const response = await ask(`.csv?${WHOLE}`);
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    let [bytes, lines, peak] = [0, 0, 0];
    const before = live();
    for (let chunk = 0; ; chunk++) {
      const { value, done } = await reader.read();
      if (done) break;
      bytes += value.byteLength;
      for (const byte of value) if (byte === 10) lines++;
      // A reader who dawdles from the first chunk on: whoever does not wait for him piles everything up.
      if (chunk < 20) await new Promise((resolve) => setTimeout(resolve, 50));
      if (chunk % 20 === 0) peak = Math.max(peak, live() - before);
    }
    expect(lines).toBe(ENTRIES + 3);
    expect(bytes).toBeGreaterThan(KEPT_BYTES);
    expect(peak).toBeLessThan(KEPT_BYTES);
    figures.set('bytes of CSV', bytes).set('bytes in memory at most, over those before', peak);
  });

  test('belongs to days of the reader’s zone', async () => {
    const utc = await csv('from=2026-03-02&to=2026-03-02');
    await db.ownerPool.query(`UPDATE users SET time_zone = 'Asia/Tokyo'`);
    const tokyo = await csv('from=2026-03-02&to=2026-03-02');
    await db.ownerPool.query(`UPDATE users SET time_zone = 'UTC'`);
    expect(utc.rows[0]?.at).toBe('2026-03-02T00:00:00.000Z');
    expect(tokyo.rows[0]?.at).toBe('2026-03-01T15:00:00.000Z');
    expect(tokyo.opening).not.toBe(utc.opening);
  });

  test('shows a formula as text', async () => {
    const { entries } = await csv('from=2026-03-01&to=2026-03-01');
    expect(entries.find((row) => row.version === '2')?.reference).toBe(`'=HYPERLINK("http://evil","x")`);
  });

  test('tells a customer what moved, to whom and what for, and neither the house’s accounts nor its references', async () => {
    const own = await api.signIn('customer', { customerId });
    const response = await ask('.csv?from=2026-03-01&to=2026-03-01', { cookie: own });
    const text = await response.text();
    expect(response.headers.get('content-disposition')).toBe(
      'attachment; filename="statement-wallet-eur-2026-03-01-2026-03-01.csv"',
    );
    expect(text).toContain('top_up');
    expect(text).toMatch(/,p2p,Ben Carter,,Lunch,-1\.00,/);
    expect(text).not.toMatch(/bank_clearing|HYPERLINK/);
  });

  test('is refused for a period that is none', async () => {
    for (const period of [
      'from=2026-02-30&to=2026-03-01',
      'from=2026-03-02&to=2026-03-01',
      'from=2999-01-01&to=2999-01-02',
      'from=1990-01-01&to=2026-01-01',
      "from=x'&to=y",
    ]) {
      const response = await ask(`.csv?${period}`);
      expect([period, response.status, (await response.json()).code]).toEqual([period, 400, 'invalid_request']);
    }
  });
});

describe('a statement as PDF', () => {
  test('has every entry on numbered pages, with the name in its own scripts', async () => {
    const response = await ask('.pdf?from=2026-03-01&to=2026-03-02');
    const bytes = new Uint8Array(await response.arrayBuffer());
    expect(Buffer.from(bytes.slice(0, 5)).toString()).toBe('%PDF-');
    const { pages } = await readPdf(bytes);
    const { entries, closing } = await csv('from=2026-03-01&to=2026-03-02');
    const lines = pages.flat();
    expect(lines.filter((line) => /^\d+ Mar 2026, /.test(line))).toHaveLength(entries.length);
    for (const [index, page] of pages.entries()) expect(page.at(-1)).toMatch(new RegExp(`${index + 1} / ${pages.length}$`));
    expect(pages.length).toBeGreaterThan(entries.length / 60);
    const shown = new Intl.NumberFormat('en-GB', { style: 'currency', currency: 'EUR' }).format(Math.abs(closing) / 100);
    expect(lines.filter((line) => line.startsWith('Closing balance') && line.endsWith(shown))).toHaveLength(2);
    expect(lines.join('').replaceAll(/[ |]/g, '')).toContain('Наталия山田Żółć');
    expect(lines.filter((line) => line.includes('Ben Carter · Lunch'))).toHaveLength(1);
  });

  test(
    'is whole however many pages it has, and one without entries says so',
    async () => {
      const bytes = new Uint8Array(await (await ask(`.pdf?${WHOLE}`)).arrayBuffer());
      figures.set('bytes of PDF', bytes.byteLength);
      const { pages } = await readPdf(bytes);
      const entries = pages.map((page) => page.filter((line) => /^\d+ \w{3} 2026, /.test(line)).length);
      expect(entries.reduce((sum, count) => sum + count, 0)).toBe(ENTRIES);
      for (const [index, page] of pages.entries()) expect(page.at(-1)).toMatch(new RegExp(`${index + 1} / ${pages.length}$`));
      // No page but the first, with the head, and the last holds fewer than another: none is half empty.
      expect(new Set(entries.slice(1, -1)).size).toBeLessThanOrEqual(1);
      figures.set('pages of PDF, each with its number and full', pages.length);
      const empty = await readPdf(new Uint8Array(await (await ask('.pdf?from=2026-01-01&to=2026-01-02')).arrayBuffer()));
      expect(empty.pages).toHaveLength(1);
      expect(empty.pages.flat()).toContain('Nothing was posted to this account in this period.');
    },
    DEEP ? 900_000 : undefined,
  );

  test('that readers walk away from frees the press', async () => {
    for (let reader = 0; reader < 6; reader++) {
      const response = await ask('.pdf?from=2026-03-01&to=2026-10-01');
      await response.body?.cancel();
    }
    await expect.poll(async () => (await ask('.pdf?from=2026-03-01&to=2026-03-01')).status, { timeout: 10_000 }).toBe(200);
  });
});

/** Measures what this process holds on to once garbage is collected, in bytes. */
function liveBytes(): () => number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  return () => {
    collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
}

test('books that do not add up make no statement', async () => {
  await db.ownerPool.query('ALTER TABLE account_marks DISABLE TRIGGER append_only');
  await db.ownerPool.query(
    `UPDATE account_marks SET credits_posted = credits_posted + 1 WHERE account_id = $1 AND version = 2000`,
    [wallet],
  );
  for (const format of ['csv', 'pdf']) expect((await ask(`.${format}?from=2026-03-01&to=2026-10-01`)).status).toBe(500);
  await db.ownerPool.query(
    `UPDATE account_marks SET credits_posted = credits_posted - 1 WHERE account_id = $1 AND version = 2000`,
    [wallet],
  );
});
