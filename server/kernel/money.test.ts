import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  divideHalfUp,
  formatDecimal,
  lineTotalMinor,
  minorDigits,
  parseDecimal,
  shareOfUnits,
  splitByWeight,
  toMajor,
} from './money.ts';

const amount = fc.bigInt({ min: 0n, max: 2n ** 53n - 1n });

describe('frozen unit money', () => {
  it('adds up over any partition of the units, in any order', () => {
    const line = fc.integer({ min: 1, max: 200 }).chain((quantity) =>
      fc.record({
        quantity: fc.constant(quantity),
        total: amount,
        cuts: fc.uniqueArray(fc.integer({ min: 1, max: quantity }), { maxLength: 20 }),
      }),
    );
    fc.assert(
      fc.property(line, ({ quantity, total, cuts }) => {
        const ends = [...new Set([...cuts, quantity])].sort((a, b) => a - b);
        const shares = ends.map((to, index) => shareOfUnits(total, quantity, (ends[index - 1] ?? 0) + 1, to));
        expect(shares.reduce((a, b) => a + b, 0n)).toBe(total);
        for (const share of shares) expect(share).toBeGreaterThanOrEqual(0n);
      }),
    );
  });

  it('gives two units of a line shares that differ by one at most', () => {
    fc.assert(
      fc.property(amount, fc.integer({ min: 1, max: 60 }), (total, quantity) => {
        const shares = Array.from({ length: quantity }, (_, index) => shareOfUnits(total, quantity, index + 1, index + 1));
        const sorted = [...shares].sort((a, b) => Number(a - b));
        expect((sorted.at(-1) as bigint) - (sorted[0] as bigint)).toBeLessThanOrEqual(1n);
      }),
    );
  });
});

describe('splitting by weight', () => {
  it('adds up, follows the weights to within one unit, and gives nothing to weight zero', () => {
    fc.assert(
      fc.property(
        amount,
        fc.array(fc.bigInt({ min: 0n, max: 10n ** 12n }), { minLength: 1, maxLength: 30 }),
        (total, weights) => {
          const parts = splitByWeight(total, weights);
          const sum = weights.reduce((a, b) => a + b, 0n);
          expect(parts.reduce((a, b) => a + b, 0n)).toBe(total);
          if (sum === 0n) return;
          parts.forEach((part, index) => {
            const weight = weights[index] as bigint;
            const exact = (total * weight) / sum;
            expect(part === exact || part === exact + 1n).toBe(true);
            if (weight === 0n) expect(part).toBe(0n);
          });
        },
      ),
    );
  });
});

describe('decimals', () => {
  it('are read back as they were written', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), fc.integer({ min: 0, max: 6 }), (value, keep) => {
        expect(parseDecimal(formatDecimal(value, 6, keep))).toBe(value);
      }),
    );
  });

  it.each(['', ' ', '1.', '.5', '1e3', '0x10', '1,5', '--1', '+1', 'NaN', '1.1234567', '123456789012345678901'])(
    'refuse %j instead of guessing',
    (text) => expect(parseDecimal(text)).toBeNull(),
  );

  it.each([
    ['2.550000', 2_550_000n],
    ['-0.05', -50_000n],
    [' 12 ', 12_000_000n],
    ['1.1000000', 1_100_000n],
  ])('read %j exactly', (text, micros) => expect(parseDecimal(text)).toBe(micros));
});

describe('rounding', () => {
  it('is half away from zero, and the same on both sides of it', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }), fc.bigInt({ min: 1n, max: 10n ** 6n }), (n, d) => {
        const rounded = divideHalfUp(n, d);
        const distance = n - rounded * d;
        const doubled = 2n * (distance < 0n ? -distance : distance);
        expect(doubled).toBeLessThanOrEqual(d);
        // Exactly between two: the one further from zero.
        if (doubled === d) expect(rounded * d * (n < 0n ? -1n : 1n)).toBeGreaterThan(n < 0n ? -n : n);
        expect(divideHalfUp(-n, d)).toBe(-rounded);
      }),
    );
  });

  it.each([
    ['0.333', 3, 'EUR', 100n],
    ['0.005', 1, 'EUR', 1n],
    ['0.0049', 1, 'EUR', 0n],
    ['99.5', 1, 'JPY', 100n],
    ['1.0005', 1, 'KWD', 1_001n],
    ['1.23456', 1, 'CLF', 12_346n],
  ])('prices %s × %i in %s once', (price, quantity, currency, minor) =>
    expect(lineTotalMinor(parseDecimal(price) as bigint, quantity, currency)).toBe(minor),
  );
});

describe('currencies', () => {
  const table = join(import.meta.dirname, '..', '..', '..', 'shared', 'data', 'currency-codes', 'data', 'codes-all.csv');

  it.skipIf(!existsSync(table))(
    'have the minor units of the published ISO 4217 table (skipped where ../shared/data is absent)',
    () => {
      const rows = parse(readFileSync(table), { columns: true }) as Record<string, string>[];
      const active = rows.filter((row) => row.AlphabeticCode && row.MinorUnit !== '-' && !row.WithdrawalDate);
      expect(active.length).toBeGreaterThan(150);
      for (const { AlphabeticCode: code = '', MinorUnit } of active)
        expect(`${code} ${minorDigits(code)}`).toBe(`${code} ${MinorUnit}`);
    },
  );

  it('write an amount with exactly their digits', () => {
    expect(toMajor({ amountMinor: 5n, currency: 'EUR' })).toBe('0.05');
    expect(toMajor({ amountMinor: -5n, currency: 'KWD' })).toBe('-0.005');
    expect(toMajor({ amountMinor: 1_234n, currency: 'JPY' })).toBe('1234');
  });
});
