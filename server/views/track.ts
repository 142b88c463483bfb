import type pg from 'pg';
import { DomainError } from '../kernel/errors.ts';
import type { OrderStatus, ShipmentStatus, SpanState } from '../kernel/vocabulary.ts';
import type { Queryable } from '../platform/db.ts';
import { readSnapshot } from '../platform/read-snapshot.ts';
import { prepared } from './conditions.ts';
import { type LineView, readLines } from './order-lines.ts';
import { readShipments, type ShipmentView } from './order-shipments.ts';
import { type PickupView, readPickup } from './pickups.ts';
import { readWaiting } from './waiting-order.ts';

/** Units of one line that are in the same state, as a customer is told. */
export interface TrackedUnits {
  readonly state: SpanState;
  readonly units: number;
}

export interface TrackedLine {
  readonly name: string;
  readonly quantity: number;
  readonly units: TrackedUnits[];
}

export interface TrackedParcel {
  readonly number: string;
  readonly status: ShipmentStatus;
  readonly carrier: string | null;
  readonly trackingNumber: string | null;
  readonly shippedAt: Date | null;
  readonly deliveredAt: Date | null;
  /** The tracking numbers of its boxes, where it has several. */
  readonly boxes: { readonly number: number; readonly status: ShipmentStatus; readonly trackingNumber: string | null }[];
  /** Where it was left, and to whom it was handed. The signature stays here. */
  readonly handedTo: { readonly name: string | null; readonly place: string | null; readonly at: Date } | null;
  readonly contents: { readonly name: string; readonly units: number }[];
  readonly updates: { readonly status: string; readonly detail: string | null; readonly occurredAt: Date }[];
}

/**
 * What the holder of a tracking link may see: where the parcels are and what is in them. No name, address, e-mail or money: links
 * get forwarded.
 */
export interface Tracking {
  readonly number: string;
  readonly merchantName: string;
  readonly status: OrderStatus;
  readonly placedAt: Date;
  /** The days it was promised for (2026-11-30); null where nobody promised any. */
  readonly promisedFrom: string | null;
  readonly promisedBy: string | null;
  readonly lines: TrackedLine[];
  readonly parcels: TrackedParcel[];
  /** Where the customer fetches it; null where it is sent. The code is in the mail only: links get forwarded. */
  readonly pickup: TrackedPickup | null;
  /** What of it comes later, and when. */
  readonly later: { readonly name: string; readonly units: number; readonly promisedOn: string }[];
}

export type TrackedPickup = Omit<PickupView, 'code'>;

/** Adds up a line's spans by state. */
export function trackedLine(line: LineView): TrackedLine {
  const units = new Map<SpanState, number>();
  for (const span of line.spans) units.set(span.state, (units.get(span.state) ?? 0) + span.toUnit - span.fromUnit + 1);
  return { name: line.name, quantity: line.quantity, units: [...units].map(([state, n]) => ({ state, units: n })) };
}

/** A shipment as its receiver sees it. */
export function trackedParcel(shipment: ShipmentView): TrackedParcel {
  const contents = new Map<string, { name: string; units: number }>();
  for (const line of shipment.lines) {
    // Shipping and fees go along on paper only.
    if (line.skuCode === null) continue;
    const known = contents.get(line.lineId) ?? { name: line.name, units: 0 };
    contents.set(line.lineId, { ...known, units: known.units + line.toUnit - line.fromUnit + 1 });
  }
  return {
    number: shipment.number,
    status: shipment.status,
    carrier: shipment.carrier,
    trackingNumber: shipment.trackingNumber,
    shippedAt: shipment.shippedAt,
    deliveredAt: shipment.deliveredAt,
    boxes: shipment.boxes.map(({ number, status, trackingNumber }) => ({ number, status, trackingNumber })),
    handedTo: handedTo(shipment),
    contents: [...contents.values()],
    updates: shipment.updates.map(({ status, detail, occurredAt }) => ({ status, detail, occurredAt })),
  };
}

/** Who took it, and where. The signature is not for whoever has the link. */
function handedTo(shipment: ShipmentView): TrackedParcel['handedTo'] {
  const update = shipment.updates.findLast((one) => one.status === 'DELIVERED' && one.proof !== null);
  if (!update?.proof) return null;
  const { name, place } = update.proof;
  return { name: name ?? null, place: place ?? null, at: update.occurredAt };
}

/** Parcels people wait for: not cancelled ones, nor the paper shipments of services. */
export function parcelsOf(shipments: readonly ShipmentView[]): TrackedParcel[] {
  return shipments.filter((one) => one.status !== 'CANCELLED' && one.nodeId !== null).map(trackedParcel);
}

const HEAD = `SELECT o.id, o.number, m.name AS "merchantName", o.status, o.placed_at AS "placedAt",
    o.promised_from::text AS "promisedFrom", o.promised_by::text AS "promisedBy"
  FROM orders o JOIN merchants m ON m.id = o.merchant_id WHERE o.id = $1`;

/** Where an order is fetched, for whoever may see it. */
export async function readTrackedPickup(tx: Queryable, orderId: string): Promise<TrackedPickup | null> {
  const found = await readPickup(tx, orderId);
  if (!found) return null;
  const { code: _, ...pickup } = found;
  return pickup;
}

/** The order behind a verified tracking token. Throws `not_found`. */
export async function readTracking(pool: pg.Pool, orderId: string): Promise<Tracking> {
  return readSnapshot(pool, async (tx) => {
    const { rows } = await tx.query<Omit<Tracking, 'lines' | 'parcels' | 'pickup' | 'later'>>(
      prepared('track-order', HEAD, [orderId]),
    );
    const [order] = rows;
    if (order === undefined) throw new DomainError('not_found', 'This tracking link does not lead to an order.');
    const lines = await readLines(tx, orderId);
    const shipments = await readShipments(tx, orderId);
    const pickup = await readTrackedPickup(tx, orderId);
    return {
      number: order.number,
      merchantName: order.merchantName,
      status: order.status,
      placedAt: order.placedAt,
      promisedFrom: order.promisedFrom,
      promisedBy: order.promisedBy,
      lines: lines.filter((line) => line.kind === 'item').map(trackedLine),
      parcels: pickup ? [] : parcelsOf(shipments),
      pickup,
      later: (await readWaiting(tx, orderId)).map(({ name, units, promisedOn }) => ({ name, units, promisedOn })),
    };
  });
}
