/**
 * What is to be sent and where it could come from, as numbers; and a plan that is found at once. A plan is judged by, in this order: units
 * that found no node, units taken from safety stock, cost, parcels, the nodes' priorities, their ids; so two plans are never equal by
 * chance, and the same question always has the same answer.
 */
export interface Item {
  /** What wants units: the same SKU twice where some of its units must avoid a node. */
  readonly key: string;
  readonly sku: string;
  readonly units: number;
  readonly grams: number;
  /** Ids of nodes that must not be asked for these units. */
  readonly barred: readonly string[];
}

export interface Site {
  readonly id: string;
  readonly priority: number;
  /** For anything at all: handling, lateness, less a rule's discount. */
  readonly fixed: number;
  /** For each unit. */
  readonly perUnit: number;
  /** By weight, rising; the last may be without a limit, else a heavier load goes in several parcels. Empty: free of charge. */
  readonly bands: readonly { readonly upToGrams: number | null; readonly priceMinor: number }[];
  /** Units that it may still take today; null: any. */
  readonly room: number | null;
  /** By SKU: what is free, and what of its safety stock could be taken. */
  readonly stock: Readonly<Record<string, { readonly free: number; readonly safety: number }>>;
}

export interface Problem {
  readonly items: readonly Item[];
  readonly sites: readonly Site[];
  /** What each node beyond the first costs. */
  readonly split: number;
  /** How many nodes may be used; null: any number. */
  readonly maxSites: number | null;
  /** Everything from one node, or nothing. */
  readonly whole: boolean;
  /** Nodes that the order leaves from already: using them again is no split. */
  readonly inUse: readonly string[];
}

export interface Taking {
  readonly key: string;
  readonly sku: string;
  readonly site: string;
  readonly units: number;
}

export interface Plan {
  readonly takings: readonly Taking[];
  readonly missing: number;
  readonly safety: number;
  readonly cost: number;
  readonly parcels: number;
}

/** Missing, safety, cost, parcels, priorities, ids: compared from the left. */
export type Key = readonly [number, number, number, number, number, string];

export function isBetter(a: Key, b: Key): boolean {
  for (let i = 0; i < 5; i++) {
    const [x, y] = [a[i] as number, b[i] as number];
    if (x !== y) return x < y;
  }
  return a[5] < b[5];
}

/** What a load costs to send, and in how many parcels. */
export function shipping(bands: Site['bands'], grams: number): { readonly price: number; readonly parcels: number } {
  const last = bands.at(-1);
  if (!last) return { price: 0, parcels: 1 };
  const limit = last.upToGrams;
  const full = limit === null || grams <= limit ? 0 : Math.ceil(grams / limit) - 1;
  const rest = limit === null ? grams : grams - full * limit;
  const band = bands.find(({ upToGrams }) => upToGrams === null || rest <= upToGrams) ?? last;
  return { price: full * last.priceMinor + band.priceMinor, parcels: full + 1 };
}

/** What a site is while plans are made: numbers by position instead of names. */
export interface Place {
  readonly site: Site;
  readonly at: number;
  readonly inUse: boolean;
  /** What it costs at least to send anything from here. */
  readonly least: number;
  readonly free: readonly number[];
  readonly all: readonly number[];
  readonly room: number;
}

export interface Wish {
  readonly item: Item;
  readonly at: number;
  readonly sku: number;
  readonly places: readonly boolean[];
}

/** A problem in the one order in which it is looked at, whatever order it came in. */
export interface Board {
  readonly problem: Problem;
  readonly places: readonly Place[];
  readonly wishes: readonly Wish[];
  readonly demand: readonly number[];
  /** How many nodes that are not in use yet may be added. */
  readonly fresh: number;
}

export function boardOf(problem: Problem): Board {
  const skus = [...new Set(problem.items.map((item) => item.sku))].sort();
  const demand = skus.map((sku) => problem.items.reduce((sum, item) => sum + (item.sku === sku ? item.units : 0), 0));
  const open = (site: Site, sku: string): boolean =>
    problem.items.some((item) => item.sku === sku && !item.barred.includes(site.id));
  const places = problem.sites
    .map((site) => {
      const free = skus.map((sku) => (open(site, sku) ? (site.stock[sku]?.free ?? 0) : 0));
      const all = skus.map((sku, at) => (free[at] as number) + (open(site, sku) ? (site.stock[sku]?.safety ?? 0) : 0));
      const least = site.fixed + site.perUnit + (site.bands[0]?.priceMinor ?? 0);
      return { site, at: 0, inUse: problem.inUse.includes(site.id), least, free, all, room: site.room ?? Infinity };
    })
    .filter((place) => place.room > 0 && place.all.some((units) => units > 0))
    .sort((a, b) => a.least - b.least || a.site.priority - b.site.priority || (a.site.id < b.site.id ? -1 : 1))
    .map((place, at): Place => ({ ...place, at }));
  const wishes = [...problem.items]
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map((item, at): Wish => {
      const sku = skus.indexOf(item.sku);
      return { item, at, sku, places: places.map(({ site, all }) => (all[sku] as number) > 0 && !item.barred.includes(site.id)) };
    });
  const inUse = new Set(problem.inUse).size;
  const most = problem.whole ? 1 : (problem.maxSites ?? Infinity);
  return { problem, places, wishes, demand, fresh: Math.max(0, most - inUse) };
}

/** What of the board is given away. */
export class Hand {
  readonly board: Board;
  readonly units: number[];
  readonly grams: number[];
  readonly taken: number[][];
  /** By wish and place. */
  readonly given: number[][];
  missing = 0;
  safety = 0;

  constructor(board: Board) {
    this.board = board;
    this.units = board.places.map(() => 0);
    this.grams = board.places.map(() => 0);
    this.taken = board.places.map(() => board.demand.map(() => 0));
    this.given = board.wishes.map(() => board.places.map(() => 0));
  }

  /** How much of a wish a place could still serve. */
  room(wish: Wish, place: Place, withSafety: boolean): number {
    if (!wish.places[place.at]) return 0;
    const stock = ((withSafety ? place.all : place.free)[wish.sku] as number) - (this.taken[place.at]?.[wish.sku] as number);
    return Math.max(0, Math.min(stock, place.room - (this.units[place.at] as number)));
  }

  /** Gives, or with a negative number takes back. */
  give(wish: Wish, place: Place, units: number): void {
    if (units === 0) return;
    const { at } = place;
    const taken = this.taken[at] as number[];
    const given = this.given[wish.at] as number[];
    const before = taken[wish.sku] as number;
    const free = place.free[wish.sku] as number;
    this.safety += Math.max(0, before + units - free) - Math.max(0, before - free);
    taken[wish.sku] = before + units;
    given[at] = (given[at] as number) + units;
    this.units[at] = (this.units[at] as number) + units;
    this.grams[at] = (this.grams[at] as number) + units * wish.item.grams;
  }

  costAt(place: Place): number {
    const units = this.units[place.at] as number;
    if (units === 0) return 0;
    return place.site.fixed + place.site.perUnit * units + shipping(place.site.bands, this.grams[place.at] as number).price;
  }

  key(): Key {
    const used = this.board.places.filter((place) => (this.units[place.at] as number) > 0);
    const added = used.filter((place) => !place.inUse).length;
    const splits = this.board.problem.inUse.length > 0 ? added : Math.max(0, added - 1);
    const cost = used.reduce((sum, place) => sum + this.costAt(place), 0) + splits * this.board.problem.split;
    const parcels = used.reduce((n, place) => n + shipping(place.site.bands, this.grams[place.at] as number).parcels, 0);
    const priorities = used.reduce((sum, place) => sum + place.site.priority, 0);
    const ids = used.map((place) => place.site.id).sort();
    return [this.missing, this.safety, cost, parcels, priorities, ids.join()];
  }

  plan(): Plan {
    const [missing, safety, cost, parcels] = this.key();
    const takings = this.board.wishes.flatMap((wish) =>
      this.board.places.flatMap((place) => {
        const units = this.given[wish.at]?.[place.at] as number;
        return units > 0 ? [{ key: wish.item.key, sku: wish.item.sku, site: place.site.id, units }] : [];
      }),
    );
    return { takings, missing, safety, cost, parcels };
  }
}

export const unitsOf = (problem: Problem): number => problem.items.reduce((sum, item) => sum + item.units, 0);

export function nothing(problem: Problem): Plan {
  return { takings: [], missing: unitsOf(problem), safety: 0, cost: 0, parcels: 0 };
}

/** Fills a hand from these places in turn: what is free everywhere first, safety stock only for what is still missing. */
function fill(board: Board, places: readonly Place[]): Hand {
  const hand = new Hand(board);
  const left = board.wishes.map((wish) => wish.item.units);
  for (const withSafety of [false, true]) {
    for (const wish of board.wishes) {
      for (const place of places) {
        const units = Math.min(left[wish.at] as number, hand.room(wish, place, withSafety));
        hand.give(wish, place, units);
        left[wish.at] = (left[wish.at] as number) - units;
      }
    }
  }
  hand.missing = left.reduce((sum, units) => sum + units, 0);
  return hand;
}

/** The best of one node for everything, and nodes taken one by one, each for the most it can add. */
export function greedyHand(board: Board): Hand | null {
  let best: { hand: Hand; key: Key } | null = null;
  const consider = (hand: Hand): void => {
    const key = hand.key();
    if (!best || isBetter(key, best.key)) best = { hand, key };
  };
  const mayUse = (places: readonly Place[]): boolean => places.filter((place) => !place.inUse).length <= board.fresh;
  for (const place of board.places) if (mayUse([place])) consider(fill(board, [place]));
  const chosen: Place[] = [];
  for (let left = unitsOf(board.problem); left > 0; ) {
    let next: { place: Place; hand: Hand; key: Key } | null = null;
    for (const place of board.places) {
      if (chosen.includes(place) || !mayUse([...chosen, place])) continue;
      const hand = fill(board, [...chosen, place]);
      const key = hand.key();
      if (hand.missing < left && (!next || isBetter(key, next.key))) next = { place, hand, key };
    }
    if (!next) break;
    chosen.push(next.place);
    left = next.hand.missing;
    consider(next.hand);
  }
  return (best as { hand: Hand } | null)?.hand ?? null;
}

/** A good plan at once: never more than stock, room and the number of nodes allow, and not always the cheapest. */
export function solveGreedily(problem: Problem): Plan {
  const board = boardOf(problem);
  const plan = greedyHand(board)?.plan() ?? nothing(problem);
  return problem.whole && plan.missing > 0 ? nothing(problem) : plan;
}
