import type { UnitRange } from '../../kernel/units.ts';
import type { HandOver, ParcelReport, ShipmentStatus } from '../../kernel/vocabulary.ts';

/** What is known of one parcel: a box, or a shipment that is one. */
export interface Parcel {
  readonly id: string;
  status: ShipmentStatus;
  /** When what the status says happened, by whoever reported it. */
  statusAt: Date | null;
  /** Which label it bears: its first, or one that was bought in place of another. */
  labelNo: number;
  carrierRef: string | null;
  trackingNumber: string | null;
  labelUrl: string | null;
  manifestId: string | null;
  handedOverAt: Date | null;
  deliveredAt: Date | null;
  /** Somebody said that nothing more has to be done about what became of it. */
  settledAt: Date | null;
}

/** One of several boxes of a shipment. Its units are those of the shipment that lie in it. */
export interface Box extends Parcel {
  readonly shipmentId: string;
  readonly orderId: string;
  readonly number: number;
  readonly units: readonly UnitRange[];
  weightGrams: number | null;
  readonly lengthMm: number | null;
  readonly widthMm: number | null;
  readonly heightMm: number | null;
}

/**
 * What leaves together, or a service that needs no parcel (`nodeId` null). `valueMinor` is what its units are worth: what its capture
 * takes. Without boxes of its own it is one parcel itself.
 */
export interface Shipment extends Parcel {
  readonly number: string;
  readonly orderId: string;
  readonly merchantId: string;
  readonly nodeId: string | null;
  readonly valueMinor: bigint;
  readonly currency: string;
  readonly createdAt: Date;
  /** How many boxes it has; 0 where it is one parcel itself. */
  readonly boxes: number;
  carrier: string | null;
  service: string | null;
  shippedAt: Date | null;
  version: bigint;
}

export interface ShipmentLine extends UnitRange {
  readonly shipmentId: string;
  readonly orderId: string;
}

/** A carrier may see the parcel before its hand-over is booked here: until then its reports wait. */
export function awaitsHandOver(parcel: { readonly status: ShipmentStatus }): boolean {
  return parcel.status === 'PENDING' || parcel.status === 'LABELLED';
}

/** A status and when what it says happened. */
export interface Position {
  readonly status: ShipmentStatus;
  readonly at: Date | null;
}

/**
 * How final a status is. On its way the newest word counts; that it is lost or damaged outlasts every word of its way, that it comes
 * back outlasts that, and a delivery all of them. What we received back ourselves no carrier unsays.
 */
const FINALITY: Readonly<Record<ShipmentStatus, number>> = {
  PENDING: 0,
  LABELLED: 1,
  SHIPPED: 2,
  IN_TRANSIT: 3,
  EXCEPTION: 3,
  LOST: 4,
  DAMAGED: 4,
  RETURNING: 5,
  DELIVERED: 6,
  RETURNED: 7,
  CANCELLED: 8,
};
/** Of two words of the same moment. */
const TIES: readonly ShipmentStatus[] = ['IN_TRANSIT', 'EXCEPTION', 'DAMAGED', 'LOST'];

/**
 * Whether a report says more than is known: a total order, so that reports which come late, twice and out of order end the same. Of two
 * deliveries the first counts, of two words on the way the last.
 */
export function outranks(report: Position, known: Position): boolean {
  const finality = FINALITY[report.status] - FINALITY[known.status];
  if (finality !== 0) return finality > 0;
  const later = (report.at?.getTime() ?? 0) - (known.at?.getTime() ?? 0);
  if (report.status === known.status && FINALITY[known.status] >= FINALITY.RETURNING) return later < 0;
  if (later !== 0) return later > 0;
  return TIES.indexOf(report.status) > TIES.indexOf(known.status);
}

/** Whether a report made now may change a parcel that was handed over. */
export function mayAdvance(from: ShipmentStatus, to: ParcelReport): boolean {
  if (awaitsHandOver({ status: from })) return false;
  return from !== to && outranks({ status: to, at: new Date(8.64e15) }, { status: from, at: null });
}

/** Statuses of which one parcel that has it is enough to call for a person. */
const TROUBLE: readonly ShipmentStatus[] = ['EXCEPTION', 'LOST', 'DAMAGED'];
/** What a person has to decide about. */
export function isTrouble(parcel: { readonly status: ShipmentStatus }): boolean {
  return TROUBLE.includes(parcel.status) || parcel.status === 'RETURNING' || parcel.status === 'RETURNED';
}

/** Behind trouble, whichever parcel is furthest behind says where the shipment is. */
const BEHIND: readonly ShipmentStatus[] = ['RETURNING', 'SHIPPED', 'IN_TRANSIT', 'DELIVERED', 'RETURNED'];

/**
 * A shipment's status is a function of its boxes': the furthest behind, and trouble first. Once one box has left, those that were left
 * behind count as about to follow.
 */
export function deriveShipment(boxes: readonly { readonly status: ShipmentStatus }[]): ShipmentStatus {
  const live = boxes.filter((box) => box.status !== 'CANCELLED').map((box) => box.status);
  if (live.length === 0) return 'CANCELLED';
  const gone = live.filter((status) => !awaitsHandOver({ status }));
  if (gone.length === 0) return live.includes('PENDING') ? 'PENDING' : 'LABELLED';
  const trouble = gone.filter((status) => TROUBLE.includes(status));
  const [first] = trouble;
  if (first) return trouble.length === live.length && trouble.every((status) => status === first) ? first : 'EXCEPTION';
  const seen: readonly ShipmentStatus[] = gone.length < live.length ? [...gone, 'SHIPPED'] : gone;
  return BEHIND.find((status) => seen.includes(status)) ?? 'SHIPPED';
}

/** The attempt that asks for a parcel's label: its own id at first, so that it is one label however often it is asked for. */
export function labelAttempt(parcel: Pick<Parcel, 'id' | 'labelNo'>): string {
  return parcel.labelNo === 1 ? parcel.id : `${parcel.id}:${parcel.labelNo}`;
}

export type ParcelVerdict = { readonly allowed: true } | { readonly allowed: false; readonly why: string };

/**
 * What may become of labels before the hand-over. Unpacking ends the shipment, so it is for those whose money was not taken; afterwards a
 * label may only be bought anew, for the same units.
 */
export function mayVoid(
  shipment: Pick<Shipment, 'status' | 'number' | 'nodeId'>,
  parcels: readonly Pick<Parcel, 'status' | 'handedOverAt'>[],
  mode: 'unpack' | 'relabel',
  captured: boolean,
): ParcelVerdict {
  const no = (why: string): ParcelVerdict => ({ allowed: false, why });
  if (shipment.nodeId === null) return no(`${shipment.number} is a service: it has no label.`);
  if (shipment.status === 'CANCELLED') return no(`${shipment.number} is cancelled: its labels are void already.`);
  if (parcels.some((parcel) => !awaitsHandOver(parcel) || parcel.handedOverAt !== null))
    return no(`${shipment.number} was handed to the carrier: its labels cannot be voided any more.`);
  if (mode === 'relabel' && parcels.some((parcel) => parcel.status !== 'LABELLED'))
    return no(`${shipment.number} has no label yet: it is being bought. Wait for it, or unpack.`);
  if (mode === 'unpack' && captured)
    return no(
      `The money for ${shipment.number} was taken: it is not given back by the way. Buy a new label, or hand over and refund.`,
    );
  return { allowed: true };
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
  readonly handOver: HandOver;
}
