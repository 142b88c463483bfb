import type { UnitRange } from '../../kernel/units.ts';
import type { ShipmentStatus } from '../../kernel/vocabulary.ts';

/** A parcel, or a service that needs none (`nodeId` null). `valueMinor` is what its units are worth: what its capture takes. */
export interface Shipment {
  readonly id: string;
  readonly number: string;
  readonly orderId: string;
  readonly merchantId: string;
  readonly nodeId: string | null;
  readonly valueMinor: bigint;
  readonly currency: string;
  readonly createdAt: Date;
  status: ShipmentStatus;
  carrier: string | null;
  service: string | null;
  carrierRef: string | null;
  trackingNumber: string | null;
  labelUrl: string | null;
  shippedAt: Date | null;
  deliveredAt: Date | null;
  version: bigint;
}

export interface ShipmentLine extends UnitRange {
  readonly shipmentId: string;
  readonly orderId: string;
}

const PROGRESS: readonly ShipmentStatus[] = ['SHIPPED', 'IN_TRANSIT', 'DELIVERED'];

/** A carrier may see the parcel before its hand-over is booked here: until then its reports wait. */
export function awaitsHandOver(shipment: Pick<Shipment, 'status'>): boolean {
  return shipment.status === 'PENDING' || shipment.status === 'LABELLED';
}

/**
 * Whether a carrier's report moves the shipment. Reports come late, twice and out of order: one that says less than we know is kept
 * in the history and changes nothing; an exception ends with any later progress.
 */
export function mayAdvance(from: ShipmentStatus, to: ShipmentStatus): boolean {
  if (from === 'CANCELLED' || from === 'DELIVERED') return false;
  if (to === 'EXCEPTION') return from === 'SHIPPED' || from === 'IN_TRANSIT';
  if (from === 'EXCEPTION') return to === 'IN_TRANSIT' || to === 'DELIVERED';
  return PROGRESS.includes(from) && PROGRESS.indexOf(to) > PROGRESS.indexOf(from);
}

export interface Node {
  readonly id: string;
  readonly merchantId: string;
  readonly code: string;
  readonly name: string;
  readonly kind: string;
  readonly priority: number;
  readonly address: Readonly<Record<string, string>>;
  /** Changes with the settings and rules of its merchant's routing; null where there are none. */
  readonly routingStamp: string | null;
}
