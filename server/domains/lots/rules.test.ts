import fc from 'fast-check';
import { expect, test } from 'vitest';
import { byExpiry, isExpired, type Lot, planTake } from './rules.ts';

const TODAY = '2026-11-28';
const day = fc.option(
  fc.integer({ min: 1, max: 30 }).map((n) => `2026-${n > 15 ? '12' : '11'}-${String(n).padStart(2, '0')}`),
  { nil: null },
);
const lotsOf = fc.array(fc.record({ expiresOn: day, onHand: fc.nat(20) }), { maxLength: 6 }).map((all) =>
  all.map(
    ({ expiresOn, onHand }, index): Lot => ({
      id: String(index),
      skuId: 's',
      nodeId: 'n',
      merchantId: 'm',
      code: `L${index}`,
      expiresOn,
      createdAt: new Date(index),
      onHand: BigInt(onHand),
      expired: 0n,
    }),
  ),
);

test('what expires first leaves first, and what has expired only when nothing else is left', () => {
  fc.assert(
    fc.property(lotsOf, fc.nat(60), (lots, wanted) => {
      const there = lots.reduce((sum, lot) => sum + lot.onHand, 0n);
      const units = BigInt(wanted) < there ? BigInt(wanted) : there;
      const taken = planTake(lots, units, TODAY);
      expect(taken.reduce((sum, each) => sum + each.units, 0n)).toBe(units);
      const ends = taken.filter(({ lot }) => !isExpired(lot, TODAY)).map(({ lot }) => lot.expiresOn ?? '9999');
      expect(ends).toEqual([...ends].sort());
      for (const { lot } of taken.filter((each) => isExpired(each.lot, TODAY)))
        for (const good of lots.filter((each) => !isExpired(each, TODAY)))
          expect([lot.id, good.id, taken.find((each) => each.lot === good)?.units ?? 0n]).toEqual([lot.id, good.id, good.onHand]);
      // Only the last lot is taken from in part.
      for (const each of taken.slice(0, -1)) expect(each.units).toBe(each.lot.onHand);
    }),
  );
});

test('the order does not depend on how lots are listed', () => {
  fc.assert(
    fc.property(lotsOf, (lots) => {
      expect(byExpiry([...lots].reverse(), TODAY)).toEqual(byExpiry(lots, TODAY));
    }),
  );
});
