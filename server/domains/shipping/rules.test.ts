import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkTiers, offersFor, type Parcel, promiseOf, type ShippingMethod } from './rules.ts';

const method = (more: Partial<ShippingMethod>): ShippingMethod => ({
  id: more.code ?? 'standard',
  merchantId: 'm',
  code: 'standard',
  name: 'Standard',
  countries: [],
  postalPrefixes: [],
  basis: 'flat',
  tiers: [{ upTo: null, priceMinor: 490 }],
  minDays: 1,
  maxDays: 2,
  cutoffHour: 14,
  active: true,
  position: 1,
  ...more,
});
const parcel = (more: Partial<Parcel> = {}): Parcel => ({ country: 'DE', subtotalMinor: 3_000n, weightGrams: 800, ...more });
const FRIDAY_NOON = new Date('2026-11-27T12:00:00Z');
const codes = (methods: readonly ShippingMethod[], to: Parcel): string[] =>
  offersFor(methods, to, FRIDAY_NOON).map((offer) => offer.code);

describe('what is offered', () => {
  it('reaches the countries and postal codes that it names, however they are written', () => {
    const islands = method({ code: 'islands', countries: ['DE'], postalPrefixes: ['27498', '259'] });
    const anywhere = method({ code: 'anywhere' });
    expect(codes([islands, anywhere], parcel())).toEqual(['anywhere']);
    expect(codes([islands, anywhere], parcel({ postalCode: '25 946' }))).toEqual(['anywhere', 'islands']);
    expect(codes([islands], parcel({ country: 'DK', postalCode: '27498' }))).toEqual([]);
    expect(codes([method({ active: false })], parcel())).toEqual([]);
  });

  it('takes the first tier that holds the parcel, and is not offered where none does', () => {
    const tiers = [
      { upTo: 1_000, priceMinor: 390 },
      { upTo: 5_000, priceMinor: 790 },
    ];
    const byWeight = [method({ basis: 'weight', tiers })];
    const price = (weightGrams: number) => offersFor(byWeight, parcel({ weightGrams }), FRIDAY_NOON)[0]?.priceMinor;
    expect([price(0), price(1_000), price(1_001), price(5_000), price(5_001)]).toEqual([390n, 390n, 790n, 790n, undefined]);
    const free = [
      method({
        basis: 'subtotal',
        tiers: [
          { upTo: 4_999, priceMinor: 250 },
          { upTo: null, priceMinor: 0 },
        ],
      }),
    ];
    expect(offersFor(free, parcel({ subtotalMinor: 4_999n }), FRIDAY_NOON)[0]?.priceMinor).toBe(250n);
    expect(offersFor(free, parcel({ subtotalMinor: 5_000n }), FRIDAY_NOON)[0]?.priceMinor).toBe(0n);
  });
});

describe('the promise', () => {
  it('counts working days from the day the parcel leaves', () => {
    const promised = (at: string) => promiseOf({ minDays: 1, maxDays: 2, cutoffHour: 14 }, new Date(at));
    expect(promised('2026-11-26T12:00:00Z')).toEqual({ promisedFrom: '2026-11-27', promisedBy: '2026-11-30' });
    expect(promised('2026-11-27T15:00:00Z')).toEqual({ promisedFrom: '2026-12-01', promisedBy: '2026-12-02' });
    expect(promised('2026-11-28T23:00:00Z')).toEqual({ promisedFrom: '2026-12-01', promisedBy: '2026-12-02' });
  });

  it('never ends on a weekend, before it begins, or before the order was placed', () => {
    const when = fc.date({ min: new Date('2026-01-01'), max: new Date('2027-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(when, fc.nat(10), fc.nat(10), fc.nat(24), (now, minDays, more, cutoffHour) => {
        const { promisedFrom, promisedBy } = promiseOf({ minDays, maxDays: minDays + more, cutoffHour }, now);
        expect(promisedFrom <= promisedBy).toBe(true);
        expect(promisedFrom >= now.toISOString().slice(0, 10)).toBe(true);
        for (const day of [promisedFrom, promisedBy]) expect([0, 6]).not.toContain(new Date(day).getUTCDay());
      }),
    );
  });
});

describe('tiers', () => {
  it('must rise, and only the last may be without a limit', () => {
    const refused = (tiers: { upTo: number | null; priceMinor: number }[], basis: 'flat' | 'weight' = 'weight') =>
      expect(() => checkTiers(basis, tiers)).toThrow(/tier|price/i);
    refused([]);
    refused([
      { upTo: 5, priceMinor: 1 },
      { upTo: 5, priceMinor: 2 },
    ]);
    refused([
      { upTo: null, priceMinor: 1 },
      { upTo: 9, priceMinor: 2 },
    ]);
    refused([{ upTo: 5, priceMinor: 1 }], 'flat');
    expect(() =>
      checkTiers('weight', [
        { upTo: 5, priceMinor: 1 },
        { upTo: null, priceMinor: 2 },
      ]),
    ).not.toThrow();
  });
});
