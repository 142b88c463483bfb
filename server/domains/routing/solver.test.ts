import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { solve } from './solver.ts';
import { type Item, type Plan, type Problem, type Site, solveGreedily } from './solver-board.ts';

/** Quick runs look at some hundreds of small questions, deep ones (WAYBILL_DEEP=1) at many more. */
const RUNS = process.env.WAYBILL_DEEP === '1' ? 6_000 : 400;

const SKUS = ['a', 'b', 'c'];
const IDS = ['n1', 'n2', 'n3', 'n4'];

const bands = fc.oneof(
  fc.constant([]),
  fc
    .array(fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 0, max: 9 })), { minLength: 1, maxLength: 3 })
    .chain((steps) =>
      fc.boolean().map((open) => {
        let grams = 0;
        let price = 0;
        return steps.map(([more, dearer], at) => {
          grams += more;
          price += dearer;
          return { upToGrams: open && at === steps.length - 1 ? null : grams, priceMinor: price };
        });
      }),
    ),
);
const shelf = fc.record({ free: fc.integer({ min: 0, max: 3 }), safety: fc.integer({ min: 0, max: 1 }) });
const site = (id: string): fc.Arbitrary<Site> =>
  fc.record({
    id: fc.constant(id),
    priority: fc.integer({ min: 0, max: 2 }),
    fixed: fc.integer({ min: 0, max: 6 }),
    perUnit: fc.integer({ min: 0, max: 3 }),
    bands,
    room: fc.option(fc.integer({ min: 0, max: 5 }), { nil: null, freq: 3 }),
    stock: fc.record({ a: shelf, b: shelf, c: shelf }, { requiredKeys: [] }) as fc.Arbitrary<Site['stock']>,
  });
const item = (at: number): fc.Arbitrary<Item> =>
  fc.record({
    key: fc.constant(`i${at}`),
    sku: fc.constantFrom(...SKUS),
    units: fc.integer({ min: 1, max: 3 }),
    grams: fc.constant(0),
    barred: fc.subarray(IDS, { maxLength: 1 }),
  });
const problem: fc.Arbitrary<Problem> = fc
  .record({
    weights: fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 3 })),
    items: fc.integer({ min: 1, max: 3 }).chain((n) => fc.tuple(...Array.from({ length: n }, (_, at) => item(at)))),
    sites: fc.subarray(IDS, { minLength: 1 }).chain((ids) => fc.tuple(...ids.map(site))),
    split: fc.integer({ min: 0, max: 6 }),
    maxSites: fc.option(fc.integer({ min: 1, max: 3 }), { nil: null, freq: 3 }),
    whole: fc.boolean(),
    inUse: fc.subarray(IDS, { maxLength: 1 }),
  })
  .map(({ weights, items, ...rest }) => ({
    ...rest,
    // One SKU weighs the same wherever it stands.
    items: items.map((one) => ({ ...one, grams: weights[SKUS.indexOf(one.sku)] as number })),
  }));

type Rank = [number, number, number, number, number, string];

/** What sending costs, said once more in other words than the solver's. */
function postage(steps: Site['bands'], grams: number): [number, number] {
  let price = 0;
  let parcels = 1;
  let left = grams;
  const last = steps[steps.length - 1];
  while (last?.upToGrams != null && left > last.upToGrams) {
    price += last.priceMinor;
    parcels += 1;
    left -= last.upToGrams;
  }
  const fits = steps.find((step) => step.upToGrams === null || step.upToGrams >= left);
  return [price + (fits?.priceMinor ?? 0), parcels];
}

/** A way to share everything out (by item, units per site), judged; null where it breaks a rule. */
function judge(question: Problem, shares: readonly (readonly number[])[]): Rank | null {
  let missing = 0;
  let safety = 0;
  let cost = 0;
  let parcels = 0;
  let priorities = 0;
  const used: string[] = [];
  question.items.forEach((one, i) => {
    missing += one.units - (shares[i] as number[]).reduce((a, b) => a + b, 0);
  });
  for (const [s, place] of question.sites.entries()) {
    let units = 0;
    let grams = 0;
    const bySku: Record<string, number> = {};
    for (const [i, one] of question.items.entries()) {
      const share = shares[i]?.[s] as number;
      if (share > 0 && one.barred.includes(place.id)) return null;
      units += share;
      grams += share * one.grams;
      bySku[one.sku] = (bySku[one.sku] ?? 0) + share;
    }
    if (units === 0) continue;
    if (place.room !== null && units > place.room) return null;
    for (const [sku, count] of Object.entries(bySku)) {
      const there = place.stock[sku] ?? { free: 0, safety: 0 };
      if (count > there.free + there.safety) return null;
      safety += Math.max(0, count - there.free);
    }
    const [price, boxes] = postage(place.bands, grams);
    cost += place.fixed + place.perUnit * units + price;
    parcels += boxes;
    priorities += place.priority;
    used.push(place.id);
  }
  const fresh = used.filter((id) => !question.inUse.includes(id)).length;
  const most = question.whole ? 1 : question.maxSites;
  if (most !== null && fresh > Math.max(0, most - question.inUse.length)) return null;
  cost += question.split * (question.inUse.length > 0 ? fresh : Math.max(0, fresh - 1));
  return [missing, safety, cost, parcels, priorities, used.sort().join()];
}

function isLess(a: Rank, b: Rank): boolean {
  for (let i = 0; i < 6; i++) if (a[i] !== b[i]) return (a[i] as number) < (b[i] as number);
  return false;
}

/** Looks at every way there is. */
function bruteForce(question: Problem): Rank {
  let best: Rank | null = null;
  const shares = question.items.map(() => question.sites.map(() => 0));
  const walk = (i: number, s: number, left: number): void => {
    if (i === question.items.length) {
      const rank = judge(question, shares);
      if (rank && (!best || isLess(rank, best))) best = rank;
      return;
    }
    if (s === question.sites.length) {
      walk(i + 1, 0, question.items[i + 1]?.units ?? 0);
      return;
    }
    for (let units = 0; units <= left; units++) {
      (shares[i] as number[])[s] = units;
      walk(i, s + 1, left - units);
    }
    (shares[i] as number[])[s] = 0;
  };
  walk(0, 0, question.items[0]?.units ?? 0);
  return best as unknown as Rank;
}

function sharesOf(question: Problem, plan: Plan): number[][] {
  return question.items.map((one) =>
    question.sites.map((place) =>
      plan.takings.filter((t) => t.key === one.key && t.site === place.id).reduce((sum, t) => sum + t.units, 0),
    ),
  );
}

/** What a plan says of itself, beside what it is. */
function rankOf(question: Problem, plan: Plan): Rank | null {
  const rank = judge(question, sharesOf(question, plan));
  if (rank) expect([plan.missing, plan.safety, plan.cost, plan.parcels]).toEqual(rank.slice(0, 4));
  return rank;
}

describe('the solver', () => {
  it('finds what looking at every way finds: the same missing units, safety stock, cost, parcels and nodes', () => {
    fc.assert(
      fc.property(problem, (question) => {
        const found = solve(question, 1_000_000);
        expect(found.proven).toBe(true);
        const best = bruteForce(question);
        if (question.whole && best[0] > 0) expect(found.takings).toEqual([]);
        else expect(rankOf(question, found)).toEqual(best);
      }),
      { numRuns: RUNS },
    );
  });

  it('gives the same answer whatever the order of the question', () => {
    fc.assert(
      fc.property(problem, fc.integer(), (question, seed) => {
        const turned = {
          ...question,
          items: seed % 2 === 0 ? [...question.items].reverse() : question.items,
          sites: [...question.sites].reverse(),
        };
        expect(solve(turned).takings).toEqual(solve(question).takings);
        expect(solveGreedily(turned).takings).toEqual(solveGreedily(question).takings);
      }),
      { numRuns: RUNS },
    );
  });

  it('at once, without searching, breaks no rule either and is never better than the best', () => {
    fc.assert(
      fc.property(problem, (question) => {
        const plan = solveGreedily(question);
        const rank = rankOf(question, plan);
        expect(rank).not.toBeNull();
        const best = solve(question, 1_000_000);
        expect(isLess(rank as Rank, rankOf(question, best) as Rank)).toBe(false);
      }),
      { numRuns: RUNS },
    );
  });

  it('ends at its limit with a plan that breaks no rule', () => {
    fc.assert(
      fc.property(problem, fc.integer({ min: 0, max: 40 }), (question, limit) => {
        const plan = solve(question, limit);
        expect(rankOf(question, plan)).not.toBeNull();
        expect(isLess(rankOf(question, solveGreedily(question)) as Rank, rankOf(question, plan) as Rank)).toBe(false);
      }),
      { numRuns: RUNS },
    );
  });
});
