import { describe, expect, it } from 'vitest';
import { binaryArray } from './binary-arrays.ts';

describe('a binary array', () => {
  it.each([
    ['int8', 2n ** 63n],
    ['int8', -(2n ** 63n) - 1n],
    ['int8', 1.5],
    ['int8', 'many'],
    ['int4', 2 ** 31],
    ['int4', -(2 ** 31) - 1],
    ['int4', 1.5],
    ['int4', Number.NaN],
    ['bool', 'true'],
    ['timestamptz', new Date(Number.NaN)],
    ['uuid', '0189a0c2'],
    ['uuid', '0189a0c2-0000-7000-8000-00000000000g'],
    ['uuid', '0189a0c2-0000-7000-8000-0000000000000'],
    ['uuid', '0189a0c20-000-7000-8000-000000000000'],
    // U+0130 ends in the byte of the digit 0, and a fullwidth digit looks like one.
    ['uuid', '0189a0c2-0000-7000-8000-00000000000İ'],
    ['uuid', '0189a0c2-0000-7000-8000-00000000000０'],
  ] as const)('of %s refuses %s instead of making something else of it', (type, value) => {
    expect(() => binaryArray(type, [value])).toThrow();
  });

  it('leaves to PostgreSQL what it reads better: decimals, days, and instants that came as text', () => {
    expect(binaryArray('numeric', ['1.5'])).toBeNull();
    expect(binaryArray('date', ['2026-11-28'])).toBeNull();
    expect(binaryArray('timestamptz', [new Date(0), '2026-11-28T10:00:00.123456Z'])).toBeNull();
  });

  it('is built apart from the one before it', () => {
    const first = binaryArray('text', ['one', 'Straße', null]);
    const copy = Buffer.from(first as Buffer);
    binaryArray('text', ['another', 'and another']);
    expect(first).toEqual(copy);
  });
});
