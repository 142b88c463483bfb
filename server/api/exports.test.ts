import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OrderWorld, orderWorld } from '../flows/testing/order-world.ts';
import { asSuperuser } from '../flows/testing/sealed-books.ts';
import { newId } from '../kernel/ids.ts';
import { ROLES, type Role } from '../kernel/vocabulary.ts';
import { listGlPostings } from '../views/gl/postings.ts';
import { EXPORT_PERMISSIONS } from './export-permissions.ts';
import type { PermissionRow } from './permissions.ts';
import { appRouter } from './root.ts';
import { type ApiUnderTest, startApiUnderTest } from './testing/api-under-test.ts';

type Row = Record<
  'date' | 'journal' | 'account' | 'name' | 'debit' | 'credit' | 'currency' | 'reference' | 'order' | 'memo' | 'transfer',
  string
>;

let w: OrderWorld;
let api: ApiUnderTest;
let finance: string;
let order: { id: string; number: string };
const OTHER = newId();

beforeAll(async () => {
  w = await orderWorld();
  api = await startApiUnderTest(w.db, { router: appRouter, handlePublic: () => {} });
  finance = await api.signIn('finance');
  order = await w.place({ lines: [{ sku: 'MUG', quantity: 2 }] });
  await w.settle();
  await w.flows.shipOrder({ orderId: order.id }, w.ctx('warehouse'));
  await w.settle();
  await w.flows.refundOrder({ kind: 'units', orderId: order.id, reason: 'damaged' }, w.ctx());
  await w.settle();
  await w.db.ownerPool.query(
    `INSERT INTO merchants (id, home, slug, name, currency, country, created_at) VALUES ($1, 'EU', 'other', 'Other', 'JPY', 'JP', now())`,
    [OTHER],
  );
});
afterAll(async () => {
  await api.stop();
  await w.close();
});

const YEARS = 'from=2020-01-01&to=2040-12-31';
const get = (query: string, cookie?: string) =>
  fetch(`${api.url}/api/exports/general-ledger.csv?${query}`, cookie ? { headers: { cookie } } : {});
async function rowsOf(query: string, cookie = finance): Promise<Row[]> {
  const response = await get(query, cookie);
  expect(response.status).toBe(200);
  return parse(await response.text(), { columns: true }) as Row[];
}
const sum = (rows: readonly Row[], side: 'debit' | 'credit', of: (row: Row) => boolean = () => true): number =>
  Math.round(100 * rows.filter(of).reduce((total, row) => total + Number(row[side]), 0));
const accounts = (rows: readonly Row[]) => [...new Set(rows.map(({ account, name }) => `${account} ${name}`))].sort();

/** A posting between accounts of these kinds, as one of the flows would write it. */
async function post(
  at: string,
  currency: string,
  amount: number,
  more: { merchant?: string; reference?: string; kinds?: [string, string] } = {},
) {
  const [debit, credit] = [newId(), newId()];
  const [debitKind, creditKind] = more.kinds ?? ['goodwill', 'breakage'];
  await asSuperuser(
    w.db.ownerPool,
    `INSERT INTO accounts (id, code, kind, home, merchant_id, currency, normal_side, debits_posted, credits_posted, version, created_at)
     VALUES ('${debit}', '${debit}', '${debitKind}', 'EU', ${more.merchant ? `'${more.merchant}'` : 'NULL'}, '${currency}', 'debit', ${amount}, 0, 1, now()),
            ('${credit}', '${credit}', '${creditKind}', 'EU', ${more.merchant ? `'${more.merchant}'` : 'NULL'}, '${currency}', 'credit', 0, ${amount}, 1, now())`,
    `INSERT INTO transfers (id, journal_id, kind, phase, debit_account, credit_account, amount_minor, currency, reference, debit_version, credit_version,
                            debit_balance_minor, credit_balance_minor, actor, trace_id, at)
     VALUES ('${newId()}', '${newId()}', 'adjustment', 'single', '${debit}', '${credit}', ${amount}, '${currency}', ${more.reference ? `'${more.reference}'` : 'NULL'},
             1, 1, ${amount}, ${amount}, 'user:a', 't', '${at}')`,
  );
  return { debit, credit };
}

describe('the journal', () => {
  it('has a row per entry, with the accountant’s accounts, and equal sides', async () => {
    const rows = await rowsOf(YEARS);
    expect(sum(rows, 'debit')).toBe(sum(rows, 'credit'));
    const about = rows.filter((row) => row.order === order.number);
    expect(accounts(about)).toEqual([
      '1100 PSP clearing',
      '1200 Accounts receivable',
      '2100 Payable to merchants',
      '6100 Payment fees',
    ]);
    const sale = about.filter((row) => row.memo === 'sale');
    expect(sale.map(({ account, debit, credit, currency }) => [account, debit, credit, currency])).toEqual([
      ['1200', expect.stringMatching(/^\d+\.\d\d$/), '', 'EUR'],
      ['2100', '', sale[0]?.debit, 'EUR'],
    ]);
    // What was only held was never posted: no authorization, and a receivable that came to nothing.
    expect(about.map((row) => row.memo)).not.toContain('authorization');
    expect(sum(about, 'debit', (row) => row.account === '1200')).toBe(sum(about, 'credit', (row) => row.account === '1200'));
  });

  it('takes whole days in UTC, both ends included, and one currency of its own digits', async () => {
    await post('2031-03-01T00:00:00Z', 'JPY', 500);
    await post('2031-03-02T23:59:59.999999Z', 'KWD', 1_234);
    await post('2031-03-03T00:00:00Z', 'JPY', 700);
    const rows = await rowsOf('from=2031-03-01&to=2031-03-02');
    expect(rows.map(({ date, debit, credit, currency }) => [date, debit, credit, currency])).toEqual([
      ['2031-03-01', '500', '', 'JPY'],
      ['2031-03-01', '', '500', 'JPY'],
      ['2031-03-02', '1.234', '', 'KWD'],
      ['2031-03-02', '', '1.234', 'KWD'],
    ]);
    expect((await rowsOf('from=2031-03-01&to=2031-03-03&currency=JPY')).map((row) => row.debit).filter(Boolean)).toEqual([
      '500',
      '700',
    ]);
  });

  it('starts no formula in a spreadsheet', async () => {
    await post('2032-01-01T00:00:00Z', 'EUR', 1, { reference: '=HYPERLINK("http://evil.example")' });
    await post('2032-01-02T00:00:00Z', 'EUR', 1, { reference: '@SUM(1), "two"' });
    const references = new Set((await rowsOf('from=2032-01-01&to=2032-01-02')).map((row) => row.reference));
    expect([...references]).toEqual([`'=HYPERLINK("http://evil.example")`, `'@SUM(1), "two"`]);
  });

  it('is streamed page by page, and loses no row at their edges', async () => {
    await w.db.ownerPool.query(
      `INSERT INTO transfers (id, journal_id, kind, phase, debit_account, credit_account, amount_minor, currency, debit_version, credit_version,
                              debit_balance_minor, credit_balance_minor, actor, trace_id, at)
       SELECT gen_random_uuid(), gen_random_uuid(), 'many', 'single', d.id, c.id, n, 'EUR', n, n, n, n, 'user:a', 't', '2033-05-05'
       FROM generate_series(1, 4500) n, (SELECT id FROM accounts WHERE kind = 'psp_fees' LIMIT 1) d, (SELECT id FROM accounts WHERE kind = 'psp_clearing' LIMIT 1) c`,
    );
    const rows = await rowsOf('from=2033-05-05&to=2033-05-05');
    expect(rows).toHaveLength(9_000);
    expect(sum(rows, 'debit')).toBe((4_500 * 4_501) / 2);
    expect(new Set(rows.map((row) => row.transfer)).size).toBe(4_500);
  });
});

it('a program reads the same postings page by page', async () => {
  const ids: string[] = [];
  const period = { from: '2033-05-05', to: '2033-05-05' };
  for (let after: string | undefined; ; ) {
    const page = await listGlPostings(
      w.db.pool,
      { merchantId: w.merchantId, customerId: null },
      { ...period, after, limit: 200 },
    );
    ids.push(...page.items.map((posting) => posting.id));
    if (page.next === null) break;
    after = page.next;
  }
  const rows = await rowsOf('from=2033-05-05&to=2033-05-05');
  expect(ids).toHaveLength(4_500);
  expect(new Set(ids)).toEqual(new Set(rows.map((row) => row.transfer)));
});

describe('the summary', () => {
  it('has a row per day and account, and adds up to the journal', async () => {
    const [journal, summary] = await Promise.all([rowsOf(YEARS), rowsOf(`${YEARS}&detail=summary`)]);
    const key = ({ date, account, currency }: Row) => `${date} ${account} ${currency}`;
    expect(new Set(summary.map(key)).size).toBe(summary.length);
    expect(new Set(summary.map(key))).toEqual(new Set(journal.map(key)));
    for (const one of summary)
      for (const side of ['debit', 'credit'] as const)
        expect(Math.round(100 * Number(one[side])), key(one)).toBe(sum(journal, side, (row) => key(row) === key(one)));
  });

  it('puts kinds together that are one account in the books', async () => {
    await post('2034-01-01T12:00:00Z', 'EUR', 100, { kinds: ['goodwill', 'wallet'] });
    await post('2034-01-01T13:00:00Z', 'EUR', 20, { kinds: ['chargebacks', 'wallet'] });
    const account = { number: '6000', name: 'Losses' };
    for (const kind of ['goodwill', 'chargebacks'] as const)
      await w.flows.saveGlAccount({ kind, merchantId: null, account, version: 0n }, w.ctx());
    const rows = await rowsOf('from=2034-01-01&to=2034-01-01&detail=summary');
    expect(rows.map(({ account: number, name, debit, credit }) => [number, name, debit, credit])).toEqual([
      ['2200', 'Customer wallets', '', '1.20'],
      ['6000', 'Losses', '1.20', ''],
    ]);
    for (const kind of ['goodwill', 'chargebacks'] as const)
      await w.flows.saveGlAccount({ kind, merchantId: null, account: null, version: 1n }, w.ctx());
    expect((await rowsOf('from=2034-01-01&to=2034-01-01&detail=summary')).map((row) => row.account)).toEqual([
      '2200',
      '6200',
      '6300',
    ]);
  });
});

describe('a merchant', () => {
  it('gets what touches its own accounts, both sides, under its own numbers', async () => {
    await post('2035-01-01T00:00:00Z', 'JPY', 300, { merchant: OTHER });
    await post('2035-01-01T00:00:00Z', 'EUR', 300);
    const cookie = await api.signIn('merchant', { merchantId: OTHER });
    await w.flows.saveGlAccount(
      { kind: 'goodwill', merchantId: OTHER, account: { number: 'G-1', name: 'Kulanz' }, version: 0n },
      w.ctx(),
    );
    const rows = await rowsOf(YEARS, cookie);
    expect(accounts(rows)).toEqual(['4900 Breakage', 'G-1 Kulanz']);
    expect(sum(rows, 'debit')).toBe(sum(rows, 'credit'));
    expect((await get(`${YEARS}&merchant=${w.merchantId}`, cookie)).status).toBe(404);
    expect(accounts(await rowsOf(`${YEARS}&merchant=${OTHER}`))).toEqual(['4900 Breakage', 'G-1 Kulanz']);
  });
});

it('is for exactly those whom its row names', async () => {
  const row: PermissionRow = EXPORT_PERMISSIONS['general-ledger'];
  const { rows } = await w.db.pool.query('SELECT id FROM customers LIMIT 1');
  const belongs = { merchant: { merchantId: OTHER }, customer: { customerId: rows[0].id } } as Partial<Record<Role, object>>;
  for (const role of ROLES) {
    const response = await get('from=2031-01-01&to=2031-01-01', await api.signIn(role, belongs[role] ?? {}));
    expect([role, response.status]).toEqual([role, row.allow[role] === undefined ? 403 : 200]);
  }
  expect((await get(YEARS)).status).toBe(401);
});

it.each([
  ['', /from is a day/],
  ['from=2026-02-30&to=2026-03-01', /from is a day/],
  ['from=2026-03-02&to=2026-03-01', /ends before it begins/],
  ['from=2026-03-01&to=2026-03-01&detail=all', /journal or summary/],
  ['from=2026-03-01&to=2026-03-01&currency=euro', /currency is a code/],
  ['from=2026-03-01&to=2026-03-01&merchant=acme', /merchant is an id/],
])('"%s" is refused with what to do', async (query, says) => {
  const response = await get(query, finance);
  expect(response.status).toBe(400);
  expect((await response.json()) as { detail: string }).toMatchObject({ detail: expect.stringMatching(says) });
});

it.each([
  ['an account is gone', (id: string) => `DELETE FROM accounts WHERE id = '${id}'`],
  ['an account is of another currency', (id: string) => `UPDATE accounts SET currency = 'USD' WHERE id = '${id}'`],
])('books that do not balance are not given out: %s', async (what, spoil) => {
  const day = what.includes('gone') ? '2036-01-01' : '2036-01-02';
  const { credit } = await post(`${day}T00:00:00Z`, 'EUR', 990);
  await asSuperuser(w.db.ownerPool, spoil(credit));
  const response = await get(`from=${day}&to=${day}`, finance);
  expect(response.status).toBe(409);
  expect(await response.json()).toMatchObject({
    detail: expect.stringMatching(/EUR debits 9\.90, credits 0\.00\. Nothing was exported/),
  });
  expect(response.headers.get('content-type')).not.toContain('csv');
});
