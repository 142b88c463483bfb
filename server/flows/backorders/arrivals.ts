import type { Arrival } from '../../domains/backorders/rules.ts';
import type { ReadArrivals } from '../../domains/backorders/service.ts';
import * as purchasing from '../../domains/purchasing/service.ts';

/** What purchase orders announce of these SKUs. What comes on a day that nobody knows yet covers nobody. */
export const readArrivals: ReadArrivals = async (db, _region, skuIds) => {
  const arrivals = new Map<string, Arrival[]>();
  for (const { skuId, lineId, units, expectedOn } of await purchasing.inbound(db, skuIds)) {
    if (expectedOn === null) continue;
    const arrival = { id: lineId, on: expectedOn, units };
    const known = arrivals.get(skuId);
    if (known) known.push(arrival);
    else arrivals.set(skuId, [arrival]);
  }
  return arrivals;
};
