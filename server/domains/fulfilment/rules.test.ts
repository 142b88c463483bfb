import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { UnitRange } from '../../kernel/units.ts';
import { PARCEL_REPORTS, SHIPMENT_STATUSES, type ShipmentStatus } from '../../kernel/vocabulary.ts';
import { packBoxes } from './boxes.ts';
import { awaitsHandOver, deriveShipment, labelAttempt, mayAdvance, mayVoid, outranks, type Position } from './rules.ts';

const report = fc.record({
  status: fc.constantFrom(...PARCEL_REPORTS),
  at: fc.integer({ min: 0, max: 4 }).map((ms) => new Date(ms)),
});
const shipped: Position = { status: 'SHIPPED', at: new Date(0) };
const told = (reports: readonly Position[]): Position =>
  reports.reduce((known, said) => (outranks(said, known) ? said : known), shipped);

describe('what carriers report of a parcel', () => {
  it('ends the same in any order, however often each is said', () => {
    fc.assert(
      fc.property(fc.array(report, { maxLength: 8 }), fc.infiniteStream(fc.nat(7)), (reports, picks) => {
        const again = [...reports, ...[...picks.take(8)].flatMap((at) => reports[at] ?? [])];
        const shuffled = again.map((one) => ({ one, key: Number(picks.next().value) })).sort((a, b) => a.key - b.key);
        expect(told(shuffled.map(({ one }) => one))).toEqual(told(reports));
      }),
    );
  });

  it('is ordered totally: of two different words exactly one counts', () => {
    fc.assert(
      fc.property(report, report, (a, b) => {
        fc.pre(a.status !== b.status || a.at.getTime() !== b.at.getTime());
        expect(outranks(a, b)).not.toBe(outranks(b, a));
        expect(outranks(a, a)).toBe(false);
      }),
    );
  });

  it('never unsays a delivery, nor what was received back', () => {
    fc.assert(
      fc.property(fc.array(report), fc.constantFrom('DELIVERED', 'RETURNED'), (reports, end) => {
        const ended: Position = { status: end as ShipmentStatus, at: new Date(2) };
        expect(told([ended, ...reports.filter(({ status }) => end === 'RETURNED' || status !== 'DELIVERED')]).status).toBe(end);
      }),
    );
  });

  it('may be said by a person while it says more than is known', () => {
    expect(mayAdvance('SHIPPED', 'IN_TRANSIT')).toBe(true);
    expect(mayAdvance('EXCEPTION', 'IN_TRANSIT')).toBe(true);
    expect(mayAdvance('LOST', 'DELIVERED')).toBe(true);
    expect(mayAdvance('LABELLED', 'DELIVERED')).toBe(false);
    for (const to of PARCEL_REPORTS) expect(mayAdvance('RETURNED', to)).toBe(false);
  });
});

describe('a shipment of several boxes', () => {
  const statuses = fc.array(fc.constantFrom(...SHIPMENT_STATUSES), { minLength: 1, maxLength: 6 });
  const derive = (of: readonly ShipmentStatus[]): ShipmentStatus => deriveShipment(of.map((status) => ({ status })));

  it('is where all its boxes are, where they agree', () => {
    for (const status of SHIPMENT_STATUSES) expect(derive([status, status])).toBe(status);
  });

  it('does not depend on the order of its boxes, nor on those that were cancelled', () => {
    fc.assert(
      fc.property(statuses, (of) => {
        expect(derive([...of].reverse())).toBe(derive(of));
        if (of.some((status) => status !== 'CANCELLED')) expect(derive([...of, 'CANCELLED'])).toBe(derive(of));
      }),
    );
  });

  it('has left as soon as one box has, and is delivered only when every one is', () => {
    fc.assert(
      fc.property(statuses, (of) => {
        const live = of.filter((status) => status !== 'CANCELLED');
        const gone = live.filter((status) => !awaitsHandOver({ status }));
        const derived = derive(of);
        if (live.length > 0) expect(awaitsHandOver({ status: derived })).toBe(gone.length === 0);
        if (derived === 'DELIVERED') expect(live.every((status) => status === 'DELIVERED' || status === 'RETURNED')).toBe(true);
      }),
    );
  });

  it('is in trouble while one box is', () => {
    expect(derive(['DELIVERED', 'LOST'])).toBe('EXCEPTION');
    expect(derive(['LOST', 'LOST'])).toBe('LOST');
    expect(derive(['IN_TRANSIT', 'EXCEPTION'])).toBe('EXCEPTION');
    expect(derive(['SHIPPED', 'LABELLED'])).toBe('SHIPPED');
    expect(derive(['RETURNING', 'DELIVERED'])).toBe('RETURNING');
    expect(derive(['RETURNED', 'DELIVERED'])).toBe('DELIVERED');
  });
});

describe('packing into boxes', () => {
  const nameOf = (lineId: string): string => lineId;

  it('puts every unit into exactly one box', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 5 }),
        (counts) => {
          const boxes = counts
            .map((row) => row.flatMap((quantity, line) => (quantity > 0 ? [{ lineId: `line-${line}`, quantity }] : [])))
            .filter((units) => units.length > 0);
          fc.pre(boxes.length > 0);
          const totals = new Map<string, number>();
          for (const { lineId, quantity } of boxes.flat()) totals.set(lineId, (totals.get(lineId) ?? 0) + quantity);
          const ranges: UnitRange[] = [...totals].map(([lineId, n]) => ({ lineId, from: 3, to: 2 + n }));
          const along: UnitRange = { lineId: 'shipping', from: 1, to: 1 };
          const packed = packBoxes(
            [...ranges, along],
            new Set(totals.keys()),
            boxes.map((units) => ({ units })),
            nameOf,
          );
          const units = (of: readonly UnitRange[]): string[] =>
            of.flatMap(({ lineId, from, to }) => Array.from({ length: to - from + 1 }, (_, i) => `${lineId}:${from + i}`)).sort();
          expect(units(packed.flatMap((box) => box.units))).toEqual(units([...ranges, along]));
          expect(packed[0]?.units).toContainEqual(along);
        },
      ),
    );
  });

  it('is refused where a unit is in no box, in two, or in none of the shipment', () => {
    const pack = (...boxes: [string, number][][]) =>
      packBoxes(
        [{ lineId: 'a', from: 1, to: 3 }],
        new Set(['a']),
        boxes.map((units) => ({ units: units.map(([lineId, quantity]) => ({ lineId, quantity })) })),
        nameOf,
      );
    expect(() => pack([['a', 2]])).toThrow('1 of a are in no box');
    expect(() => pack([['a', 2]], [['a', 2]])).toThrow('1 more of a');
    expect(() => pack([['a', 3]], [])).toThrow('Box 2 is empty');
  });
});

describe('taking labels back', () => {
  const shipment = { status: 'LABELLED', number: 'EU-S1', nodeId: 'n' } as const;
  const here = [{ status: 'LABELLED', handedOverAt: null }] as const;
  const gone = [{ status: 'SHIPPED', handedOverAt: new Date(0) }] as const;

  it('unpacks before the money is taken, and relabels after it, until the hand-over', () => {
    expect(mayVoid(shipment, here, 'unpack', false)).toEqual({ allowed: true });
    expect(mayVoid(shipment, here, 'relabel', true)).toEqual({ allowed: true });
    expect(mayVoid(shipment, here, 'unpack', true)).toMatchObject({ allowed: false });
    for (const how of ['unpack', 'relabel'] as const)
      expect(mayVoid(shipment, gone, how, false)).toMatchObject({ allowed: false });
  });

  it('asks for a new label under an attempt of its own, the first under the parcel’s own id', () => {
    expect(labelAttempt({ id: 'p', labelNo: 1 })).toBe('p');
    expect(labelAttempt({ id: 'p', labelNo: 2 })).toBe('p:2');
  });
});
