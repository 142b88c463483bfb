import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addBox, boxesToSend, catalogueWeight, lineOf, moveUnit, startPacking, unitsIn } from './pack-boxes.ts';

const lines = [
  { lineId: 'a', skuCode: 'MUG', barcode: '4006381333931', name: 'Mug', units: 3, weightGrams: 350 },
  { lineId: 'b', skuCode: 'TEE', barcode: null, name: 'Tee', units: 2, weightGrams: 0 },
];

describe('packing into boxes', () => {
  it('keeps every unit in exactly one box, whatever is scanned', () => {
    const act = fc.oneof(fc.constant('box' as const), fc.record({ line: fc.constantFrom('a', 'b'), to: fc.nat(3) }));
    fc.assert(
      fc.property(fc.array(act, { maxLength: 20 }), (acts) => {
        let packing = startPacking(lines);
        for (const one of acts)
          packing = one === 'box' ? addBox(packing) : (moveUnit(packing, one.line, one.to % packing.boxes.length) ?? packing);
        for (const { lineId, units } of lines)
          expect(packing.boxes.reduce((sum, box) => sum + (box.units[lineId] ?? 0), 0)).toBe(units);
      }),
    );
  });

  it('says nothing of boxes where it is one that nobody weighed', () => {
    expect(boxesToSend(addBox(startPacking(lines)))).toBeUndefined();
  });

  it('moves scanned units into the newest box, and weighs by the catalogue', () => {
    const two = moveUnit(addBox(startPacking(lines)), 'a', 1);
    if (!two) throw new Error('Nothing moved');
    expect(two.boxes.map(unitsIn)).toEqual([4, 1]);
    expect(two.boxes.map((box) => catalogueWeight(box, lines))).toEqual([700, 350]);
    expect(boxesToSend(two)).toEqual([
      {
        units: [
          { lineId: 'a', quantity: 2 },
          { lineId: 'b', quantity: 2 },
        ],
      },
      { units: [{ lineId: 'a', quantity: 1 }] },
    ]);
  });

  it('knows goods by code and by barcode', () => {
    expect(lineOf(lines, ' mug ')?.lineId).toBe('a');
    expect(lineOf(lines, '4006381333931')?.lineId).toBe('a');
    expect(lineOf(lines, 'NONE')).toBeUndefined();
  });
});
