import { describe, expect, test } from 'vitest';
import { progressOf } from './progress.ts';

describe('how far an order got', () => {
  test('a unit that is on its way was ordered and packed before', () => {
    const lines = [
      { units: [{ state: 'shipped' as const, units: 1 }] },
      {
        units: [
          { state: 'allocated' as const, units: 2 },
          { state: 'backordered' as const, units: 1 },
        ],
      },
    ];
    expect(progressOf(lines)).toEqual({
      total: 4,
      steps: [
        { step: 'ordered', units: 4 },
        { step: 'packed', units: 3 },
        { step: 'shipped', units: 1 },
        { step: 'delivered', units: 0 },
      ],
    });
  });

  test('cancelled units are not waited for', () => {
    const units = [
      { state: 'cancelled' as const, units: 2 },
      { state: 'returned' as const, units: 1 },
    ];
    expect(progressOf([{ units }])).toMatchObject({ total: 1 });
    expect(progressOf([{ units }])?.steps.at(-1)).toEqual({ step: 'delivered', units: 1 });
    expect(progressOf([{ units: units.slice(0, 1) }])).toBeNull();
  });
});
