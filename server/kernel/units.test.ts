import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changeUnits, cutBySpans, joinRanges, type Span, takeUnits, unitsIn, valueOfUnits } from './units.ts';
import { SPAN_STATES } from './vocabulary.ts';

const LINE = 'line';
const whole = (quantity: number): Span[] => [
  { lineId: LINE, from: 1, to: quantity, state: 'open', nodeId: null, shipmentId: null, refundId: null },
];

const change = fc.record({
  at: fc.integer({ min: 1, max: 40 }),
  size: fc.integer({ min: 1, max: 40 }),
  state: fc.constantFrom(...SPAN_STATES),
  nodeId: fc.constantFrom(null, 'a', 'b'),
  refundId: fc.constantFrom(null, 'r'),
});
const history = fc.record({ quantity: fc.integer({ min: 1, max: 40 }), changes: fc.array(change, { maxLength: 25 }) });

function grow({ quantity, changes }: { quantity: number; changes: readonly { at: number; size: number }[] }): Span[] {
  let spans = whole(quantity);
  for (const { at, size, ...to } of changes) {
    const from = Math.min(at, quantity);
    spans = changeUnits(spans, { from, to: Math.min(quantity, from + size - 1) }, () => to as Partial<Span>);
  }
  return spans;
}

/** What each unit is, one by one: the model that spans stand for. */
function unitByUnit(spans: readonly Span[]): string[] {
  return spans.flatMap((span) =>
    Array.from({ length: span.to - span.from + 1 }, () => `${span.state}/${span.nodeId}/${span.shipmentId}/${span.refundId}`),
  );
}

describe('spans', () => {
  it('partition the units whatever happens to them, and neighbours that are alike are one', () => {
    fc.assert(
      fc.property(history, (given) => {
        const spans = grow(given);
        let next = 1;
        for (const span of spans) {
          expect(span.from).toBe(next);
          expect(span.to).toBeGreaterThanOrEqual(span.from);
          next = span.to + 1;
        }
        expect(next).toBe(given.quantity + 1);
        const faces = spans.map(({ from: _from, to: _to, ...face }) => JSON.stringify(face));
        for (const [index, face] of faces.entries()) expect(face).not.toBe(faces[index + 1]);
      }),
    );
  });

  it('change exactly the units named, as if each were kept on its own', () => {
    fc.assert(
      fc.property(history, change, (given, { at, size, ...to }) => {
        const before = grow(given);
        const range = {
          from: Math.min(at, given.quantity),
          to: Math.min(given.quantity, Math.min(at, given.quantity) + size - 1),
        };
        const after = unitByUnit(changeUnits(before, range, () => to));
        unitByUnit(before).forEach((unit, index) => {
          const inside = index + 1 >= range.from && index + 1 <= range.to;
          expect(after[index]).toBe(inside ? `${to.state}/${to.nodeId}/null/${to.refundId}` : unit);
        });
      }),
    );
  });
});

describe('taking units', () => {
  it('takes the first eligible ones, exactly as many as asked, or none', () => {
    fc.assert(
      fc.property(history, fc.integer({ min: 1, max: 50 }), fc.constantFrom(...SPAN_STATES), (given, count, state) => {
        const spans = grow(given);
        const eligible = unitByUnit(spans).flatMap((unit, index) => (unit.startsWith(`${state}/`) ? [index + 1] : []));
        const taken = takeUnits(spans, count, (span) => span.state === state);
        if (eligible.length < count) {
          expect(taken).toBeNull();
          return;
        }
        const units = (taken ?? []).flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, index) => from + index));
        expect(units).toEqual(eligible.slice(0, count));
        expect(unitsIn(taken ?? [])).toBe(count);
      }),
    );
  });

  it('cuts a range along the spans without losing a unit', () => {
    fc.assert(
      fc.property(history, (given) => {
        const parts = cutBySpans(grow(given), { from: 1, to: given.quantity });
        expect(unitsIn(parts)).toBe(given.quantity);
      }),
    );
  });

  it('is worth as much in parts as in one', () => {
    const money = fc.bigInt({ min: 0n, max: 10n ** 12n });
    fc.assert(
      fc.property(history, money, money, money, (given, netMinor, discountMinor, taxMinor) => {
        const line = { quantity: given.quantity, netMinor: netMinor + discountMinor, discountMinor, taxMinor };
        const sum = grow(given).reduce((total, span) => total + valueOfUnits(line, span.from, span.to).totalMinor, 0n);
        expect(sum).toBe(netMinor + taxMinor);
      }),
    );
  });
});

describe('the same units, cut in other ways', () => {
  it('are the same when they are joined', () => {
    const cuts = fc.uniqueArray(fc.integer({ min: 1, max: 19 }), { maxLength: 6 });
    fc.assert(
      fc.property(cuts, cuts, (one, other) => {
        const cut = (borders: readonly number[]) => {
          const ends = [...borders, 20].sort((a, b) => a - b);
          return ends.map((to, index) => ({ lineId: 'l', from: (ends[index - 1] ?? 0) + 1, to })).reverse();
        };
        expect(joinRanges(cut(one))).toEqual(joinRanges(cut(other)));
        expect(joinRanges(cut(one))).toEqual([{ lineId: 'l', from: 1, to: 20 }]);
      }),
    );
  });

  it('of two lines, or with a gap between them, stay apart', () => {
    const apart = [
      { lineId: 'a', from: 1, to: 2 },
      { lineId: 'a', from: 4, to: 5 },
      { lineId: 'b', from: 3, to: 3 },
    ];
    expect(joinRanges([...apart].reverse())).toEqual(apart);
  });
});
