import fc from 'fast-check';
import { expect, test } from 'vitest';
import { alertStep, isLow, unitsToOrder } from './rules.ts';

const units = fc.bigInt({ min: -500n, max: 500n });
const point = fc.bigInt({ min: 0n, max: 300n });

test('what is ordered lifts the position above the point, by as few times the quantity as will do', () => {
  fc.assert(
    fc.property(point, fc.bigInt({ min: 1n, max: 100n }), units, (at, quantity, position) => {
      const ordered = unitsToOrder({ point: at, quantity }, position);
      expect(ordered % quantity).toBe(0n);
      expect(isLow(at, position + ordered)).toBe(false);
      if (ordered > 0n) expect(isLow(at, position + ordered - quantity)).toBe(true);
      expect(ordered > 0n).toBe(isLow(at, position));
    }),
  );
});

test('an alert opens once per crossing and closes once, whatever the position does and however often it is looked at', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.option(point, { nil: null }), units, fc.integer({ min: 1, max: 3 })), { maxLength: 40 }),
      (steps) => {
        let open = false;
        let opened = 0;
        let crossings = 0;
        let wasLow = false;
        for (const [at, position, looks] of steps) {
          const low = isLow(at, position);
          if (low && !wasLow) crossings += 1;
          wasLow = low;
          for (let look = 0; look < looks; look++) {
            const step = alertStep({ point: at }, position, open);
            if (step === 'open') opened += 1;
            if (step !== null) open = step === 'open';
            if (step === 'close_no_rule') expect(at).toBeNull();
          }
          expect(open).toBe(low);
        }
        expect(opened).toBe(crossings);
      },
    ),
  );
});
