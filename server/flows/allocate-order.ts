import { movement, type Pick, planAllocation } from '../domains/inventory/rules.ts';
import * as inventory from '../domains/inventory/service.ts';
import * as orders from '../domains/orders/service.ts';
import type { Ctx } from '../kernel/context.ts';
import { UNDO_WINDOW_MS } from '../kernel/undo.ts';
import { unitsIn } from '../kernel/units.ts';
import { next, type Saga, type StepResult } from '../platform/saga.ts';
import { fairRequests } from './backorders/fair-share.ts';
import { cancelIntent } from './cancel-intent.ts';
import { shipServices } from './create-shipment.ts';
import { orderOf, settleOrder, tell, type World } from './world.ts';

/** Unallocated units are looked for again after this; a receipt of stock wakes the saga sooner. */
const ALLOCATION_RETRY_MS = 60_000;
/** Units that are not here yet may take months; whatever brings them wakes the saga. */
const ARRIVAL_RETRY_MS = 6 * 3_600_000;
/** A held order waits for its release, which wakes the saga. */
const HOLD_RETRY_MS = 3_600_000;

const later = (ctx: Ctx, ms: number): StepResult => ({ kind: 'wait', until: new Date(ctx.now.getTime() + ms) });

/** A node's picks together: an order of hundreds of lines is gone through once, not once per line. */
function byNode(picks: readonly Pick[]): Map<string, Pick[]> {
  const nodes = new Map<string, Pick[]>();
  for (const pick of picks) {
    const own = nodes.get(pick.nodeId);
    if (own) own.push(pick);
    else nodes.set(pick.nodeId, [pick]);
  }
  return nodes;
}

/** Whether units of it were sold before they were here. */
const waitsForArrival = (order: orders.Order): boolean => order.spans.some((span) => span.state === 'backordered');

/** A saga's step: takes the units that wait at nodes, and stays until all of them are. */
export function allocate(world: World, saga: Saga, ctx: Ctx): StepResult {
  const order = orderOf(world, saga.orderId);
  if (order.row.status === 'CANCELLED') return next;
  if (order.row.holds.length > 0) return later(ctx, HOLD_RETRY_MS);
  // What may be cancelled in a moment is not packed; the end of that moment wakes this saga.
  if (cancelIntent(world, order.row.id)) return later(ctx, UNDO_WINDOW_MS);
  const stocked = new Map(order.lines.flatMap((line) => (line.stocked && line.skuId ? [[line.id, line.skuId] as const] : [])));
  const open = order.spans.filter((span) => (span.state === 'open' || span.state === 'backordered') && stocked.has(span.lineId));
  if (open.length > 0) {
    const wanted = open.map((span) => ({
      lineId: span.lineId,
      from: span.from,
      to: span.to,
      skuId: stocked.get(span.lineId) as string,
    }));
    const requests = fairRequests(world, order, wanted);
    const nodes = (world.fulfilment.nodes.get(order.row.merchantId) ?? []).map((node) => node.id);
    const picks = planAllocation(world.inventory, nodes, requests);
    inventory.apply(
      world.inventory,
      picks.map((pick) => movement('allocate', pick.skuId, pick.nodeId, { allocated: BigInt(pick.to - pick.from + 1) })),
      { order: order.row },
      ctx,
    );
    for (const [nodeId, own] of byNode(picks)) orders.change(order, own, () => ({ state: 'allocated', nodeId }));
    if (picks.length > 0) {
      settleOrder(world, order, 'allocate', ctx);
      tell(
        world,
        order,
        'order.allocated',
        { units: unitsIn(picks), nodes: [...new Set(picks.map((pick) => pick.nodeId))] },
        ctx,
      );
    }
    if (unitsIn(picks) < unitsIn(open)) return later(ctx, waitsForArrival(order) ? ARRIVAL_RETRY_MS : ALLOCATION_RETRY_MS);
  }
  if (stocked.size === 0) shipServices(world, order, ctx);
  return next;
}
