import { unitsOf, within } from '../domains/fulfilment/boxes.ts';
import { awaitsHandOver, outranks, type Parcel, type Shipment } from '../domains/fulfilment/rules.ts';
import * as fulfilment from '../domains/fulfilment/service.ts';
import { combine, isOnHand, movement } from '../domains/inventory/rules.ts';
import * as inventory from '../domains/inventory/service.ts';
import type { Order } from '../domains/orders/service.ts';
import * as orders from '../domains/orders/service.ts';
import type { Ctx } from '../kernel/context.ts';
import { cutBySpans, type UnitRange, unitsIn } from '../kernel/units.ts';
import { next, type Saga, type SagaDefinition, type StepResult } from '../platform/saga.ts';
import { capture } from './capture-payment.ts';
import { buyLabels, ownUnits, shipmentOf, voidLabels } from './labels.ts';
import { keptReports, moveOn } from './move-shipment.ts';
import type { Outside } from './outside.ts';
import { releaseSurplus } from './surplus.ts';
import { orderOf, settleOrder, tell, type World } from './world.ts';

/**
 * From allocated units to parcels on their way: buy the labels, take the money, hand over. Labels can be voided, the capture cannot, so
 * it comes second; after it the hand-over is repeated until it is done. Where a node's parcels are called for with a manifest the money is
 * taken when they are on one, and each leaves as it is handed over.
 */

/** How often a shipment that waits for people looks by itself, should nobody have woken it. */
const LOOK_AGAIN_MS = 15 * 60_000;

function isCalledFor(world: World, shipment: Shipment): boolean {
  const node = world.fulfilment.nodes.get(shipment.merchantId)?.find((candidate) => candidate.id === shipment.nodeId);
  return node?.handOver === 'by_manifest';
}

/** Nothing is paid for, nor goes, before a manifest says that the carrier will call for it. */
function awaitManifest(world: World, saga: Saga, ctx: Ctx): StepResult {
  const shipment = shipmentOf(world, saga);
  if (!isCalledFor(world, shipment)) return next;
  const waits = fulfilment.parcelsOf(world.fulfilment, shipment).some((parcel) => parcel.manifestId === null);
  return waits ? { kind: 'wait', until: new Date(ctx.now.getTime() + LOOK_AGAIN_MS) } : next;
}

/** The record says less than the parcel holds. Counting the shelf again lets it go: what is in the parcel was on it. */
const NOT_ON_HAND = 'The record says that these units are not on hand. Count them again, or receive them.';

/** Hands parcels over: their stock leaves, their units are shipped, the order's status follows. */
export function dispatch(world: World, saga: Saga, ctx: Ctx): StepResult {
  const shipment = shipmentOf(world, saga);
  const order = orderOf(world, saga.orderId);
  const here = fulfilment.parcelsOf(world.fulfilment, shipment).filter(awaitsHandOver);
  if (here.length === 0) return next;
  const wait: StepResult = { kind: 'wait', until: new Date(ctx.now.getTime() + LOOK_AGAIN_MS) };
  const calledFor = isCalledFor(world, shipment);
  const going = calledFor
    ? here.filter((parcel) => parcel.handedOverAt !== null)
    : here.filter((parcel) => isReady(shipment, parcel));
  if (going.length === 0) return wait;
  const held = ownUnits(order, shipment.id);
  const units = going.flatMap((parcel) => within(held, unitsOf(parcel, held)));
  const leaving = combine(shipped(order, units));
  const missing = leaving.find((change) => !isOnHand(world.inventory, change.skuId, change.nodeId, -change.onHand));
  if (missing) return { kind: 'retry', error: { code: 'not_on_hand', message: NOT_ON_HAND } };
  inventory.apply(world.inventory, leaving, { order: order.row, shipmentId: shipment.id }, ctx);
  // A service has no carrier to report its arrival: it is delivered as it is handed over.
  const state = shipment.nodeId ? 'shipped' : 'delivered';
  orders.change(order, units, () => ({ state }));
  shipment.shippedAt ??= ctx.now;
  for (const parcel of going) {
    parcel.status = shipment.nodeId ? 'SHIPPED' : 'DELIVERED';
    parcel.statusAt = parcel.handedOverAt ??= ctx.now;
    parcel.deliveredAt = shipment.nodeId ? null : ctx.now;
    fulfilment.parcelChanged(world.fulfilment, shipment, parcel);
  }
  settleOrder(world, order, 'ship', ctx);
  tellShipped(world, order, shipment, going, unitsIn(units), ctx);
  const last = going.length === here.length;
  if (last) releaseSurplus(world, order, ctx);
  for (const parcel of going) {
    const report = keptReports(saga, shipment).get(parcel.id);
    const known = { status: parcel.status, at: parcel.statusAt };
    if (report && outranks({ status: report.status, at: report.occurredAt }, known))
      moveOn(world, order, shipment, [parcel], report, ctx);
  }
  return last ? next : wait;
}

/** A label that is being bought anew has to be there first. */
const isReady = (shipment: Shipment, parcel: Parcel): boolean => shipment.nodeId === null || parcel.status === 'LABELLED';

function tellShipped(world: World, order: Order, shipment: Shipment, going: readonly Parcel[], units: number, ctx: Ctx): void {
  const { id: shipmentId, number: shipmentNumber, carrier } = shipment;
  const trackingNumber = going[0]?.trackingNumber ?? null;
  const more = going.length > 1 ? { trackingNumbers: going.map((parcel) => parcel.trackingNumber) } : {};
  const event = tell(
    world,
    order,
    'shipment.shipped',
    { shipmentId, shipmentNumber, trackingNumber, carrier, units, ...more },
    ctx,
  );
  if (order.row.status === 'FULFILLED') tell(world, order, 'order.fulfilled', {}, ctx, event);
}

function shipped(order: Order, units: readonly UnitRange[]): ReturnType<typeof movement>[] {
  const lines = new Map(order.lines.map((line) => [line.id, line]));
  return units.flatMap((range) => {
    const line = lines.get(range.lineId);
    const skuId = line?.skuId;
    if (!line?.stocked || !skuId) return [];
    const spans = order.spans.filter((span) => span.lineId === range.lineId);
    return cutBySpans(spans, range).flatMap(({ from, to, span }) => {
      if (!span.nodeId) return [];
      const count = BigInt(to - from + 1);
      return [movement('ship', skuId, span.nodeId, { onHand: -count, allocated: -count, promised: -count })];
    });
  });
}

/** The parcels will not leave: their units wait at their node again. Unless a person wanted it so, the order is held for one to look at. */
export function unpack(world: World, saga: Saga, ctx: Ctx): StepResult {
  const shipment = shipmentOf(world, saga);
  const order = orderOf(world, saga.orderId);
  if (shipment.status === 'CANCELLED') return next;
  orders.change(order, ownUnits(order, shipment.id), () => ({ shipmentId: null }));
  for (const parcel of fulfilment.parcelsOf(world.fulfilment, shipment)) {
    parcel.status = 'CANCELLED';
    fulfilment.parcelChanged(world.fulfilment, shipment, parcel);
  }
  const wanted = typeof saga.state.unpackedBy === 'string';
  if (!wanted && !order.row.holds.some((hold) => hold === 'manual' || hold === 'payment')) {
    order.row.holds = [...order.row.holds, 'manual'];
    tell(world, order, 'order.held', { hold: 'manual', reason: saga.error?.message ?? 'The shipment failed.' }, ctx);
  }
  settleOrder(world, order, null, ctx);
  tell(world, order, 'shipment.cancelled', { shipmentId: shipment.id, shipmentNumber: shipment.number, error: saga.error }, ctx);
  return next;
}

export const shipmentSaga: SagaDefinition<World, Outside> = {
  kind: 'ship-order',
  version: 1,
  irreversible: 'capture',
  steps: [
    { name: 'pack', run: () => next, undo: unpack },
    { name: 'label', run: buyLabels, undo: voidLabels },
    { name: 'manifest', run: awaitManifest },
    { name: 'capture', run: capture },
    { name: 'dispatch', run: dispatch, heavy: 'run' },
  ],
};
