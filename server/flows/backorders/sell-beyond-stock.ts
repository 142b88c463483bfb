import {
  type Backorder,
  beyondStock,
  coverQueue,
  dayOf,
  type Policy,
  promisedDay,
  saleOf,
  stopsNow,
  targetLimit,
} from '../../domains/backorders/rules.ts';
import type { BackorderKind } from '../../domains/backorders/schema.ts';
import * as backorders from '../../domains/backorders/service.ts';
import type { PromisePlan } from '../../domains/inventory/promising.ts';
import { movement, type Supply } from '../../domains/inventory/rules.ts';
import * as inventory from '../../domains/inventory/service.ts';
import type { Line } from '../../domains/orders/rules.ts';
import * as orders from '../../domains/orders/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { UnitRange } from '../../kernel/units.ts';
import type { Tx } from '../../platform/db.ts';
import { emit } from '../../platform/outbox.ts';
import { tell, type World } from '../world.ts';
import { readArrivals } from './arrivals.ts';

/**
 * Sells units that are not here yet, where a policy allows it. Before anything is promised the limit of each SKU that has one is set to what its
 * policy allows at this moment, so that the database's own check refuses what the policy would; what is promised beyond stock after that waits
 * in the queue, each unit with the day it is promised for. A SKU that has no limit costs nothing here: nobody is asked about it.
 */
export async function openSales(tx: Tx, world: World, ctx: Ctx): Promise<void> {
  const sold = [...world.inventory.supply.values()].filter((supply) => supply.limitOver > 0n).map((supply) => supply.skuId);
  if (sold.length === 0) return;
  await backorders.loadSales(tx, world.backorders, ctx.home, sold, readArrivals);
  for (const skuId of sold) setLimit(world, skuId, ctx);
}

/** The units of a SKU that are announced, and not here yet. */
function inboundOf(world: World, skuId: string): bigint {
  return (world.backorders.arrivals.get(skuId) ?? []).reduce((sum, arrival) => sum + arrival.units, 0n);
}

/** Brings a locked SKU's limit to what its policy allows now. Returns by how much it changed. */
export function setLimit(world: World, skuId: string, ctx: Ctx): bigint {
  const supply = world.inventory.supply.get(skuId) as Supply;
  const policy = world.backorders.policies.get(skuId);
  const sale = saleOf(policy, { today: dayOf(ctx.now), inbound: inboundOf(world, skuId) });
  const limit = targetLimit(sale, supply) - supply.limitOver;
  if (limit === 0n) return 0n;
  const reason = sale.open ? 'policy' : `stopped: ${sale.reason}`;
  const reference = `policy version ${policy?.version ?? 0}`;
  inventory.apply(world.inventory, [movement('limit', skuId, null, { limit })], { reason, reference }, ctx);
  return limit;
}

/** Units of one SKU that an order was promised beyond stock. */
interface Beyond {
  readonly policy: Policy;
  readonly kind: BackorderKind;
  readonly supply: Supply;
  readonly units: bigint;
}

/** What of a plan's promises lies beyond stock; refused where no policy says when it will be there. Nothing is changed. */
export function planBeyond(world: World, { skus }: PromisePlan): Beyond[] {
  return skus.flatMap(({ skuId, skuCode, beyondStock: units }): Beyond[] => {
    if (units <= 0n) return [];
    const supply = world.inventory.supply.get(skuId) as Supply;
    const policy = world.backorders.policies.get(skuId);
    if (!policy || policy.kind === 'none') throw new DomainError('out_of_stock', `${skuCode} is not in stock any more.`);
    return [{ policy, kind: policy.kind, supply, units }];
  });
}

/** The last units of an order's lines of a SKU are those that come later. */
function lastUnits(lines: readonly Line[], skuId: string, units: bigint): UnitRange[] {
  const ranges: UnitRange[] = [];
  let left = Number(units);
  for (const line of [...lines].reverse()) {
    if (left === 0) break;
    if (line.skuId !== skuId || !line.stocked) continue;
    const size = Math.min(left, line.quantity);
    ranges.unshift({ lineId: line.id, from: line.quantity - size + 1, to: line.quantity });
    left -= size;
  }
  return ranges;
}

/** Puts the units of `lines` that lie beyond stock into the queue. Their promise is applied already. */
export function queueBeyond(
  world: World,
  order: orders.Order,
  lines: readonly Line[],
  beyond: readonly Beyond[],
  ctx: Ctx,
): void {
  if (beyond.length === 0) return;
  const rows = beyond.flatMap((one) => rowsFor(world, order, lastUnits(lines, one.supply.skuId, one.units), one, ctx));
  orders.change(order, rows, () => ({ state: 'backordered' }));
  backorders.add(world.backorders, rows);
  for (const { policy, supply } of beyond) stopWhenEnoughWait(world, policy, supply, ctx);
}

/** Whether an order of these SKUs has to ask, when it takes its stock, who waited longer. */
export function isQueued(world: World, lines: readonly Line[]): boolean {
  return lines.some(
    (line) => line.stocked && line.skuId !== null && (world.inventory.supply.get(line.skuId)?.limitOver ?? 0n) > 0n,
  );
}

/** Says that units of an order come later, and when. */
export function tellBackordered(world: World, order: orders.Order, ctx: Ctx): void {
  const rows = backorders.ofOrder(world.backorders, order.row.id, order.spans);
  if (rows.length === 0) return;
  const units = rows.reduce((sum, row) => sum + row.to - row.from + 1, 0);
  const promisedOn = rows
    .map((row) => row.promisedOn)
    .sort()
    .at(-1);
  tell(world, order, 'order.backordered', { units, promisedOn, kinds: [...new Set(rows.map((row) => row.kind))] }, ctx);
}

function rowsFor(
  world: World,
  order: orders.Order,
  ranges: readonly UnitRange[],
  { policy, kind, supply }: Beyond,
  ctx: Ctx,
): Backorder[] {
  const today = dayOf(ctx.now);
  const { skuId } = supply;
  // Whatever was promised beyond stock before has the announced units first.
  const own = ranges.reduce((sum, range) => sum + BigInt(range.to - range.from + 1), 0n);
  const demands = [beyondStock(supply) - own, ...ranges.map((range) => BigInt(range.to - range.from + 1))];
  const [, ...parts] = coverQueue(demands, world.backorders.arrivals.get(skuId) ?? []);
  return ranges.flatMap((range, index) => {
    let from = range.from;
    return (parts[index] ?? []).map((part): Backorder => {
      const on = promisedDay(policy, part, today);
      const to = from + Number(part.units) - 1;
      const row: Backorder = {
        lineId: range.lineId,
        from,
        to,
        orderId: order.row.id,
        skuId,
        region: supply.region,
        merchantId: order.row.merchantId,
        kind,
        policyVersion: policy.version,
        since: ctx.now,
        firstPromisedOn: on,
        promisedOn: on,
        acceptedOn: null,
        inboundId: part.arrival?.id ?? null,
        payDays: policy.payDays,
      };
      from = to + 1;
      return row;
    });
  });
}

function stopWhenEnoughWait(world: World, policy: Policy, supply: Supply, ctx: Ctx): void {
  const waiting = world.backorders.waiting.get(supply.skuId) ?? 0n;
  const current = world.backorders.policies.get(supply.skuId);
  if (current?.version !== policy.version || !stopsNow(policy, waiting)) return;
  backorders.put(
    world.backorders,
    { ...policy, version: policy.version + 1, stopped: 'waiting' },
    { ...ctx, actor: 'system:backorders' },
  );
  setLimit(world, supply.skuId, ctx);
  const about = {
    aggregate: 'sku',
    aggregateId: supply.skuId,
    aggregateVersion: supply.version,
    merchantId: policy.merchantId,
  } as const;
  emit(
    world.outbox,
    { ...about, type: 'backorder.stopped', data: { reason: 'waiting', waiting, version: policy.version + 1 } },
    ctx,
  );
}

/** Units of a line that are not in stock yet. */
export interface LaterUnits {
  readonly lineId: string;
  readonly sku: string | null;
  readonly quantity: number;
  readonly kind: BackorderKind;
  /** ISO date. */
  readonly promisedOn: string;
}

/** What of an order comes later, and when. */
export function laterOf(world: World, order: orders.Order): LaterUnits[] {
  return backorders.ofOrder(world.backorders, order.row.id, order.spans).map((row) => ({
    lineId: row.lineId,
    sku: order.lines.find((line) => line.id === row.lineId)?.skuCode ?? null,
    quantity: row.to - row.from + 1,
    kind: row.kind,
    promisedOn: row.promisedOn,
  }));
}
