import { mayAdvance, type Shipment } from '../domains/fulfilment/rules.ts';
import type { ShipmentUpdateInput } from '../domains/fulfilment/schema.ts';
import * as fulfilment from '../domains/fulfilment/service.ts';
import * as orders from '../domains/orders/service.ts';
import type { Ctx } from '../kernel/context.ts';
import type { EventType } from '../kernel/events.ts';
import type { Saga } from '../platform/saga.ts';
import { sagasOf } from '../platform/saga-rows.ts';
import { settleOrder, tell, type World } from './world.ts';

/** What a carrier says of a parcel. */
export type Report = Required<Pick<ShipmentUpdateInput, 'status' | 'detail'>> & { readonly occurredAt: Date };

const EVENTS: Readonly<Record<Report['status'], EventType>> = {
  IN_TRANSIT: 'shipment.in_transit',
  DELIVERED: 'shipment.delivered',
  EXCEPTION: 'shipment.exception',
};

/** Moves a shipment that was handed over to what the carrier reports; its units and its order follow. */
export function moveOn(world: World, order: orders.Order, shipment: Shipment, report: Report, ctx: Ctx): void {
  const { status, occurredAt, detail } = report;
  shipment.status = status;
  if (status === 'DELIVERED') {
    shipment.deliveredAt = occurredAt;
    const arrived = order.spans
      .filter((span) => span.shipmentId === shipment.id && span.state === 'shipped')
      .map(({ lineId, from, to }) => ({ lineId, from, to }));
    orders.change(order, arrived, () => ({ state: 'delivered' }));
  }
  fulfilment.changed(world.fulfilment, shipment);
  settleOrder(world, order, status === 'DELIVERED' ? 'deliver' : null, ctx);
  tell(world, order, EVENTS[status], { shipmentId: shipment.id, shipmentNumber: shipment.number, detail }, ctx);
}

/**
 * Keeps the furthest report of a parcel whose hand-over is not booked yet (its capture is still being asked for) with the saga that
 * will book it: the units leave their node first, in every order of events.
 */
export function keepReport(world: World, shipment: Shipment, report: Report): void {
  const saga = sagasOf(world.sagas, shipment.orderId).find((candidate) => candidate.state.shipmentId === shipment.id);
  if (!saga) return;
  const kept = keptReport(saga);
  if (kept && !mayAdvance(kept.status, report.status)) return;
  saga.state = { ...saga.state, reported: { ...report, occurredAt: report.occurredAt.toISOString() } };
  saga.touched = true;
}

/** What the carrier reported before the hand-over, if it did. */
export function keptReport(saga: Saga): Report | null {
  const reported = saga.state.reported as (Omit<Report, 'occurredAt'> & { occurredAt: string }) | undefined;
  return reported ? { ...reported, occurredAt: new Date(reported.occurredAt) } : null;
}
