import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { barsOf, symbolsOf } from './code128.ts';

const ascii = fc.string({
  unit: fc.integer({ min: 32, max: 126 }).map((code) => String.fromCharCode(code)),
  minLength: 1,
  maxLength: 40,
});

/** Reads symbols back, as a scanner does: an independent way round. */
function read(symbols: readonly number[]): string {
  let set = symbols[0] === 105 ? 'C' : 'B';
  let text = '';
  for (const symbol of symbols.slice(1, -2)) {
    if (set === 'B' && symbol === 99) set = 'C';
    else if (set === 'C' && symbol === 100) set = 'B';
    else text += set === 'C' ? String(symbol).padStart(2, '0') : String.fromCharCode(symbol + 32);
  }
  return text;
}

describe('Code 128', () => {
  test('has the check symbol of the published example', () => {
    // "PJJ123C" in code B: 104·1 + 48·1 + 42·2 + 42·3 + 17·4 + 18·5 + 19·6 + 35·7 = 879, and 879 mod 103 = 55.
    expect(symbolsOf('PJJ123C')).toEqual([104, 48, 42, 42, 17, 18, 19, 35, 55, 106]);
  });

  test('writes digits in pairs where that is shorter', () => {
    expect(symbolsOf('EU-S10001')).toEqual([104, 37, 53, 13, 51, 99, 10, 0, 100, 17, expect.any(Number), 106]);
    expect(symbolsOf('123456')[0]).toBe(105);
  });

  test('reads back as what was written, with a check symbol that fits', () => {
    fc.assert(
      fc.property(ascii, (text) => {
        const symbols = symbolsOf(text);
        expect(read(symbols)).toBe(text);
        const sum = symbols.slice(0, -2).reduce((total, value, index) => total + value * Math.max(1, index), 0);
        expect(symbols.at(-2)).toBe(sum % 103);
      }),
    );
  });

  test('is eleven modules a symbol, thirteen the last; bars never touch', () => {
    fc.assert(
      fc.property(ascii, (text) => {
        const { bars, modules } = barsOf(text);
        expect(modules).toBe((symbolsOf(text).length - 1) * 11 + 13);
        bars.slice(1).forEach((bar, index) => {
          const before = bars[index] as (typeof bars)[number];
          expect(bar.at).toBeGreaterThan(before.at + before.width);
        });
      }),
    );
  });

  test('refuses what it cannot write', () => {
    expect(() => symbolsOf('Zürich')).toThrow(/ASCII/);
    expect(() => symbolsOf('')).toThrow(/ASCII/);
  });
});
