import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { availableOnTerms, cutToAvailable, planPromise } from './promising.ts';
import { applyMovement, type Books, type ChannelSupply, channelKey, movement, type Supply } from './rules.ts';

function booksOf(supply: Partial<Supply>, rule?: Partial<ChannelSupply>): Books {
  const keys = { skuId: 'mug', region: 'EU' } as const;
  const row = {
    ...keys,
    merchantId: 'm',
    sellable: 0n,
    promised: 0n,
    limitOver: 0n,
    shortfall: 0n,
    version: 0n,
    byChannel: true,
  };
  const own = { ...keys, channel: 'shop', buffer: 0n, cap: null, promised: 0n, excess: 0n, version: 0n, ...rule };
  return {
    supply: new Map([['mug', { ...row, ...supply }]]),
    stock: new Map(),
    channels: new Map(rule ? [[channelKey('mug', 'shop'), own]] : []),
    work: [],
  };
}
const mugs = (quantity: number) => ({ skuId: 'mug', skuCode: 'MUG', quantity });
const SHOP = { channel: 'shop' };

describe('what a channel may be promised', () => {
  it('is what its buffer leaves of what there is, and no more than its cap has room for', () => {
    const left = (supply: Partial<Supply>, rule: Partial<ChannelSupply>, channel = 'shop') =>
      availableOnTerms(booksOf(supply, rule), 'mug', { channel });
    expect(left({ sellable: 10n }, { buffer: 4n })).toBe(6n);
    expect(left({ sellable: 10n }, { buffer: 11n })).toBe(0n);
    expect(left({ sellable: 10n }, { cap: 5n, promised: 2n })).toBe(3n);
    expect(left({ sellable: 10n }, { cap: 1n, promised: 2n, excess: 1n })).toBe(0n);
    expect(left({ sellable: 4n, limitOver: 2n, promised: 3n }, { buffer: 1n, cap: 100n })).toBe(2n);
    expect(left({ sellable: 10n }, { buffer: 10n, cap: 0n }, 'api')).toBe(10n);
  });

  it('counts with the same movement, and a cap that was lowered takes nothing back', () => {
    const books = booksOf({ sellable: 10n }, { cap: 5n });
    const apply = (units: bigint) =>
      applyMovement(books, movement(units > 0n ? 'promise' : 'release', 'mug', null, { promised: units }), () => 'w', 'shop');
    expect(apply(5n)).toMatchObject({ channel: 'shop', channelDelta: 5n, channelVersion: 1n });
    const row = books.channels.get('mug:shop') as ChannelSupply;
    Object.assign(row, { cap: 2n, excess: 3n });
    apply(-2n);
    expect(row).toMatchObject({ promised: 3n, excess: 1n, version: 2n });
    expect(() => planPromise(books, [mugs(1)], SHOP)).toThrow('Not enough stock');
    apply(-3n);
    expect(row).toMatchObject({ promised: 0n, excess: 0n });
    // Another channel's promises are not counted here.
    expect(applyMovement(books, movement('promise', 'mug', null, { promised: 1n }), () => 'w', 'api').channel).toBeNull();
    expect(row.promised).toBe(0n);
  });
});

describe('units beyond stock', () => {
  const beyond = (supply: Partial<Supply>, quantity: number, held = 0n): bigint | undefined =>
    planPromise(booksOf(supply), [mugs(quantity)], { channel: 'shop', held: new Map([['mug', held]]) }).skus[0]?.beyondStock;

  it('are those that no unpromised unit at hand covers', () => {
    expect(beyond({ sellable: 5n, limitOver: 10n }, 3)).toBe(0n);
    expect(beyond({ sellable: 5n, limitOver: 10n, promised: 3n }, 3)).toBe(1n);
    expect(beyond({ sellable: 5n, limitOver: 10n, promised: 9n }, 3)).toBe(3n);
    expect(beyond({ sellable: -2n, limitOver: 10n }, 3)).toBe(3n);
    expect(beyond({ sellable: 5n, promised: 5n }, 3, 3n)).toBe(0n);
  });

  it('of orders one after another add up to what was promised in all beyond the stock', () => {
    const counts = fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 12 });
    fc.assert(
      fc.property(fc.bigInt({ min: -5n, max: 20n }), counts, (sellable, orders) => {
        const books = booksOf({ sellable, limitOver: 100n });
        let told = 0n;
        for (const quantity of orders) {
          const plan = planPromise(books, [mugs(quantity)], SHOP);
          told += plan.skus[0]?.beyondStock ?? 0n;
          for (const change of plan.movements) applyMovement(books, change, () => 'w', 'shop');
        }
        const all = BigInt(orders.reduce((sum, quantity) => sum + quantity, 0));
        const stock = sellable > 0n ? sellable : 0n;
        expect(told).toBe(all > stock ? all - stock : 0n);
      }),
    );
  });
});

describe('taking what there is', () => {
  it('keeps the first lines whole, never more than there is, and all that there is', () => {
    const books = booksOf({ sellable: 5n, promised: 1n });
    expect(cutToAvailable(books, [mugs(3), mugs(3), mugs(1)], SHOP)).toEqual([3, 1, 0]);
    expect(cutToAvailable(books, [{ skuId: 'gone', skuCode: 'GONE', quantity: 2 }], SHOP)).toEqual([0]);
    expect(cutToAvailable(books, [mugs(3), mugs(3)], { channel: 'shop', held: new Map([['mug', 1n]]) })).toEqual([3, 2]);
  });
});
