import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import {
  compareListing,
  isSameDifference,
  type Listing,
  LONGEST_WAIT_MS,
  PATIENCE_MS,
  planItem,
  seenOf,
  settleItem,
  type Told,
  waitAfter,
} from './rules.ts';

const NOW = new Date('2026-11-28T12:00:00Z');
const listing = (change: Partial<Listing> = {}): Listing => ({
  ...{
    connectionId: 'c',
    skuId: 's',
    region: 'EU',
    ref: 'MUG',
    active: true,
    takenOff: false,
    sent: null,
    sentAt: null,
    acked: null,
    ackedAt: null,
  },
  ...{ dirtySince: null, forced: false, problem: null, ...change },
});
const told = (quantity: number, version: number): Told => ({ quantity: BigInt(quantity), version: BigInt(version) });
const theirs = (quantity: number, version: number, sold = 0) => ({ ref: 'MUG', quantity, version, sold });

describe('a channel and its house', () => {
  /** A channel that takes nothing older than what it has, and messages that are lost, repeated and shuffled on their way. */
  const step = fc.oneof(
    fc.record({ kind: fc.constant('change' as const), quantity: fc.nat(50) }),
    fc.record({ kind: fc.constant('send' as const) }),
    fc.record({ kind: fc.constant('arrive' as const), which: fc.nat(10), heard: fc.boolean() }),
  );
  test('end with the same quantity whatever was lost, repeated or late', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const supply = { available: 5n, version: 1n };
        const ours = listing();
        let channel: Told | null = null;
        const sent: Told[] = [];
        const deliver = (item: Told, heard: boolean): void => {
          const stale: boolean = channel !== null && channel.version > item.version;
          if (!stale) channel = item;
          if (heard) settleItem(ours, item, stale ? 'stale' : 'applied', NOW);
        };
        const send = (): void => {
          const next = planItem(ours, supply);
          if (next === null) return;
          ours.sent = next;
          ours.forced = false;
          sent.push(next);
        };
        for (const each of steps) {
          if (each.kind === 'change') Object.assign(supply, { available: BigInt(each.quantity), version: supply.version + 1n });
          else if (each.kind === 'send') send();
          else if (sent.length > 0) deliver(sent[each.which % sent.length] as Told, each.heard);
          expect(channel === null || (channel as Told).version <= supply.version).toBe(true);
          expect(ours.acked === null || ours.acked.version <= (ours.sent?.version ?? 0n)).toBe(true);
        }
        ours.forced = true;
        send();
        deliver(ours.sent as Told, true);
        expect(channel).toEqual({ quantity: supply.available, version: supply.version });
        expect(ours.acked).toEqual(channel);
      }),
    );
  });

  it('says nothing twice, nothing of what is not for sale, and everything when it is made to', () => {
    const offer = { available: 4n, version: 9n };
    expect(planItem(listing({ sent: told(4, 3) }), offer)).toBeNull();
    expect(planItem(listing({ sent: told(4, 3), forced: true }), offer)).toEqual(told(4, 9));
    expect(planItem(listing({ sent: told(4, 3), active: false }), offer)).toEqual(told(0, 9));
  });
});

describe('a report', () => {
  const known = (change: Partial<Listing> = {}) => listing({ sent: told(5, 7), acked: told(5, 7), ackedAt: NOW, ...change });
  const later = new Date(NOW.getTime() + PATIENCE_MS);

  it.each([
    ['the same', known(), theirs(5, 7), { kind: 'agrees' }],
    ['two sold and not ordered yet', known(), theirs(3, 7, 2), { kind: 'agrees' }],
    ['another quantity', known(), theirs(6, 7), { kind: 'differs', as: 'quantity' }],
    ['nothing at all', known(), undefined, { kind: 'differs', as: 'missing' }],
    ['an older version', known(), theirs(5, 6), { kind: 'differs', as: 'behind' }],
    ['a version that was never sent', known(), theirs(5, 8), { kind: 'differs', as: 'ahead' }],
    ['another quantity while one is on its way', known({ sent: told(4, 9) }), theirs(6, 7), { kind: 'on_the_way' }],
    ['what is on its way', known({ sent: told(4, 9) }), theirs(4, 9), { kind: 'on_the_way' }],
    ['another quantity while one is about to go', known({ dirtySince: NOW }), theirs(6, 7), { kind: 'on_the_way' }],
    ['nothing of what was never acknowledged', listing({ sent: told(5, 7) }), undefined, { kind: 'on_the_way' }],
  ])('that says %s', (_what, ours, said, verdict) => {
    expect(compareListing(ours, said, later)).toEqual(verdict);
  });

  it('of an older version is waited for, for a moment', () => {
    expect(compareListing(known(), theirs(5, 6), NOW)).toEqual({ kind: 'on_the_way' });
  });

  it('that differs as it did is the difference that may stay', () => {
    const seen = seenOf(known(), theirs(7, 7), 'quantity');
    expect(isSameDifference(seen, seenOf(known({ acked: told(9, 8) }), theirs(11, 8), 'quantity'))).toBe(true);
    expect(isSameDifference(seen, seenOf(known(), theirs(6, 7), 'quantity'))).toBe(false);
    expect(isSameDifference(seen, seenOf(known(), undefined, 'missing'))).toBe(false);
  });
});

test('waiting grows, obeys what is asked for, and is half a minute at most', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000 }), fc.nat(10_000_000), (failures, asked) => {
      const wait = waitAfter(failures, asked);
      expect(wait).toBeLessThanOrEqual(LONGEST_WAIT_MS);
      expect(wait).toBeGreaterThanOrEqual(Math.min(asked, LONGEST_WAIT_MS));
      expect(waitAfter(failures + 1, asked)).toBeGreaterThanOrEqual(wait);
    }),
  );
});
