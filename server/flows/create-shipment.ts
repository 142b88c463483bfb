import type { BoxContents } from '../domains/fulfilment/boxes.ts';
import * as fulfilment from '../domains/fulfilment/service.ts';
import * as orders from '../domains/orders/service.ts';
import type { Ctx } from '../kernel/context.ts';
import { newId } from '../kernel/ids.ts';
import type { UnitRange } from '../kernel/units.ts';
import { worthOf } from '../kernel/units.ts';
import { shipmentSaga } from './shipment-saga.ts';
import { begin, takeNumber, type World } from './world.ts';

/** Puts units of a locked order into a new shipment and starts its saga. Without a node it is a service: no parcel, no label. */
export function createShipment(
  world: World,
  order: orders.Order,
  ranges: readonly UnitRange[],
  nodeId: string | null,
  ctx: Ctx,
  boxes: readonly BoxContents[] = [],
): string {
  const id = newId();
  const { merchantId, currency } = order.row;
  fulfilment.addShipment(
    world.fulfilment,
    {
      id,
      number: takeNumber(world, 'shipment'),
      orderId: order.row.id,
      merchantId,
      nodeId,
      valueMinor: worthOf(order.lines, ranges).totalMinor,
      currency,
      createdAt: ctx.now,
      status: 'PENDING',
      carrier: nodeId ? 'parcel' : null,
      service: null,
      carrierRef: null,
      trackingNumber: null,
      labelUrl: null,
      shippedAt: null,
      deliveredAt: null,
      version: 1n,
      boxes: boxes.length,
      statusAt: null,
      labelNo: 1,
      manifestId: null,
      handedOverAt: null,
      settledAt: null,
    },
    ranges.map((range) => ({ ...range, shipmentId: id, orderId: order.row.id })),
    boxes,
  );
  orders.change(order, ranges, () => ({ shipmentId: id }));
  begin(world, shipmentSaga, order, { state: { shipmentId: id } }, ctx);
  return id;
}

/** An order of services only has nothing to pack: what is left open is delivered as it is confirmed. */
export function shipServices(world: World, order: orders.Order, ctx: Ctx): void {
  const open = order.spans
    .filter((span) => span.state === 'open' && span.shipmentId === null)
    .map(({ lineId, from, to }) => ({ lineId, from, to }));
  if (open.length > 0) createShipment(world, order, open, null, ctx);
}
