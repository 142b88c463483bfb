import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AppliedTransfer, planTransfers } from '../domains/ledger/rules.ts';
import { chart, type TransferSpec } from '../domains/ledger/schema.ts';
import * as ledger from '../domains/ledger/service.ts';
import { markAccounts } from '../flows/mark-accounts.ts';
import { newId } from '../kernel/ids.ts';
import { withTx } from '../platform/db.ts';
import { forgetLocks } from '../platform/locks.ts';
import { createTestDatabase, type TestDatabase } from '../platform/testing/test-database.ts';
import { accountDays } from './account-days.ts';
import { readAccount } from './accounts.ts';
import { balanceAt, balanceAtVersion } from './balances.ts';
import { listEntries } from './entries.ts';
import type { Scope } from './scope.ts';
import { trialBalance } from './trial-balance.ts';

const ALL: Scope = { merchantId: null, customerId: null };
const EVERY = 7;
const START = Date.parse('2026-03-01T00:00:00Z');
const NOW = new Date('2026-06-01T00:00:00Z');
const minute = (n: number): Date => new Date(START + n * 60_000);

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

interface Written {
  readonly transfer: AppliedTransfer;
  readonly at: number;
}

/** A history on three accounts of one currency, each step dated as it likes: with a clock that runs backwards now and then. */
const step = fc.record({
  what: fc.constantFrom('single', 'single', 'pending', 'post', 'void'),
  from: fc.nat(2),
  to: fc.nat(2),
  amount: fc.integer({ min: 1, max: 500 }),
  nth: fc.nat(9),
  late: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 60 }) }),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

async function play(steps: readonly Step[]): Promise<{ written: Written[]; accounts: readonly { id: string; code: string }[] }> {
  // Gift cards' funding may run either way, so that no history is refused; a fresh merchant has fresh accounts.
  const refs = [0, 1, 2].map(() => ({ ...chart.giftCardFunding(newId(), 'EUR'), merchantId: null }));
  const written: Written[] = [];
  const holds: string[] = [];
  for (const [index, { what, from, to, amount, nth, late }] of steps.entries()) {
    const at = index - late;
    const ctx = { now: minute(at), actor: 'system:test', traceId: 't', requestId: 'r', home: 'EU' };
    const holdId = holds[nth % Math.max(1, holds.length)];
    const base = { id: newId(), kind: 'test', orderId: null, paymentId: null };
    const [debit, credit] = [refs[from]?.code ?? '', refs[from === to ? (to + 1) % 3 : to]?.code ?? ''];
    const spec: TransferSpec | null =
      what === 'single' || what === 'pending'
        ? { ...base, phase: what, debit, credit, amountMinor: BigInt(amount), currency: 'EUR' }
        : holdId === undefined
          ? null
          : what === 'post'
            ? { ...base, phase: 'post', holdId, amountMinor: 1n, final: false }
            : { ...base, phase: 'void', holdId };
    if (!spec) continue;
    await withTx(db.pool, async (tx) => {
      forgetLocks(tx);
      const state = await ledger.lock(tx, { home: 'EU', now: ctx.now, accounts: refs, holds: holdId ? [holdId] : [] });
      if ('holdId' in spec && state.holds.get(spec.holdId)?.status !== 'open') return;
      const applied = ledger.post(state, planTransfers(state, [spec], ctx.now), ctx);
      await ledger.write(tx, state);
      written.push(...applied.map((transfer) => ({ transfer, at })));
    });
    if (what === 'pending') holds.push(spec.id);
  }
  return { written, accounts: refs.map(({ code }) => ({ id: ledger.accountId(code), code })) };
}

/** What an account holds by a chosen part of its entries, added up one by one. */
function naive(written: readonly Written[], id: string, counts: (entry: { version: bigint; at: number }) => boolean) {
  let [balance, held, newest] = [0n, 0n, 0n];
  for (const { transfer, at } of written) {
    const debit = transfer.debitAccount === id;
    if (!debit && transfer.creditAccount !== id) continue;
    const version = debit ? transfer.debitVersion : transfer.creditVersion;
    if (!counts({ version, at })) continue;
    if (version > newest) newest = version;
    const { phase, amountMinor } = transfer;
    // These accounts are kept on the debit side: credits lower them.
    if (phase === 'single' || phase === 'post') balance += debit ? amountMinor : -amountMinor;
    if (!debit) held += phase === 'pending' ? amountMinor : phase === 'single' ? 0n : -amountMinor;
  }
  return { balanceMinor: balance, heldMinor: held, version: newest };
}

describe('the past of an account', () => {
  test('is at every version and instant what its entries add up to, marked or not, however their dates run', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 45, size: 'max' }), fc.boolean(), async (steps, marked) => {
        const { written, accounts } = await play(steps);
        if (marked) await markAccounts(db.pool, undefined, EVERY);
        for (const { id } of written.length > 0 ? accounts : []) {
          const { version } = await readAccount(db.pool, ALL, id).catch(() => ({ version: -1n }));
          for (let v = 0n; v <= version; v += 3n) {
            const expected = naive(written, id, (entry) => entry.version <= v);
            expect(await balanceAtVersion(db.pool, ALL, id, v)).toMatchObject(expected);
          }
          for (let at = -60; at < steps.length && version >= 0n; at += 11) {
            const expected = naive(written, id, (entry) => entry.at <= at);
            expect(await balanceAt(db.pool, ALL, id, minute(at), NOW)).toMatchObject(expected);
          }
        }
      }),
      { numRuns: process.env.WAYBILL_DEEP === '1' ? 300 : 12 },
    );
  });

  test('finds the entries of a period by the marks, each once, newest first', async () => {
    const steps = Array.from({ length: 60 }, (_, index) => ({
      what: 'single',
      from: 0,
      to: 1,
      amount: 5,
      nth: 0,
      late: index % 9 === 0 ? 30 : 0,
    }));
    const { written, accounts } = await play(steps as Step[]);
    await markAccounts(db.pool, undefined, EVERY);
    const id = accounts[0]?.id ?? '';
    const { rows } = await db.pool.query('SELECT count(*)::int AS n FROM account_marks WHERE account_id = $1', [id]);
    expect(rows[0].n).toBe(Math.floor(60 / EVERY));
    const expected = written
      .filter(({ at }) => at >= 10 && at < 25)
      .map(({ transfer }) => transfer.debitVersion)
      .sort((a, b) => Number(b - a));
    const found: bigint[] = [];
    let after: string | undefined;
    do {
      const page = await listEntries(db.pool, ALL, { accountId: id, from: minute(10), to: minute(25), limit: 4, after });
      found.push(...page.items.map((entry) => entry.version));
      after = page.next ?? undefined;
    } while (after);
    expect(found).toEqual(expected);
  });

  test('balances as a whole at every instant, though accounts differ in what they wrote last', async () => {
    await play(
      Array.from({ length: 30 }, (_, index) => ({
        what: 'single',
        from: index % 3,
        to: (index + 1) % 3,
        amount: index + 1,
        nth: 0,
        late: (index * 7) % 40,
      })) as Step[],
    );
    for (let at = -40; at <= 30; at += 10) {
      const rows = await trialBalance(db.pool, ALL, minute(at));
      const sum = (pick: (row: (typeof rows)[number]) => bigint) => rows.reduce((total, row) => total + pick(row), 0n);
      expect(sum((row) => row.debitsMinor)).toBe(sum((row) => row.creditsMinor));
      expect(sum((row) => row.pendingDebitsMinor)).toBe(sum((row) => row.pendingCreditsMinor));
    }
    expect(await trialBalance(db.pool, ALL, NOW)).toEqual(await trialBalance(db.pool, ALL));
    const before = await trialBalance(db.pool, ALL, minute(-1_000));
    expect(before.every((row) => row.debitsMinor === 0n && row.creditsMinor === 0n && row.pendingDebitsMinor === 0n)).toBe(true);
  });

  test('refuses a version that is not reached, an instant to come, and an account that is not there', async () => {
    const { accounts } = await play([{ what: 'single', from: 0, to: 1, amount: 5, nth: 0, late: 0 }] as Step[]);
    const id = accounts[0]?.id ?? '';
    await expect(balanceAtVersion(db.pool, ALL, id, 2n)).rejects.toMatchObject({ code: 'invalid_request', data: { version: 1 } });
    await expect(balanceAt(db.pool, ALL, id, new Date(NOW.getTime() + 1), NOW)).rejects.toMatchObject({
      code: 'invalid_request',
    });
    await expect(balanceAtVersion(db.pool, ALL, newId(), 0n)).rejects.toMatchObject({ code: 'not_found' });
    await expect(balanceAtVersion(db.pool, { ...ALL, merchantId: newId() }, id, 0n)).rejects.toMatchObject({ code: 'not_found' });
  });
});

test('the days of an account add up to its balance, marked or not', async () => {
  const steps = Array.from({ length: 90 }, (_, index) => ({
    what: 'single',
    from: 0,
    to: 1,
    amount: index + 1,
    nth: 0,
    late: index % 8 === 0 ? 45 : 0,
  }));
  const { accounts } = await play(steps as Step[]);
  const id = accounts[0]?.id ?? '';
  const now = minute(89);
  const ask = (timeZone: string) => accountDays(db.pool, ALL, id, { days: 3, timeZone, now });
  const [utc, kiribati] = [await ask('UTC'), await ask('Pacific/Kiritimati')];
  await markAccounts(db.pool, undefined, EVERY);
  expect([await ask('UTC'), await ask('Pacific/Kiritimati')]).toEqual([utc, kiribati]);
  const { balanceMinor } = await readAccount(db.pool, ALL, id);
  for (const days of [utc, kiribati]) expect(days.at(-1)?.balanceMinor).toBe(balanceMinor);
  // A minute before the month begins is February there.
  const dated = (at: number) => balanceAt(db.pool, ALL, id, minute(at), NOW);
  expect(utc[1]).toMatchObject({ day: '2026-02-28', balanceMinor: (await dated(-1)).balanceMinor });
});
