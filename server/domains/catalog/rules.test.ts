import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineTotalMinor, moneyStep } from '../../kernel/money.ts';
import { type PriceRequest, priceLines } from './rules.ts';

const request = fc.record({
  priceMicros: fc.bigInt({ min: 0n, max: 10n ** 12n }),
  quantity: fc.integer({ min: 1, max: 500 }),
  discountMinor: fc.bigInt({ min: 0n, max: 5_000n }),
  taxRateMicros: fc.constantFrom(0n, 55_000n, 70_000n, 190_000n, 255_000n, 999_999n),
});
const cart = fc.record({
  requests: fc.array(request, { minLength: 1, maxLength: 8 }),
  orderDiscount: fc.bigInt({ min: 0n, max: 20_000n }),
  included: fc.boolean(),
  currency: fc.constantFrom('EUR', 'JPY', 'KWD'),
});

const gross = (requests: readonly PriceRequest[], currency: string): bigint[] =>
  requests.map((one) => lineTotalMinor(one.priceMicros, one.quantity, currency, moneyStep(currency)));
const sum = (values: readonly bigint[]): bigint => values.reduce((a, b) => a + b, 0n);

describe('pricing lines', () => {
  it('keeps every component non-negative, discounts within prices, and totals the sum of their parts', () => {
    fc.assert(
      fc.property(cart, ({ requests: asked, orderDiscount: off, included, currency }) => {
        const step = moneyStep(currency);
        const requests = asked.map((one) => ({ ...one, discountMinor: one.discountMinor * step }));
        const orderDiscount = off * step;
        const priced = priceLines(requests, orderDiscount, included, currency);
        const full = gross(requests, currency);
        const own = requests.map((one) => one.discountMinor);
        const tooMuch = full.some((amount, index) => amount < (own[index] as bigint)) || orderDiscount > sum(full) - sum(own);
        expect(priced === null).toBe(tooMuch);
        if (!priced) return;
        for (const line of priced) {
          expect(line.netMinor >= 0n && line.discountMinor >= 0n && line.taxMinor >= 0n).toBe(true);
          expect(line.discountMinor).toBeLessThanOrEqual(line.netMinor);
          expect(line.totalMinor).toBe(line.netMinor - line.discountMinor + line.taxMinor);
          expect(line.totalMinor % step).toBe(0n);
        }
        expect(sum(priced.map((line) => line.discountMinor))).toBe(sum(own) + orderDiscount);
        if (included) expect(sum(priced.map((line) => line.totalMinor))).toBe(sum(full) - sum(own) - orderDiscount);
      }),
      { numRuns: 500 },
    );
  });

  it('charges no tax on what is given away, and the shown price where prices include it', () => {
    const one: PriceRequest = { priceMicros: 11_900_000n, quantity: 1, discountMinor: 0n, taxRateMicros: 190_000n };
    expect(priceLines([one], 0n, true, 'EUR')).toEqual([
      { netMinor: 1_000n, discountMinor: 0n, taxMinor: 190n, totalMinor: 1_190n },
    ]);
    expect(priceLines([one], 0n, false, 'EUR')).toEqual([
      { netMinor: 1_190n, discountMinor: 0n, taxMinor: 226n, totalMinor: 1_416n },
    ]);
    expect(priceLines([{ ...one, discountMinor: 1_190n }], 0n, false, 'EUR')).toMatchObject([{ taxMinor: 0n, totalMinor: 0n }]);
    expect(priceLines([one], 1_191n, true, 'EUR')).toBeNull();
  });
});
