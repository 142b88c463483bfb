import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { differenceMinor, type Item, matchRows, type OurRow, seenAgain, seenNoMore, type TheirRow } from './rules.ts';

const DAY = { from: new Date('2026-11-27T00:00:00Z'), to: new Date('2026-11-28T00:00:00Z') };
const NOON = new Date('2026-11-27T12:00:00Z');
const row = { booking: 'charge', currency: 'EUR', at: NOON } as const;
const theirs = (externalId: string, reference: string | null, netMinor: bigint, at = NOON): TheirRow => ({
  ...row,
  externalId,
  reference,
  netMinor,
  at,
});
const ours = (journalId: string, reference: string | null, netMinor: bigint, at = NOON): OurRow => ({
  ...row,
  journalId,
  orderId: null,
  reference,
  netMinor,
  at,
});
const said = (found: ReturnType<typeof matchRows>) =>
  found.map(({ kind, externalId, journalId }) => [kind, externalId, journalId]).sort();

describe('matching', () => {
  it('pairs equal amounts of a payment first, then what is left as a difference, and says who lacks the rest', () => {
    const found = matchRows(
      [theirs('t1', 'a', 100n), theirs('t2', 'a', 250n), theirs('t3', 'b', 70n), theirs('t4', 'c', 10n)],
      [ours('j1', 'a', 200n), ours('j2', 'a', 100n), ours('j3', 'd', 5n), ours('j4', 'c', 10n)],
      DAY,
    );
    expect(said(found)).toEqual([
      ['amount_differs', 't2', 'j1'],
      ['matched', 't1', 'j2'],
      ['matched', 't4', 'j4'],
      ['missing_here', 't3', null],
      ['missing_there', null, 'j3'],
    ]);
  });

  it('never guesses where a booking names no payment', () => {
    const found = matchRows([theirs('t1', null, 100n)], [ours('j1', null, 100n)], DAY);
    expect(said(found)).toEqual([
      ['missing_here', 't1', null],
      ['missing_there', null, 'j1'],
    ]);
  });

  it('finds a partner on the other side of midnight, and reports it in one period only', () => {
    const before = new Date('2026-11-26T23:59:59Z');
    const after = new Date('2026-11-27T00:00:01Z');
    const pair = [[theirs('t1', 'a', 100n, after)], [ours('j1', 'a', 100n, before)]] as const;
    expect(said(matchRows(...pair, DAY))).toEqual([['matched', 't1', 'j1']]);
    expect(matchRows(...pair, { from: new Date('2026-11-26T00:00:00Z'), to: DAY.from })).toEqual([]);
  });

  it('puts every row into exactly one result, and what they differ by adds up', () => {
    const some = fc.record({ reference: fc.constantFrom('a', 'b', 'c', null), netMinor: fc.bigInt({ min: -3n, max: 3n }) });
    fc.assert(
      fc.property(fc.array(some, { maxLength: 12 }), fc.array(some, { maxLength: 12 }), (left, right) => {
        const [their, our] = [
          left.map((one, n) => theirs(`t${n}`, one.reference, one.netMinor)),
          right.map((one, n) => ours(`j${n}`, one.reference, one.netMinor)),
        ];
        const found = matchRows(their, our, DAY);
        expect(found.flatMap((one) => one.externalId ?? []).sort()).toEqual(their.map((one) => one.externalId).sort());
        expect(found.flatMap((one) => one.journalId ?? []).sort()).toEqual(our.map((one) => one.journalId).sort());
        const sum = (rows: readonly { readonly netMinor: bigint }[]) => rows.reduce((all, one) => all + one.netMinor, 0n);
        expect(found.reduce((all, one) => all + differenceMinor(one), 0n)).toBe(sum(their) - sum(our));
        for (const one of found)
          expect(one.kind === 'matched').toBe(one.externalId !== null && one.journalId !== null && differenceMinor(one) === 0n);
      }),
    );
  });
});

describe('a difference that is found again', () => {
  const [found] = matchRows([theirs('t1', 'a', 100n)], [], DAY);
  const [closer] = matchRows([theirs('t1', 'a', 100n)], [ours('j1', 'a', 90n)], DAY);
  const [settled] = matchRows([theirs('t1', 'a', 100n)], [ours('j1', 'a', 100n)], DAY);
  if (!found || !closer || !settled) throw new Error('Each is one row');
  const item = (status: Item['status']): Item => ({
    ...found,
    id: 'i',
    provider: 'card',
    runId: 'r',
    status,
    seenAt: NOON,
    resolvedBy: status === 'explained' ? 'user:ana' : null,
    resolvedAt: null,
    note: null,
    approvalId: null,
    writeOffId: null,
    version: 1n,
  });

  it('stays explained while the facts are the same, and opens again when they are others', () => {
    expect(seenAgain(item('explained'), found)).toMatchObject({ status: 'explained', resolvedBy: 'user:ana' });
    expect(seenAgain(item('explained'), closer)).toMatchObject({ status: 'open', resolvedBy: null });
    expect(seenAgain(item('explained'), settled)).toMatchObject({ status: 'agreed' });
  });

  it('is left alone once money moved for it, or is about to, while the facts are the same, and never longer', () => {
    for (const status of ['written_off', 'awaiting_approval'] as const) {
      const decided = { ...item(status), approvalId: 'a', writeOffId: status === 'written_off' ? 'w' : null };
      expect(seenAgain(decided, found)).toBeNull();
      expect(seenAgain(decided, settled)).toMatchObject({ status: 'agreed', approvalId: null, writeOffId: null });
      expect(seenAgain(decided, closer)).toMatchObject({ status: 'open', approvalId: null, writeOffId: null });
      expect(seenNoMore(decided)).toMatchObject({ status: 'gone', approvalId: null, writeOffId: null });
    }
    expect(seenNoMore(item('explained'))).toBeNull();
    expect(seenAgain(item('gone'), found)).toMatchObject({ status: 'open' });
  });
});
