import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import {
  type Funds,
  mayReceive,
  planFreeze,
  planHandle,
  planIn,
  planOut,
  planUnfreeze,
  refusesClosing,
  resetsAt,
  type TierLimits,
  type Usage,
  usageAt,
  type Wallet,
} from './rules.ts';

const LIMITS: TierLimits = {
  tier: 'basic',
  currency: 'EUR',
  perTransferMinor: 250n,
  perDayMinor: 500n,
  perMonthMinor: 2_000n,
  balanceMinor: 3_000n,
};
const NOON = new Date('2026-11-28T12:00:00Z');
const FRESH: Usage = {
  day: '2026-11-28',
  dayOutMinor: 0n,
  dayInMinor: 0n,
  month: '2026-11-01',
  monthOutMinor: 0n,
  monthInMinor: 0n,
};
const wallet = (more: Partial<Wallet> = {}): Wallet => ({
  ...FRESH,
  id: newId(),
  customerId: newId(),
  currency: 'EUR',
  accountId: newId(),
  tier: 'basic',
  status: 'active',
  frozenBy: null,
  frozenReason: null,
  home: 'EU',
  openedAt: NOON,
  closedAt: null,
  version: 1n,
  ...more,
});
const funds = (balanceMinor: bigint, heldMinor = 0n, expectedMinor = 0n): Funds => ({ balanceMinor, heldMinor, expectedMinor });
const refusal = (work: () => unknown): { code: string; data: unknown } => {
  try {
    work();
  } catch (error) {
    if (error instanceof DomainError) return { code: error.code, data: error.data };
    throw error;
  }
  return { code: 'none', data: null };
};

/** A wish to spend, some time after the one before. */
const wishes = fc.array(fc.record({ amountMinor: fc.bigInt({ min: 1n, max: 400n }), hours: fc.integer({ min: 0, max: 40 }) }), {
  maxLength: 60,
});

describe('what may leave a wallet', () => {
  it('never adds up to more than the limits of any calendar day or month, nor than the wallet held', () => {
    fc.assert(
      fc.property(wishes, fc.bigInt({ min: 0n, max: 9_000n }), (list, held) => {
        let at = NOON.getTime();
        let state = wallet();
        let balance = held;
        const perDay = new Map<string, bigint>();
        const perMonth = new Map<string, bigint>();
        for (const { amountMinor, hours } of list) {
          at += hours * 3_600_000;
          const now = new Date(at);
          try {
            state = { ...state, ...planOut(state, LIMITS, funds(balance), amountMinor, now) };
          } catch (error) {
            if (error instanceof DomainError) continue;
            throw error;
          }
          balance -= amountMinor;
          const day = now.toISOString().slice(0, 10);
          perDay.set(day, (perDay.get(day) ?? 0n) + amountMinor);
          perMonth.set(day.slice(0, 7), (perMonth.get(day.slice(0, 7)) ?? 0n) + amountMinor);
          expect(state.dayOutMinor).toBe(perDay.get(day));
          expect(state.monthOutMinor).toBe(perMonth.get(day.slice(0, 7)));
        }
        expect(balance).toBeGreaterThanOrEqual(0n);
        for (const spent of perDay.values()) expect(spent).toBeLessThanOrEqual(LIMITS.perDayMinor);
        for (const spent of perMonth.values()) expect(spent).toBeLessThanOrEqual(LIMITS.perMonthMinor);
      }),
    );
  });

  it('is refused by the first limit it meets, with the figures of that limit', () => {
    const used = wallet({ dayOutMinor: 400n, monthOutMinor: 1_900n });
    const plenty = funds(10_000n);
    expect(refusal(() => planOut(used, LIMITS, plenty, 251n, NOON))).toEqual({
      code: 'limit_exceeded',
      data: {
        limit: 'per_transfer',
        tier: 'basic',
        currency: 'EUR',
        limitMinor: 250,
        usedMinor: 0,
        leftMinor: 250,
        resetsAt: null,
      },
    });
    expect(refusal(() => planOut(used, LIMITS, plenty, 101n, NOON)).data).toMatchObject({
      limit: 'per_day',
      usedMinor: 400,
      leftMinor: 100,
      resetsAt: '2026-11-29T00:00:00.000Z',
    });
    const tomorrow = new Date('2026-11-29T00:00:00Z');
    expect(refusal(() => planOut(used, LIMITS, plenty, 101n, tomorrow)).data).toMatchObject({
      limit: 'per_month',
      usedMinor: 1_900,
      leftMinor: 100,
      resetsAt: '2026-12-01T00:00:00.000Z',
    });
    expect(planOut(used, LIMITS, plenty, 250n, new Date('2026-12-01T00:00:00Z'))).toMatchObject({ monthOutMinor: 250n });
  });

  it('is only what the wallet holds and nothing holds against it; a wallet that owes spends nothing', () => {
    expect(refusal(() => planOut(wallet(), LIMITS, funds(200n, 150n), 51n, NOON))).toEqual({
      code: 'insufficient_funds',
      data: { spendableMinor: 50, missingMinor: 1, currency: 'EUR' },
    });
    expect(refusal(() => planOut(wallet(), LIMITS, funds(-1n), 1n, NOON))).toEqual({
      code: 'wallet_negative',
      data: { owedMinor: 1, currency: 'EUR' },
    });
    expect(refusal(() => planOut(wallet({ status: 'frozen', frozenBy: 'customer' }), LIMITS, funds(9n), 1n, NOON)).code).toBe(
      'account_frozen',
    );
    expect(refusal(() => planOut(wallet({ status: 'closed' }), LIMITS, funds(9n), 1n, NOON)).code).toBe('account_closed');
  });
});

describe('what comes into a wallet', () => {
  it('counts against the day, the month, and what the wallet may hold with what is expected', () => {
    const used = wallet({ dayInMinor: 300n, monthInMinor: 300n });
    expect(planIn(used, LIMITS, funds(0n), 200n, NOON)).toMatchObject({ dayInMinor: 500n, monthInMinor: 500n, dayOutMinor: 0n });
    expect(refusal(() => planIn(used, LIMITS, funds(0n), 201n, NOON)).data).toMatchObject({ limit: 'per_day', leftMinor: 200 });
    expect(refusal(() => planIn(wallet(), LIMITS, funds(2_800n, 0n, 100n), 101n, NOON)).data).toMatchObject({
      limit: 'balance',
      limitMinor: 3_000,
      leftMinor: 100,
    });
    expect(planIn(wallet({ status: 'frozen', frozenBy: 'staff' }), LIMITS, funds(0n), 1n, NOON)).toMatchObject({
      dayInMinor: 1n,
    });
  });

  it('from another customer is taken unless staff froze the wallet, it is closed, or it would hold too much', () => {
    expect(mayReceive(wallet(), LIMITS, funds(2_999n), 1n)).toBe(true);
    expect(mayReceive(wallet(), LIMITS, funds(2_999n), 2n)).toBe(false);
    expect(mayReceive(wallet({ status: 'frozen', frozenBy: 'customer' }), LIMITS, funds(0n), 1n)).toBe(true);
    expect(mayReceive(wallet({ status: 'frozen', frozenBy: 'staff' }), LIMITS, funds(0n), 1n)).toBe(false);
    expect(mayReceive(wallet({ status: 'closed' }), LIMITS, funds(0n), 1n)).toBe(false);
  });
});

it('a clock that is behind counts into the day that began already', () => {
  const spent = wallet({ dayOutMinor: 400n, monthOutMinor: 400n });
  const behind = new Date('2026-11-27T23:59:59Z');
  expect(usageAt(spent, behind)).toMatchObject({ day: '2026-11-28', dayOutMinor: 400n });
  expect(refusal(() => planOut(spent, LIMITS, funds(9_000n), 101n, behind)).code).toBe('limit_exceeded');
  expect(resetsAt({ ...FRESH, day: '2026-12-31', month: '2026-12-01' }, 'per_month').toISOString()).toBe(
    '2027-01-01T00:00:00.000Z',
  );
});

it('a customer unfreezes what he froze and never what staff froze', () => {
  const own = wallet({ status: 'frozen', frozenBy: 'customer' });
  const theirs = wallet({ status: 'frozen', frozenBy: 'staff' });
  expect(refusal(() => planUnfreeze(own, 'customer')).code).toBe('none');
  expect(refusal(() => planUnfreeze(own, 'staff')).code).toBe('none');
  expect(refusal(() => planUnfreeze(theirs, 'customer')).code).toBe('state_refuses');
  expect(refusal(() => planFreeze(own, 'staff')).code).toBe('none');
  expect(refusal(() => planFreeze(theirs, 'customer')).code).toBe('state_refuses');
  expect(refusal(() => planFreeze(own, 'customer')).code).toBe('state_refuses');
});

it('a wallet closes empty, with nothing on its way and nothing asked for', () => {
  const refused = (money: Funds, openRequests = 0, arrivingMinor = 0n): string | undefined =>
    refusesClosing(wallet(), 'customer', money, { openRequests, arrivingMinor })?.code;
  expect(refused(funds(0n))).toBeUndefined();
  for (const money of [funds(1n), funds(-1n), funds(0n, 1n), funds(0n, 0n, 1n)]) expect(refused(money)).toBe('state_refuses');
  expect(refused(funds(0n), 1)).toBe('state_refuses');
  expect(refused(funds(0n), 0, 1n)).toBe('state_refuses');
});

it('a handle is kept for whoever had it first, and a customer collects a few at most', () => {
  const me = newId();
  const mine = (handle: string, current = false) => ({ handle, customerId: me, current });
  expect(planHandle('ana', me, undefined, [])).toBe('new');
  expect(planHandle('ana', me, mine('ana', true), [mine('ana', true)])).toBeNull();
  expect(planHandle('ana', me, mine('ana'), [mine('ana'), mine('ana_b', true)])).toBe('again');
  expect(refusal(() => planHandle('ana', newId(), mine('ana'), [])).code).toBe('already_exists');
  expect(refusal(() => planHandle('_support_', me, undefined, [])).code).toBe('already_exists');
  const five = ['a11', 'a12', 'a13', 'a14', 'a15'].map((handle) => mine(handle));
  expect(refusal(() => planHandle('a16', me, undefined, five)).code).toBe('state_refuses');
});
