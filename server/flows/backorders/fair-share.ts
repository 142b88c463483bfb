import { cutToFree, freeFor, type Waiter } from '../../domains/backorders/rules.ts';
import * as backorders from '../../domains/backorders/service.ts';
import { availableAtNode } from '../../domains/inventory/rules.ts';
import type { Order } from '../../domains/orders/service.ts';
import { type UnitRange, unitsIn } from '../../kernel/units.ts';
import type { Tx } from '../../platform/db.ts';
import { sagasOf } from '../../platform/saga-rows.ts';
import type { World } from '../world.ts';

/**
 * Who waited longest is served first: an order takes of what is at hand only what nobody before it waits for, be it units that were sold
 * before they were here, or units of an order that is held, unpaid or ships together. Orders of SKUs that were never sold beyond stock have
 * nobody before them, and ask nothing.
 */
export async function loadQueues(tx: Tx, world: World, orderIds: ReadonlySet<string>): Promise<void> {
  const asking = [...orderIds].flatMap((id) => world.orders.byId.get(id) ?? []).filter((order) => isQueued(world, order));
  const skus = new Set(
    asking.flatMap((order) => order.lines.flatMap((line) => (line.stocked && line.skuId ? [line.skuId] : []))),
  );
  const lying = [...skus].map((skuId) => [skuId, atHand(world, skuId)] as const).filter(([, units]) => units > 0n);
  if (lying.length === 0) return;
  await backorders.loadQueue(tx, world.backorders, world.home, new Map(lying));
  await addOpen(
    tx,
    world,
    lying.map(([skuId]) => skuId),
  );
}

function isQueued(world: World, order: Order): boolean {
  if (order.spans.some((span) => span.state === 'backordered')) return true;
  return sagasOf(world.sagas, order.row.id).some((saga) => saga.state.queued === true);
}

/** Units of a SKU that lie at the nodes and are at no order's disposal yet. */
function atHand(world: World, skuId: string): bigint {
  let units = 0n;
  for (const stock of world.inventory.stock.values()) if (stock.skuId === skuId) units += availableAtNode(stock, true);
  return units;
}

/** What an order waits for of a SKU, as its spans are now. */
function waitingUnits(order: Order, skuId: string): bigint {
  const lines = new Set(order.lines.filter((line) => line.stocked && line.skuId === skuId).map((line) => line.id));
  return BigInt(
    unitsIn(order.spans.filter((span) => (span.state === 'open' || span.state === 'backordered') && lines.has(span.lineId))),
  );
}

/**
 * Orders that were promised units from the shelf and did not take them yet: they have to be looked for only where the counters say that
 * there are some beside this batch's own.
 */
async function addOpen(tx: Tx, world: World, skuIds: readonly string[]): Promise<void> {
  const { rows: promised } = await tx.query<{ skuId: string; units: bigint }>({
    name: 'backorders-promised',
    text: 'SELECT sku_id AS "skuId", promised AS units FROM sku_supply WHERE region = $1 AND sku_id = ANY($2::uuid[])',
    values: [world.home, skuIds],
  });
  const open = promised.filter(({ skuId, units }) => {
    let known = world.backorders.waiting.get(skuId) ?? 0n;
    for (const stock of world.inventory.stock.values()) if (stock.skuId === skuId) known += stock.allocated;
    const own = [...world.orders.byId.values()].reduce((sum, order) => sum + waitingUnits(order, skuId), 0n);
    const queued = [...world.orders.byId.values()].flatMap((order) => world.backorders.byOrder.get(order.row.id) ?? []);
    for (const row of queued) if (row.skuId === skuId) known -= BigInt(row.to - row.from + 1);
    return units > known + own;
  });
  if (open.length === 0) return;
  const { rows } = await tx.query<Waiter & { skuId: string }>({
    name: 'backorders-open-units',
    text: `SELECT l.sku_id AS "skuId", o.id AS "orderId", o.placed_at AS since, sum(p.to_unit - p.from_unit + 1)::bigint AS units
           FROM (SELECT DISTINCT order_id FROM sagas WHERE status <> 'done') s JOIN orders o ON o.id = s.order_id
           JOIN order_lines l ON l.order_id = o.id AND l.stocked AND l.sku_id = ANY($1::uuid[])
           JOIN line_spans p ON p.line_id = l.id AND p.state = 'open' GROUP BY l.sku_id, o.id`,
    values: [open.map(({ skuId }) => skuId)],
  });
  for (const { skuId, ...waiter } of rows) world.backorders.queue.get(skuId)?.push(waiter);
}

/** Since when an order waits for a SKU: from when its units began to, or from when it was placed. */
function sinceOf(world: World, order: Order, skuId: string): Date {
  const rows = (world.backorders.byOrder.get(order.row.id) ?? []).filter((row) => row.skuId === skuId);
  return rows.reduce((first, row) => (row.since < first ? row.since : first), rows[0]?.since ?? order.row.placedAt);
}

/** The queue of a SKU as it is by now: what this batch gave its own orders waits no more. */
function queueOf(world: World, skuId: string): Waiter[] {
  const others = (world.backorders.queue.get(skuId) ?? []).filter((waiter) => !world.orders.byId.has(waiter.orderId));
  const own = [...world.orders.byId.values()].map((order) => ({
    orderId: order.row.id,
    since: sinceOf(world, order, skuId),
    units: waitingUnits(order, skuId),
  }));
  return [...others, ...own];
}

/**
 * What an order may take now of the units it waits for. One that ships together takes all of them or, while any is somebody else's or not
 * here, none: what lies here for it stays its own, for nobody who came later may take that.
 */
export function fairRequests<R extends UnitRange & { readonly skuId: string }>(
  world: World,
  order: Order,
  wanted: readonly R[],
): R[] {
  const { queue } = world.backorders;
  const together = order.row.shipTogether === true;
  if (queue.size === 0 && !together) return [...wanted];
  const granted = cutToFree(wanted, (skuId) => {
    const here = atHand(world, skuId);
    if (!queue.has(skuId)) return here;
    return freeFor({ orderId: order.row.id, since: sinceOf(world, order, skuId) }, here, queueOf(world, skuId));
  });
  return together && unitsIn(granted) < unitsIn(wanted) ? [] : granted;
}
