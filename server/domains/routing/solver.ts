import {
  type Board,
  boardOf,
  greedyHand,
  Hand,
  isBetter,
  type Key,
  nothing,
  type Place,
  type Plan,
  type Problem,
  shipping,
  unitsOf,
  type Wish,
} from './solver-board.ts';

/**
 * Finds the cheapest way to send units from nodes: searches sets of nodes by size and, within a set, ways to share out the units, and
 * leaves out only what a lower bound shows to be no better. It counts its steps, not milliseconds: a search that is given up ends at the
 * same plan on every machine.
 */
export interface Solution extends Plan {
  /** Whether nothing better exists; false where the search was given up at its limit. */
  readonly proven: boolean;
  readonly steps: number;
}

/** Steps after which a search is given up: some milliseconds. */
export const STEP_LIMIT = 15_000;

/** The best plan, or the best that was found within the limit. */
export function solve(problem: Problem, limit = STEP_LIMIT): Solution {
  const board = boardOf(problem);
  const first = greedyHand(board);
  if (!first) return { ...nothing(problem), proven: true, steps: 0 };
  const search = new Search(board, first, limit);
  search.run();
  const { plan } = search;
  const chosen = problem.whole && plan.missing > 0 ? nothing(problem) : plan;
  return { ...chosen, proven: search.steps <= limit, steps: search.steps };
}

/** What every plan of a set of nodes has at least. */
interface Floor {
  readonly set: readonly Place[];
  readonly missing: number;
  readonly safety: number;
  /** Each node's own cost, and the splits. */
  readonly fixed: number;
  readonly postage: number;
  /** Whether the set may have everything. */
  readonly full: boolean;
  readonly priority: number;
  readonly ids: string;
}

class Search {
  readonly board: Board;
  readonly limit: number;
  plan: Plan;
  best: Key;
  steps = 0;
  private readonly leastMissing: number;
  private readonly leastSafety: number;

  constructor(board: Board, first: Hand, limit: number) {
    this.board = board;
    this.limit = limit;
    this.plan = first.plan();
    this.best = first.key();
    [this.leastMissing, this.leastSafety] = this.shortOf(board.places);
  }

  get over(): boolean {
    return this.steps > this.limit;
  }

  /** Sets of nodes, the small ones first: one more node only ever adds its least cost and a split. */
  run(): void {
    const { places, problem } = this.board;
    const most = Math.min(places.length, unitsOf(problem));
    for (let size = 1; size <= most && !this.over; size++) {
      const cheapest =
        places.slice(0, size).reduce((sum, place) => sum + place.least, 0) + this.splits(places.slice(0, size), true);
      if (!this.mayBeat(this.leastMissing, this.leastSafety, cheapest, size)) {
        // Larger sets cost more still, unless a node costs nothing: those are looked at by their own bound.
        if (cheapest > this.best[2]) return;
      }
      this.choose([], 0, size, 0);
    }
  }

  private splits(set: readonly Place[], atLeast = false): number {
    const { problem, places } = this.board;
    const usable = places.filter((place) => place.inUse).length;
    const added = atLeast ? Math.max(0, set.length - usable) : set.filter((place) => !place.inUse).length;
    return (problem.inUse.length > 0 ? added : Math.max(0, added - 1)) * problem.split;
  }

  private mayBeat(missing: number, safety: number, cost: number, parcels: number, priority = -Infinity, ids = ''): boolean {
    return isBetter([missing, safety, cost, parcels, priority, ids], this.best);
  }

  private choose(set: Place[], from: number, size: number, least: number): void {
    this.steps++;
    if (this.over) return;
    const { places, fresh } = this.board;
    if (set.length === size) {
      this.within(set, least);
      return;
    }
    for (let at = from; at <= places.length - (size - set.length); at++) {
      const place = places[at] as Place;
      // They stand in the order of their least cost: what comes next is no cheaper.
      const bound = least + place.least * (size - set.length) + this.splits(places.slice(0, size), true);
      if (!this.mayBeat(this.leastMissing, this.leastSafety, bound, size)) return;
      if (!place.inUse && set.filter((chosen) => !chosen.inUse).length >= fresh) continue;
      set.push(place);
      this.choose(set, at + 1, size, least + place.least);
      set.pop();
      if (this.over) return;
    }
  }

  /** Units that a set cannot give at all, and those it can give only of its safety stock: no plan of the set has fewer. */
  private shortOf(set: readonly Place[]): [number, number] {
    let missing = this.beyondRoom(set);
    let byStock = 0;
    let safety = 0;
    this.board.demand.forEach((wanted, sku) => {
      let all = 0;
      let free = 0;
      for (const place of set) {
        all += place.all[sku] as number;
        free += place.free[sku] as number;
      }
      byStock += Math.max(0, wanted - all);
      safety += Math.max(0, Math.min(wanted, all) - free);
    });
    // Units for which there is no room take nothing of the safety stock either.
    if (missing > byStock) safety = 0;
    missing = Math.max(missing, byStock);
    return [missing, safety];
  }

  /** Units for which the nodes of a set have no room today. */
  private beyondRoom(set: readonly Place[]): number {
    return Math.max(0, unitsOf(this.board.problem) - set.reduce((sum, place) => sum + place.room, 0));
  }

  /** What sending this much from a set costs at least: every node's first band, and the cheapest way up from there. */
  private postageOf(set: readonly Place[], grams: number): number {
    let base = 0;
    let light = 0;
    for (const { site } of set) {
      base += site.bands[0]?.priceMinor ?? 0;
      light += site.bands[0]?.upToGrams ?? Infinity;
    }
    if (grams <= light) return base;
    return base + (set.length > 4 ? this.slope(set, grams - light) : this.climb(set, grams));
  }

  /** No band carries a gram beyond the first for less than this. */
  private slope(set: readonly Place[], grams: number): number {
    let steepness = Infinity;
    for (const { site } of set) {
      const first = site.bands[0];
      for (const band of site.bands.slice(1)) {
        if (band.upToGrams === null || first?.upToGrams == null) return 0;
        steepness = Math.min(steepness, (band.priceMinor - first.priceMinor) / (band.upToGrams - first.upToGrams));
      }
      const last = site.bands.at(-1);
      if (last?.upToGrams != null) steepness = Math.min(steepness, last.priceMinor / last.upToGrams);
    }
    return steepness === Infinity ? 0 : Math.ceil(grams * steepness - 1e-6);
  }

  /** The cheapest choice of a band per node that carries it all. */
  private climb(set: readonly Place[], grams: number): number {
    let best = Infinity;
    const raise = (at: number, carried: number, price: number): void => {
      this.steps++;
      if (price >= best) return;
      if (at === set.length) {
        if (carried >= grams) best = price;
        return;
      }
      const { bands } = (set[at] as Place).site;
      const base = bands[0]?.priceMinor ?? 0;
      const last = bands.at(-1);
      if (!last) {
        raise(at + 1, Infinity, price);
        return;
      }
      for (const band of bands) raise(at + 1, carried + (band.upToGrams ?? Infinity), price + band.priceMinor - base);
      // Heavier than its last band: several parcels, of which the first costs at least that.
      if (last.upToGrams !== null) raise(at + 1, Infinity, price + last.priceMinor);
    };
    raise(0, 0, 0);
    return best === Infinity ? 0 : best;
  }

  private within(set: readonly Place[], least: number): void {
    const [missing, safety] = this.shortOf(set);
    const splits = this.splits(set);
    if (!this.mayBeat(missing, safety, least + splits, set.length)) return;
    this.steps += set.length;
    const { wishes, problem } = this.board;
    // Where not everything finds a place, which units stay out decides what the rest costs: then only the nodes' least is certain.
    const full = missing === 0;
    const handling = wishes.map((wish) => {
      const cheapest = Math.min(...set.filter((place) => wish.places[place.at]).map((place) => place.site.perUnit));
      return full && cheapest !== Infinity ? wish.item.units * cheapest : 0;
    });
    const grams = full ? problem.items.reduce((sum, item) => sum + item.units * item.grams, 0) : 0;
    const fixed = set.reduce((sum, place) => sum + place.site.fixed, splits);
    const floor: Floor = {
      set,
      missing,
      safety,
      fixed,
      postage: this.postageOf(set, grams),
      full,
      priority: set.reduce((sum, place) => sum + place.site.priority, 0),
      ids: set
        .map((place) => place.site.id)
        .sort()
        .join(),
    };
    const order = [...wishes].sort((a, b) => reach(a, set) - reach(b, set) || b.item.units - a.item.units || a.at - b.at);
    // What the wishes from each on cost to handle at least.
    const rest = order.map(() => 0);
    order.reduceRight((sum, wish, at) => {
      rest[at] = sum + (handling[wish.at] as number);
      return rest[at] as number;
    }, 0);
    this.share(new Hand(this.board), order, 0, floor, rest);
  }

  /** Whether a hand that is filled so far can still become better than the best. */
  private isOpen(hand: Hand, floor: Floor, rest: number): boolean {
    let cost = floor.fixed;
    let postage = 0;
    let handling = 0;
    let parcels = 0;
    for (const place of floor.set) {
      const units = hand.units[place.at] as number;
      const sent = shipping(place.site.bands, hand.grams[place.at] as number);
      postage += sent.price;
      parcels += sent.parcels;
      // A node that has nothing yet gets one unit at least; whether it is among the rest is not known.
      handling += units * place.site.perUnit;
    }
    // A wish that is left out makes what is promised for the full order void.
    const whole = floor.full && hand.missing === 0;
    cost += handling + (whole ? rest + Math.max(postage, floor.postage) : postage);
    const safety = hand.missing > floor.missing ? hand.safety : Math.max(hand.safety, floor.safety);
    return this.mayBeat(Math.max(hand.missing, floor.missing), safety, cost, parcels, floor.priority, floor.ids);
  }

  private share(hand: Hand, wishes: readonly Wish[], at: number, floor: Floor, rest: readonly number[]): void {
    this.steps++;
    if (this.over || !this.isOpen(hand, floor, rest[at] ?? 0)) return;
    const wish = wishes[at];
    if (!wish) {
      const key = hand.key();
      if (isBetter(key, this.best)) {
        this.best = key;
        this.plan = hand.plan();
      }
      return;
    }
    const order = floor.set
      .filter((place) => wish.places[place.at])
      .map((place) => ({ place, more: this.moreFor(hand, wish, place) }))
      .sort((a, b) => a.more - b.more || a.place.at - b.place.at)
      .map(({ place }) => place);
    this.divide(hand, wish, order, 0, wish.item.units, () => this.share(hand, wishes, at + 1, floor, rest));
  }

  private moreFor(hand: Hand, wish: Wish, place: Place): number {
    const units = Math.min(wish.item.units, hand.room(wish, place, true));
    if (units === 0) return Number.MAX_SAFE_INTEGER;
    const before = hand.costAt(place);
    hand.give(wish, place, units);
    const after = hand.costAt(place);
    hand.give(wish, place, -units);
    return (after - before) / units;
  }

  /** Every way to have one wish served by these places, as much as possible from the first ones first. */
  private divide(hand: Hand, wish: Wish, order: readonly Place[], at: number, left: number, then: () => void): void {
    this.steps++;
    if (this.over) return;
    const place = order[at];
    if (!place || left === 0) {
      hand.missing += left;
      if (hand.missing <= this.best[0]) then();
      hand.missing -= left;
      return;
    }
    const later = order.slice(at + 1).reduce((sum, other) => sum + hand.room(wish, other, true), 0);
    const fewest = Math.max(0, left - later - (this.best[0] - hand.missing));
    for (let units = Math.min(left, hand.room(wish, place, true)); units >= fewest; units--) {
      hand.give(wish, place, units);
      this.divide(hand, wish, order, at + 1, left - units, then);
      hand.give(wish, place, -units);
      if (this.over) return;
    }
  }
}

/** How many places of a set can serve a wish. */
const reach = (wish: Wish, set: readonly Place[]): number => set.filter((place) => wish.places[place.at]).length;
