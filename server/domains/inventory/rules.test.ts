import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DomainError } from '../../kernel/errors.ts';
import { availableToPromise, planPromise } from './promising.ts';
import {
  type AppliedMovement,
  applyMovement,
  availableAtNode,
  type Books,
  isOnHand,
  movement,
  type NodeStock,
  planAdjustment,
  planAllocation,
  type Supply,
  stockKey,
} from './rules.ts';

const SKUS = ['mug', 'tee'] as const;
const NODES = ['n1', 'n2'] as const;

function supply(skuId: string, over: Partial<Supply> = {}): Supply {
  return {
    skuId,
    region: 'EU',
    merchantId: 'm',
    sellable: 0n,
    promised: 0n,
    limitOver: 0n,
    shortfall: 0n,
    version: 0n,
    byChannel: false,
    ...over,
  };
}
const API = { channel: 'api' };
function stock(skuId: string, nodeId: string, over: Partial<NodeStock> = {}): NodeStock {
  return { skuId, nodeId, merchantId: 'm', region: 'EU', onHand: 0n, allocated: 0n, safety: 0n, short: 0n, version: 0n, ...over };
}
function freshBooks(): Books {
  return {
    supply: new Map(SKUS.map((sku) => [sku, supply(sku)])),
    stock: new Map(SKUS.flatMap((sku) => NODES.map((node) => [stockKey(sku, node), stock(sku, node)] as const))),
    channels: new Map(),
    work: [],
  };
}

const sku = fc.constantFrom(...SKUS);
const node = fc.constantFrom(...NODES);
const units = fc.integer({ min: 1, max: 12 });
const step = fc.oneof(
  fc.record({ do: fc.constant('receive' as const), sku, node, units }),
  fc.record({ do: fc.constant('lose' as const), sku, node, units }),
  fc.record({ do: fc.constant('safety' as const), sku, node, units: fc.integer({ min: -6, max: 6 }) }),
  fc.record({ do: fc.constant('limit' as const), sku, units: fc.integer({ min: -6, max: 6 }) }),
  fc.record({ do: fc.constant('promise' as const), sku, units }),
  fc.record({ do: fc.constant('release' as const), sku, units }),
  fc.record({ do: fc.constant('allocate' as const), sku, units }),
  fc.record({ do: fc.constant('deallocate' as const), sku, node, units }),
  fc.record({ do: fc.constant('ship' as const), sku, node, units }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const least = (...values: bigint[]): bigint => values.reduce((a, b) => (a < b ? a : b));

/** What the flows would do: only what the plans allow, and never more than orders hold. */
function movementsOf(books: Books, promised: Map<string, bigint>, next: Step): ReturnType<typeof movement>[] {
  const own = books.supply.get(next.sku) as Supply;
  const count = BigInt(next.units);
  switch (next.do) {
    case 'receive':
      return [planAdjustment(books, 'receive', next.sku, next.node, count)];
    case 'lose':
      return [planAdjustment(books, 'damage', next.sku, next.node, -count)];
    case 'safety': {
      const row = books.stock.get(stockKey(next.sku, next.node)) as NodeStock;
      return row.safety + count < 0n ? [] : [movement('safety', next.sku, next.node, { safety: count })];
    }
    case 'limit':
      return own.limitOver + count < 0n ? [] : [movement('limit', next.sku, null, { limit: count })];
    case 'promise':
      return [...planPromise(books, [{ skuId: next.sku, skuCode: next.sku, quantity: next.units }], API).movements];
    case 'release': {
      // Allocated units are deallocated first; only what is promised and not allocated is released here.
      const free = (promised.get(next.sku) ?? 0n) - allocatedOf(books, next.sku);
      const take = least(count, free);
      return take <= 0n ? [] : [movement('release', next.sku, null, { promised: -take })];
    }
    case 'allocate': {
      const free = (promised.get(next.sku) ?? 0n) - allocatedOf(books, next.sku);
      const take = Number(least(count, free));
      if (take <= 0) return [];
      const picks = planAllocation(books, NODES, [{ lineId: 'l', from: 1, to: take, skuId: next.sku }]);
      return picks.map((pick) => movement('allocate', pick.skuId, pick.nodeId, { allocated: BigInt(pick.to - pick.from + 1) }));
    }
    case 'deallocate': {
      const row = books.stock.get(stockKey(next.sku, next.node)) as NodeStock;
      const take = least(count, row.allocated);
      return take <= 0n ? [] : [movement('deallocate', next.sku, next.node, { allocated: -take })];
    }
    case 'ship': {
      const row = books.stock.get(stockKey(next.sku, next.node)) as NodeStock;
      const take = least(count, row.allocated);
      if (take <= 0n || !isOnHand(books, next.sku, next.node, take)) return [];
      return [movement('ship', next.sku, next.node, { onHand: -take, allocated: -take, promised: -take })];
    }
  }
}

function allocatedOf(books: Books, skuId: string): bigint {
  return NODES.reduce((sum, id) => sum + (books.stock.get(stockKey(skuId, id))?.allocated ?? 0n), 0n);
}

/** The database's own conditions, by the names of its constraints. */
function expectConditions(books: Books): void {
  for (const row of books.supply.values()) {
    const sellable = row.sellable > 0n ? row.sellable : 0n;
    expect(row.promised, 'supply_is_not_oversold').toBeLessThanOrEqual(sellable + row.limitOver + row.shortfall);
    expect(row.promised >= 0n && row.limitOver >= 0n && row.shortfall >= 0n, 'supply_is_not_negative').toBe(true);
  }
  for (const row of books.stock.values()) {
    expect(row.onHand >= 0n && row.allocated >= 0n && row.safety >= 0n && row.short >= 0n, 'stock_is_not_negative').toBe(true);
    expect(row.allocated, 'allocated_stock_is_there').toBeLessThanOrEqual(row.onHand + row.short);
  }
  for (const work of books.work) expect(work.short >= 0n && work.shortfall >= 0n).toBe(true);
}

function expectExplained(books: Books): void {
  const open = (skuId: string, pick: (work: Books['work'][number]) => bigint): bigint =>
    books.work.filter((work) => work.skuId === skuId).reduce((sum, work) => sum + pick(work), 0n);
  for (const row of books.supply.values()) expect(open(row.skuId, (work) => work.shortfall)).toBe(row.shortfall);
  for (const row of books.stock.values()) {
    expect(open(row.skuId, (work) => (work.nodeId === row.nodeId ? work.short : 0n))).toBe(row.short);
  }
}

function expectSums(books: Books, applied: readonly AppliedMovement[]): void {
  const sum = (of: (m: AppliedMovement) => boolean, pick: (m: AppliedMovement) => bigint): bigint =>
    applied.filter(of).reduce((total, m) => total + pick(m), 0n);
  for (const row of books.supply.values()) {
    const own = (m: AppliedMovement): boolean => m.skuId === row.skuId;
    expect([row.sellable, row.promised, row.limitOver, row.shortfall]).toEqual([
      sum(own, (m) => m.sellable),
      sum(own, (m) => m.promised),
      sum(own, (m) => m.limit),
      sum(own, (m) => m.shortfall),
    ]);
    const stored = NODES.map((id) => books.stock.get(stockKey(row.skuId, id)) as NodeStock);
    expect(row.sellable).toBe(stored.reduce((total, s) => total + s.onHand - s.safety, 0n));
  }
  for (const row of books.stock.values()) {
    const own = (m: AppliedMovement): boolean => m.skuId === row.skuId && m.nodeId === row.nodeId;
    expect([row.onHand, row.allocated, row.safety, row.short]).toEqual([
      sum(own, (m) => m.onHand),
      sum(own, (m) => m.allocated),
      sum(own, (m) => m.safety),
      sum(own, (m) => m.short),
    ]);
  }
}

describe('stock', () => {
  it('never breaks a condition, equals its movements, and has open work for what is missing, whatever happens', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const books = freshBooks();
        const promised = new Map<string, bigint>();
        const applied: AppliedMovement[] = [];
        let made = 0;
        for (const next of steps) {
          const before = books.supply.get(next.sku)?.promised ?? 0n;
          let planned: ReturnType<typeof movement>[];
          try {
            planned = movementsOf(books, promised, next);
          } catch (error) {
            expect(error).toBeInstanceOf(DomainError);
            continue;
          }
          for (const change of planned) applied.push(applyMovement(books, change, () => `w${++made}`));
          promised.set(next.sku, (promised.get(next.sku) ?? 0n) + (books.supply.get(next.sku)?.promised ?? 0n) - before);
          expectConditions(books);
          expectExplained(books);
        }
        expectSums(books, applied);
        expectVersions(applied);
      }),
      { numRuns: 400 },
    );
  });
});

/** Every row's versions follow one another without a gap. */
function expectVersions(applied: readonly AppliedMovement[]): void {
  const seen = new Map<string, bigint>();
  const follow = (row: string, version: bigint | null): void => {
    if (version === null) return;
    expect(version).toBe((seen.get(row) ?? 0n) + 1n);
    seen.set(row, version);
  };
  for (const m of applied) {
    follow(m.skuId, m.supplyVersion);
    if (m.nodeId) follow(stockKey(m.skuId, m.nodeId), m.nodeVersion);
  }
}

describe('promising', () => {
  it('sums lines of one SKU, and refuses with every SKU that falls short without promising any', () => {
    const books = freshBooks();
    books.supply.set('mug', supply('mug', { sellable: 5n }));
    books.supply.set('tee', supply('tee', { sellable: 1n }));
    const demand = (skuId: string, quantity: number) => ({ skuId, skuCode: skuId, quantity });
    expect(planPromise(books, [demand('mug', 2), demand('mug', 3)], API).movements).toEqual([
      movement('promise', 'mug', null, { promised: 5n }),
    ]);
    expect(() => planPromise(books, [demand('mug', 3), demand('mug', 3), demand('tee', 2), demand('gone', 1)], API)).toThrow(
      expect.objectContaining({
        code: 'out_of_stock',
        data: {
          skus: [
            { sku: 'mug', requested: 6, available: 5 },
            { sku: 'tee', requested: 2, available: 1 },
            { sku: 'gone', requested: 1, available: 0 },
          ],
        },
      }),
    );
  });

  it('stops while a SKU is short, and when safety stock is more than there is', () => {
    expect(availableToPromise(supply('mug', { sellable: 10n, promised: 2n, shortfall: 1n }))).toBe(0n);
    expect(availableToPromise(supply('mug', { sellable: -3n, limitOver: 5n }))).toBe(5n);
    expect(availableAtNode(stock('mug', 'n1', { onHand: 9n, allocated: 2n, safety: 3n }))).toBe(4n);
    expect(availableAtNode(stock('mug', 'n1', { onHand: 9n, short: 1n }))).toBe(0n);
  });
});

describe('allocating', () => {
  const request = fc.record({ skuId: sku, from: fc.constant(1), to: fc.integer({ min: 1, max: 15 }) });
  const shelf = fc.record({
    onHand: fc.bigInt({ min: 0n, max: 20n }),
    allocated: fc.bigInt({ min: 0n, max: 20n }),
    safety: fc.bigInt({ min: 0n, max: 8n }),
  });

  it('never takes more of a node than it has, never a unit twice, and everything where one node or all together have it', () => {
    fc.assert(
      fc.property(
        fc.array(request, { minLength: 1, maxLength: 5 }),
        fc.array(shelf, { minLength: 4, maxLength: 4 }),
        (wanted, shelves) => {
          const books = freshBooks();
          for (const [index, row] of [...books.stock.values()].entries()) Object.assign(row, shelves[index]);
          for (const row of books.stock.values()) if (row.allocated > row.onHand) row.allocated = row.onHand;
          const requests = wanted.map((one, index) => ({ ...one, lineId: `l${index}` }));
          const picks = planAllocation(books, NODES, requests);
          for (const row of books.stock.values()) {
            const taken = picks
              .filter((pick) => pick.skuId === row.skuId && pick.nodeId === row.nodeId)
              .reduce((sum, pick) => sum + BigInt(pick.to - pick.from + 1), 0n);
            expect(taken).toBeLessThanOrEqual(availableAtNode(row, true));
          }
          const seen = new Set<string>();
          for (const pick of picks) {
            for (let unit = pick.from; unit <= pick.to; unit++) {
              expect(seen.has(`${pick.lineId}:${unit}`)).toBe(false);
              seen.add(`${pick.lineId}:${unit}`);
            }
          }
          const asked = (skuId: string): bigint =>
            requests.filter((r) => r.skuId === skuId).reduce((sum, r) => sum + BigInt(r.to), 0n);
          for (const skuId of SKUS) {
            const free = NODES.reduce(
              (sum, id) => sum + availableAtNode(books.stock.get(stockKey(skuId, id)) as NodeStock, true),
              0n,
            );
            const got = picks
              .filter((pick) => pick.skuId === skuId)
              .reduce((sum, pick) => sum + BigInt(pick.to - pick.from + 1), 0n);
            expect(got).toBe(least(asked(skuId), free));
          }
          const whole = NODES.find((id) =>
            SKUS.every((skuId) => availableAtNode(books.stock.get(stockKey(skuId, id)) as NodeStock) >= asked(skuId)),
          );
          if (whole) expect(new Set(picks.map((pick) => pick.nodeId))).toEqual(new Set([whole]));
        },
      ),
      { numRuns: 300 },
    );
  });
});
