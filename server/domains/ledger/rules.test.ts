import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DomainError } from '../../kernel/errors.ts';
import { type Account, applyTransfer, availableMinor, balanceMinor, type Ledger, planTransfers } from './rules.ts';
import type { TransferSpec } from './schema.ts';

const CODES = ['wallet:a', 'wallet:b', 'clearing', 'payable'] as const;

function account(code: string, over: Partial<Account> = {}): Account {
  return {
    id: `id:${code}`,
    code,
    currency: 'EUR',
    normalSide: code === 'clearing' ? 'debit' : 'credit',
    limited: code.startsWith('wallet'),
    creditLimitMinor: code === 'wallet:b' ? 50n : 0n,
    overdraftMinor: 0n,
    frozen: false,
    closed: false,
    debitsPosted: 0n,
    creditsPosted: 0n,
    debitsPending: 0n,
    creditsPending: 0n,
    version: 0n,
    ...over,
  };
}

const NOW = new Date('2026-11-28T12:00:00Z');

function freshLedger(): Ledger {
  const accounts = CODES.map((code) => account(code));
  return {
    accounts: new Map(accounts.map((one) => [one.code, one])),
    byId: new Map(accounts.map((one) => [one.id, one])),
    holds: new Map(),
    now: NOW,
    closedUntil: null,
  };
}

const base = { kind: 'test', orderId: null, paymentId: null };
let made = 0;
const newId = (): string => `t${++made}`;

const code = fc.constantFrom(...CODES);
const money = fc.bigInt({ min: 0n, max: 120n });
/** Holds are named by their place among those that exist. */
const wish: fc.Arbitrary<Wish> = fc.oneof(
  fc.record({ phase: fc.constant('single' as const), debit: code, credit: code, amountMinor: money }),
  fc.record({ phase: fc.constant('pending' as const), debit: code, credit: code, amountMinor: money }),
  fc.record({ phase: fc.constant('post' as const), nth: fc.nat(8), amountMinor: money, final: fc.boolean() }),
  fc.record({ phase: fc.constant('void' as const), nth: fc.nat(8) }),
);
const journals = fc.array(fc.array(wish, { minLength: 1, maxLength: 4 }), { maxLength: 60 });
type Wish =
  | { phase: 'single'; debit: string; credit: string; amountMinor: bigint }
  | { phase: 'pending'; debit: string; credit: string; amountMinor: bigint }
  | { phase: 'post'; nth: number; amountMinor: bigint; final: boolean }
  | { phase: 'void'; nth: number };

function specOf(ledger: Ledger, wanted: Wish): TransferSpec | null {
  if (wanted.phase === 'single' || wanted.phase === 'pending') return { ...base, ...wanted, id: newId(), currency: 'EUR' };
  const holds = [...ledger.holds.keys()];
  const holdId = holds[wanted.nth % Math.max(1, holds.length)];
  if (!holdId) return null;
  return wanted.phase === 'post'
    ? { ...base, id: newId(), phase: 'post', holdId, amountMinor: wanted.amountMinor, final: wanted.final }
    : { ...base, id: newId(), phase: 'void', holdId };
}

const snapshot = (ledger: Ledger): string =>
  JSON.stringify([[...ledger.accounts.values()], [...ledger.holds.values()]], (_key, value) =>
    typeof value === 'bigint' ? value.toString() : value,
  );

/** The naive book: what each account's posted balance and open holds are, kept one by one. */
class Model {
  readonly posted = new Map<string, bigint>(CODES.map((name) => [name, 0n]));
  readonly held = new Map<string, { debit: string; credit: string; left: bigint }>();

  apply(spec: TransferSpec): void {
    if (spec.phase === 'single') this.move(spec.debit, spec.credit, spec.amountMinor);
    else if (spec.phase === 'pending') this.held.set(spec.id, { debit: spec.debit, credit: spec.credit, left: spec.amountMinor });
    else {
      const hold = this.held.get(spec.holdId) as { debit: string; credit: string; left: bigint };
      if (spec.phase === 'post') {
        this.move(hold.debit, hold.credit, spec.amountMinor);
        hold.left -= spec.amountMinor;
      }
      if (spec.phase === 'void' || spec.final) hold.left = 0n;
    }
  }

  private move(debit: string, credit: string, amountMinor: bigint): void {
    this.posted.set(debit, (this.posted.get(debit) ?? 0n) - amountMinor);
    this.posted.set(credit, (this.posted.get(credit) ?? 0n) + amountMinor);
  }
}

describe('the ledger', () => {
  it('stays balanced and within its limits, numbers versions without a gap, and equals a naive book', () => {
    fc.assert(
      fc.property(journals, (wishes) => {
        const ledger = freshLedger();
        const model = new Model();
        const seen = new Map<string, bigint>();
        for (const journal of wishes) {
          const specs = journal.flatMap((wanted) => specOf(ledger, wanted) ?? []);
          const before = snapshot(ledger);
          try {
            planTransfers(ledger, specs);
          } catch (error) {
            expect(error).toBeInstanceOf(DomainError);
            expect(snapshot(ledger)).toBe(before);
            continue;
          }
          for (const spec of specs) {
            model.apply(spec);
            for (const transfer of applyTransfer(ledger, spec, newId)) {
              expect(transfer.amountMinor).toBeGreaterThan(0n);
              for (const [id, version] of [
                [transfer.debitAccount, transfer.debitVersion],
                [transfer.creditAccount, transfer.creditVersion],
              ] as const) {
                expect(version).toBe((seen.get(id) ?? 0n) + 1n);
                seen.set(id, version);
              }
            }
          }
          check(ledger, model);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('takes from a hold what it holds and no more, and nothing after it is posted or voided', () => {
    const ledger = freshLedger();
    const hold = {
      ...base,
      id: 'h',
      phase: 'pending',
      debit: 'clearing',
      credit: 'payable',
      amountMinor: 100n,
      currency: 'EUR',
    } as const;
    applyTransfer(ledger, hold, newId);
    const post = (amountMinor: bigint, final: boolean): TransferSpec => ({
      ...base,
      id: newId(),
      phase: 'post',
      holdId: 'h',
      amountMinor,
      final,
    });
    expect(() => planTransfers(ledger, [post(101n, false)])).toThrow(/more than the hold/);
    expect(() => planTransfers(ledger, [post(60n, false), post(41n, false)])).toThrow(/more than the hold/);
    // A final posting releases the rest: a second one in the same journal finds nothing.
    expect(() => planTransfers(ledger, [post(60n, true), post(40n, false)])).toThrow(/already/);
    expect(() => planTransfers(ledger, [{ ...base, id: newId(), phase: 'void', holdId: 'h' }, post(1n, false)])).toThrow(
      /already/,
    );
    const applied = applyTransfer(ledger, post(60n, true), newId);
    expect(applied.map(({ phase, amountMinor }) => [phase, amountMinor])).toEqual([
      ['post', 60n],
      ['void', 40n],
    ]);
    expect(() => planTransfers(ledger, [post(1n, false)])).toThrow(/already/);
  });

  it.each([
    ['frozen', 'account_frozen'],
    ['closed', 'account_closed'],
  ] as const)('refuses to move money of an account that is %s', (flag, expected) => {
    const ledger = freshLedger();
    ledger.accounts.set('payable', account('payable', { [flag]: true }));
    const move = {
      ...base,
      id: newId(),
      phase: 'single',
      debit: 'clearing',
      credit: 'payable',
      amountMinor: 1n,
      currency: 'EUR',
    } as const;
    expect(() => planTransfers(ledger, [move])).toThrow(expect.objectContaining({ code: expected }));
    expect(() => planTransfers(ledger, [{ ...move, credit: 'wallet:a', currency: 'USD' }])).toThrow(
      expect.objectContaining({ code: 'currency_mismatch' }),
    );
  });

  it('refuses a transfer from an account to itself: its two versions would be one', () => {
    const move = {
      ...base,
      id: newId(),
      phase: 'single',
      debit: 'clearing',
      credit: 'clearing',
      amountMinor: 1n,
      currency: 'EUR',
    } as const;
    expect(() => planTransfers(freshLedger(), [move])).toThrow(expect.objectContaining({ code: 'invalid_request' }));
  });
});

function check(ledger: Ledger, model: Model): void {
  const accounts = [...ledger.accounts.values()];
  const sum = (pick: (row: Account) => bigint): bigint => accounts.reduce((total, row) => total + pick(row), 0n);
  expect(sum((row) => row.debitsPosted)).toBe(sum((row) => row.creditsPosted));
  expect(sum((row) => row.debitsPending)).toBe(sum((row) => row.creditsPending));
  for (const row of accounts) {
    const posted = model.posted.get(row.code) as bigint;
    expect(balanceMinor(row)).toBe(row.normalSide === 'credit' ? posted : -posted);
    const pending = [...model.held.values()];
    expect(row.debitsPending).toBe(pending.reduce((total, hold) => total + (hold.debit === row.code ? hold.left : 0n), 0n));
    expect(row.creditsPending).toBe(pending.reduce((total, hold) => total + (hold.credit === row.code ? hold.left : 0n), 0n));
    if (row.limited) expect(availableMinor(row)).toBeGreaterThanOrEqual(0n);
  }
  for (const [id, hold] of ledger.holds) {
    expect(hold.remainingMinor).toBe(model.held.get(id)?.left);
    expect(hold.status === 'open').toBe(hold.remainingMinor > 0n);
  }
}
