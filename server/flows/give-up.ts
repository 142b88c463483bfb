import { type Movement, movement } from '../domains/inventory/rules.ts';
import * as inventory from '../domains/inventory/service.ts';
import { chart } from '../domains/ledger/schema.ts';
import { isCancellable } from '../domains/orders/rules.ts';
import * as orders from '../domains/orders/service.ts';
import * as pickups from '../domains/pickups/service.ts';
import * as routing from '../domains/routing/service.ts';
import type { Ctx } from '../kernel/context.ts';
import { newId } from '../kernel/ids.ts';
import { cutBySpans, type UnitRange, unitsIn, worthOf } from '../kernel/units.ts';
import { emit } from '../platform/outbox.ts';
import { wakeEdit } from './edits/edit-intent.ts';
import { releaseLocally } from './tenders/local-operations.ts';
import { postFor, settleOrder, tell, type World } from './world.ts';

export interface Cause {
  readonly reason: string;
  readonly actor: string;
  /** What is kept of their value. */
  readonly feeMinor?: number;
}

/**
 * Cancels units of a locked order: their promises and allocations return to stock, their value leaves the receivable where it was
 * posted, and the order's status follows. The one place where a unit becomes cancelled.
 */
export function cancelUnits(world: World, order: orders.Order, ranges: readonly UnitRange[], cause: Cause, ctx: Ctx): void {
  const valueMinor = takeUnitsAway(world, order, ranges, cause, ctx);
  const type = order.row.status === 'CANCELLED' ? 'order.cancelled' : 'order.units_cancelled';
  const fee = cause.feeMinor ? { feeMinor: cause.feeMinor } : {};
  const data = { reason: cause.reason, by: cause.actor, valueMinor, ...fee, units: unitsIn(ranges), ranges };
  tell(world, order, type, data, ctx);
  wakeEdit(world, order.row.id, ctx);
}

/** The same without a word: whoever does it as part of something else says what that was. Returns what the units were worth. */
export function takeUnitsAway(world: World, order: orders.Order, ranges: readonly UnitRange[], cause: Cause, ctx: Ctx): bigint {
  const { id, merchantId, currency } = order.row;
  const value = worthOf(order.lines, ranges).totalMinor;
  const movements = ranges.flatMap((range) => {
    const line = order.lines.find((candidate) => candidate.id === range.lineId);
    if (!line?.stocked || !line.skuId) return [];
    const skuId = line.skuId;
    const spans = order.spans.filter((span) => span.lineId === range.lineId);
    return cutBySpans(spans, range).flatMap((part) => {
      const units = BigInt(part.to - part.from + 1);
      const release = movement('release', skuId, null, { promised: -units });
      return part.span.state === 'allocated'
        ? [movement('deallocate', skuId, part.span.nodeId, { allocated: -units }), release]
        : [release];
    });
  });
  inventory.apply(world.inventory, movements, { order: order.row, reason: cause.reason }, ctx);
  tellFreed(world, movements, ctx);
  for (const { kind, nodeId, allocated } of movements)
    if (kind === 'deallocate' && nodeId) routing.giveBack(world.routing, id, nodeId, Number(-allocated), ctx.now);
  orders.change(order, ranges, () => ({ state: 'cancelled', nodeId: null }));
  order.row.cancelledMinor += value;
  if (order.row.confirmedAt && value > 0n) {
    postFor(
      world,
      order,
      [
        {
          id: newId(),
          kind: 'cancellation',
          phase: 'single',
          debit: chart.merchantPayable(merchantId, currency).code,
          credit: chart.receivable(merchantId, currency).code,
          amountMinor: value,
          currency,
          orderId: id,
          paymentId: null,
        },
      ],
      ctx,
    );
  }
  settleOrder(world, order, 'cancel', ctx);
  const pickup = world.pickups.byOrder.get(id);
  if (order.row.status === 'CANCELLED' && pickup && pickup.status !== 'uncollected')
    pickups.change(world.pickups, pickup, { status: 'cancelled' });
  world.applied++;
  return value;
}

/** Units of SKUs that are sold beyond stock are somebody's who waits for them. */
function tellFreed(world: World, movements: readonly Movement[], ctx: Ctx): void {
  const freed = new Map<string, bigint>();
  for (const { skuId, promised } of movements) if (promised < 0n) freed.set(skuId, (freed.get(skuId) ?? 0n) - promised);
  for (const [skuId, units] of freed) {
    const supply = world.inventory.supply.get(skuId);
    if (!supply || supply.limitOver === 0n) continue;
    const about = {
      aggregate: 'sku',
      aggregateId: skuId,
      aggregateVersion: supply.version,
      merchantId: supply.merchantId,
    } as const;
    emit(world.outbox, { ...about, type: 'stock.freed', data: { delta: units } }, ctx);
  }
}

/** Gives a whole order up, once: nothing happens where no unit is left to cancel. */
export function giveUp(world: World, order: orders.Order, cause: Cause, ctx: Ctx): void {
  order.row.cancellation ??= { reason: cause.reason, actor: cause.actor, at: ctx.now.toISOString() };
  order.dirty = true;
  const ranges = order.spans.filter(isCancellable).map(({ lineId, from, to }) => ({ lineId, from, to }));
  if (ranges.length > 0) cancelUnits(world, order, ranges, cause, ctx);
  // What became of the card may still be in doubt; the order's other tenders are the customer's again now.
  releaseLocally(world, order, ctx);
}
