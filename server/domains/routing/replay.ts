import type { Leg } from './explain.ts';

/** What orders would have cost: added up over a replay. Pure. */

/** How one order went, or would have gone. */
export interface Outcome {
  readonly legs: readonly Pick<Leg, 'nodeId' | 'code' | 'units' | 'parcels' | 'lateDays'>[];
  readonly costMinor: number;
  readonly missing: number;
}

export interface Totals {
  orders: number;
  costMinor: number;
  /** Nodes beyond the first, over all orders. */
  splits: number;
  parcels: number;
  lateOrders: number;
  lateDays: number;
  missing: number;
  /** By code. */
  readonly nodes: Record<string, { orders: number; units: number }>;
}

export interface Difference {
  readonly orderId: string;
  readonly number: string;
  readonly happened: Outcome;
  readonly active: Outcome;
  readonly draft: Outcome;
}

export interface ReplayResult {
  readonly currency: string;
  readonly happened: Totals;
  readonly active: Totals;
  readonly draft: Totals;
  /** Orders that the draft sends from elsewhere than the rules in force: how many, and the dearest differences. */
  readonly differing: number;
  readonly differences: readonly Difference[];
}

export const noTotals = (): Totals => ({
  orders: 0,
  costMinor: 0,
  splits: 0,
  parcels: 0,
  lateOrders: 0,
  lateDays: 0,
  missing: 0,
  nodes: {},
});

export function addOutcome(totals: Totals, outcome: Outcome): void {
  totals.orders += 1;
  totals.costMinor += outcome.costMinor;
  totals.splits += Math.max(0, outcome.legs.length - 1);
  totals.missing += outcome.missing;
  const late = Math.max(0, ...outcome.legs.map((leg) => leg.lateDays));
  totals.lateDays += late;
  if (late > 0) totals.lateOrders += 1;
  for (const { code, units, parcels } of outcome.legs) {
    totals.parcels += parcels;
    const node = totals.nodes[code] ?? { orders: 0, units: 0 };
    totals.nodes[code] = { orders: node.orders + 1, units: node.units + units };
  }
}

/** Whether two outcomes send the same units from the same nodes. */
export function isSameWay(a: Outcome, b: Outcome): boolean {
  const way = (outcome: Outcome): string =>
    outcome.legs
      .map((leg) => `${leg.nodeId}:${leg.units}`)
      .sort()
      .join();
  return way(a) === way(b);
}

/** A change of a shelf. */
export interface Change {
  readonly at: number;
  readonly free: number;
  readonly safety: number;
}

/**
 * What lay at a shelf just before a moment: what lies there now without everything that happened since. `changes` by time, oldest first.
 */
export function shelfBefore(
  now: { readonly free: number; readonly safety: number },
  changes: readonly Change[],
  moment: number,
): { free: number; safety: number } {
  let { free, safety } = now;
  for (let at = changes.length - 1; at >= 0; at--) {
    const change = changes[at] as Change;
    if (change.at < moment) break;
    free -= change.free;
    safety -= change.safety;
  }
  return { free: Math.max(0, free), safety: Math.max(0, safety) };
}

/** Units that were counted on a node's day for an order; negative where they were taken back. */
export interface Load {
  readonly orderId: string;
  readonly units: number;
  readonly at: number;
}

/** What a node had taken of its day just before a moment, in its own unit, without the order that is asked about. */
export function usedBefore(loads: readonly Load[], unit: 'orders' | 'units', moment: number, orderId: string): number {
  const units = new Map<string, number>();
  for (const load of loads) {
    if (load.at >= moment || load.orderId === orderId) continue;
    units.set(load.orderId, (units.get(load.orderId) ?? 0) + load.units);
  }
  const taken = [...units.values()].filter((sum) => sum > 0);
  return unit === 'orders' ? taken.length : taken.reduce((sum, one) => sum + one, 0);
}
