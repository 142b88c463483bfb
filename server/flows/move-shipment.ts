import { unitsOf, within } from '../domains/fulfilment/boxes.ts';
import { outranks, type Parcel, type Shipment } from '../domains/fulfilment/rules.ts';
import * as fulfilment from '../domains/fulfilment/service.ts';
import * as orders from '../domains/orders/service.ts';
import type { Ctx } from '../kernel/context.ts';
import type { EventType } from '../kernel/events.ts';
import type { ParcelReport } from '../kernel/vocabulary.ts';
import type { Saga } from '../platform/saga.ts';
import { sagasOf } from '../platform/saga-rows.ts';
import { ownUnits } from './labels.ts';
import { arrivedAtDoor } from './payments/at-door.ts';
import { settleOrder, tell, type World } from './world.ts';

/** The sagas that end with a shipment's hand-over: ours, a partner's, and over a counter. */
const HANDS_OVER: ReadonlySet<string> = new Set(['ship-order', 'send-parcel', 'hand-over']);

/** What a carrier says of a parcel. */
export interface Report {
  readonly status: ParcelReport;
  readonly detail: string | null;
  readonly occurredAt: Date;
}

const EVENTS: Readonly<Record<ParcelReport, EventType>> = {
  IN_TRANSIT: 'shipment.in_transit',
  DELIVERED: 'shipment.delivered',
  EXCEPTION: 'shipment.exception',
  LOST: 'shipment.lost',
  DAMAGED: 'shipment.damaged',
  RETURNING: 'shipment.returning',
};

/** Moves parcels that were handed over to what the carrier reports; their units, the shipment and its order follow. */
export function moveOn(
  world: World,
  order: orders.Order,
  shipment: Shipment,
  parcels: readonly Parcel[],
  report: Report,
  ctx: Ctx,
): void {
  const { status, occurredAt, detail } = report;
  const held = ownUnits(order, shipment.id);
  for (const parcel of parcels) {
    Object.assign(parcel, { status, statusAt: occurredAt, settledAt: null });
    if (status === 'DELIVERED') {
      parcel.deliveredAt = occurredAt;
      const own = within(held, unitsOf(parcel, held));
      const arrived = order.spans.filter((span) => span.shipmentId === shipment.id && span.state === 'shipped');
      orders.change(order, within(own, arrived), () => ({ state: 'delivered' }));
    }
    fulfilment.parcelChanged(world.fulfilment, shipment, parcel);
  }
  settleOrder(world, order, status === 'DELIVERED' ? 'deliver' : null, ctx);
  const boxes = shipment.boxes > 0 ? { boxIds: parcels.map((parcel) => parcel.id) } : {};
  tell(world, order, EVENTS[status], { shipmentId: shipment.id, shipmentNumber: shipment.number, detail, ...boxes }, ctx);
  if (status === 'DELIVERED') arrivedAtDoor(world, order, shipment, ctx);
}

/**
 * Keeps the furthest report of each parcel whose hand-over is not booked yet (its capture is still being asked for) with the saga that
 * will book it: the units leave their node first, in every order of events.
 */
export function keepReport(world: World, shipment: Shipment, parcels: readonly Parcel[], report: Report): void {
  const saga = sagasOf(world.sagas, shipment.orderId).find(
    (candidate) => HANDS_OVER.has(candidate.kind) && candidate.state.shipmentId === shipment.id,
  );
  if (!saga) return;
  const kept = keptReports(saga, shipment);
  for (const parcel of parcels) {
    const known = kept.get(parcel.id);
    const said = { status: report.status, at: report.occurredAt };
    if (!known || outranks(said, { status: known.status, at: known.occurredAt })) kept.set(parcel.id, report);
  }
  const reported = [...kept].map(([id, one]) => [id, { ...one, occurredAt: one.occurredAt.toISOString() }] as const);
  saga.state = { ...saga.state, reported: Object.fromEntries(reported) };
  saga.touched = true;
}

type Kept = Omit<Report, 'occurredAt'> & { readonly occurredAt: string };

/** What the carrier reported of each parcel before its hand-over. An older version kept one report, of a shipment that is one parcel. */
export function keptReports(saga: Saga, shipment: Shipment): Map<string, Report> {
  const reported = saga.state.reported as Kept | Readonly<Record<string, Kept>> | undefined;
  if (!reported) return new Map();
  const byParcel = 'occurredAt' in reported ? { [shipment.id]: reported as Kept } : (reported as Readonly<Record<string, Kept>>);
  return new Map(Object.entries(byParcel).map(([id, one]) => [id, { ...one, occurredAt: new Date(one.occurredAt) }]));
}
