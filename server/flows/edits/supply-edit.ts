import type { AddedLine, HeldUnits } from '../../domains/edits/rules.ts';
import { type PromisePlan, planPromise } from '../../domains/inventory/promising.ts';
import { movement } from '../../domains/inventory/rules.ts';
import type { Order } from '../../domains/orders/service.ts';
import { planBeyond } from '../backorders/sell-beyond-stock.ts';
import type { World } from '../world.ts';

/**
 * The goods of an edit: promised as it is made, all of them or none. While it waits to be paid the units that are in stock are promised for the
 * edit itself; those that come later get their place in the queue when it is applied.
 */
export interface EditSupply {
  readonly promises: PromisePlan;
  readonly beyond: ReturnType<typeof planBeyond>;
}

const heldBy = (held: readonly HeldUnits[]): ReadonlyMap<string, bigint> =>
  new Map(held.map(({ skuId, units }) => [skuId, BigInt(units)]));

/** Throws `out_of_stock` with every SKU that falls short. `held` is what the edit was promised already. */
export function planSupply(world: World, order: Order, added: readonly AddedLine[], held: readonly HeldUnits[] = []): EditSupply {
  const demands = added.flatMap(({ stocked, skuId, skuCode, quantity }) =>
    stocked && skuId ? [{ skuId, skuCode: skuCode ?? '', quantity }] : [],
  );
  const promises = planPromise(world.inventory, demands, { channel: order.row.channel, held: heldBy(held) });
  return { promises, beyond: planBeyond(world, promises) };
}

/** Of a plan, what is promised for an edit that waits. */
export function holdOf({ promises }: EditSupply): HeldUnits[] {
  return promises.skus.flatMap(({ skuId, units, beyondStock }) => {
    const here = units - beyondStock;
    return here > 0n ? [{ skuId, units: Number(here) }] : [];
  });
}

/** The movements that promise, or give back, what is held. */
export const holding = (held: readonly HeldUnits[], kind: 'promise' | 'release') =>
  held.map(({ skuId, units }) => movement(kind, skuId, null, { promised: BigInt(kind === 'promise' ? units : -units) }));
