import type { Line } from '../domains/orders/rules.ts';
import type * as orders from '../domains/orders/service.ts';
import { type LaterUnits, laterOf } from './backorders/sell-beyond-stock.ts';
import type { Shortage } from './take-available.ts';
import type { World } from './world.ts';

/** What whoever places an order is answered, and every repeat of it. */
export interface PlacedOrder {
  readonly id: string;
  readonly number: string;
  readonly status: string;
  readonly paymentStatus: string;
  readonly currency: string;
  readonly totalMinor: number;
  readonly taxMinor: number;
  readonly discountMinor: number;
  readonly customerId: string | null;
  readonly lines: readonly {
    readonly id: string;
    readonly sku: string | null;
    readonly name: string;
    readonly quantity: number;
    readonly totalMinor: number;
  }[];
  /** Units that are not in stock yet, each with the day it is promised for. */
  readonly later: readonly LaterUnits[];
  /** What the order was cut by, where it took what there was. */
  readonly shortages?: readonly Shortage[];
}

/** The answer to an order as it was placed. */
export function answer(world: World, order: orders.Order): PlacedOrder {
  const sum = (pick: (line: Line) => bigint): number => Number(order.lines.reduce((total, line) => total + pick(line), 0n));
  return {
    id: order.row.id,
    number: order.row.number,
    status: order.row.status,
    paymentStatus: order.row.paymentStatus,
    currency: order.row.currency,
    totalMinor: Number(order.row.totalMinor),
    taxMinor: sum((line) => line.taxMinor),
    discountMinor: sum((line) => line.discountMinor),
    customerId: order.row.customerId,
    lines: order.lines.map((line) => ({
      id: line.id,
      sku: line.skuCode,
      name: line.name,
      quantity: line.quantity,
      totalMinor: Number(line.totalMinor),
    })),
    later: laterOf(world, order),
  };
}
