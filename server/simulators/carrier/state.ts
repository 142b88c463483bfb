import { randomBytes } from 'node:crypto';
import type { SimClock } from '../clock.ts';
import { type CommonRecord, CommonState } from '../keyed-simulator.ts';

export const PARCEL_STATUSES = [
  'created',
  'in_transit',
  'delivered',
  'exception',
  'lost',
  'damaged',
  'returning',
  'returned',
  'voided',
] as const;
export type ParcelStatus = (typeof PARCEL_STATUSES)[number];

export interface Address {
  readonly name?: string | undefined;
  readonly line1?: string | undefined;
  readonly line2?: string | undefined;
  readonly city?: string | undefined;
  readonly region?: string | undefined;
  readonly postal_code?: string | undefined;
  readonly country?: string | undefined;
}

/** A label and the parcel that bears it. Never changed in place. */
export interface Parcel {
  readonly id: string;
  readonly tracking_number: string;
  readonly client_reference: string;
  readonly shipment_id: string;
  /** Which of the shipment's boxes it is; absent where the shipment is one. */
  readonly box_id?: string | undefined;
  readonly service: string;
  readonly from: Address;
  readonly to: Address;
  readonly weight_grams: number;
  readonly status: ParcelStatus;
  readonly created_at: number;
  readonly updated_at: number;
}

/** What proves a delivery: a name, a place, and files of the carrier's. */
export interface Proof {
  readonly name?: string | undefined;
  readonly place?: string | undefined;
  readonly signature?: string | undefined;
  readonly picture?: string | undefined;
}

/** A day's parcels that are called for together. */
export interface SimManifest {
  readonly id: string;
  readonly client_reference: string;
  readonly number: string;
  readonly parcels: readonly string[];
  readonly created_at: number;
}

export type SimClaimStatus = 'filed' | 'accepted' | 'rejected' | 'paid';
export interface SimClaim {
  readonly id: string;
  readonly client_reference: string;
  readonly parcel: string;
  readonly kind: 'lost' | 'damaged';
  /** Asked for at first, then what was granted. */
  readonly amount: number;
  readonly currency: string;
  readonly status: SimClaimStatus;
  readonly note: string | null;
  readonly created_at: number;
  readonly updated_at: number;
}

export type CarrierEvent = ParcelEvent | ClaimEvent;

export interface ClaimEvent {
  readonly id: string;
  readonly type: `claim.${SimClaimStatus}`;
  readonly claim: string;
  readonly status: SimClaimStatus;
  readonly amount: number;
  readonly note: string | null;
  readonly at: number;
}

export interface ParcelEvent {
  readonly id: string;
  readonly type: `parcel.${ParcelStatus}`;
  readonly proof?: Proof | undefined;
  readonly parcel: string;
  readonly status: ParcelStatus;
  readonly detail: string | null;
  readonly at: number;
}

export interface CarrierSettings {
  readonly auto_progress: boolean;
  /** Parcels labelled before this instant (milliseconds since 1970) stay where they are. */
  readonly auto_progress_since: number;
  readonly in_transit_after_ms: number;
  readonly delivered_after_ms: number;
  /** The share of parcels that meet with an exception instead of being delivered, 0 to 1. */
  readonly exception_rate: number;
  /** The share of parcels that are lost on their way, and of those that come back to their sender. */
  readonly lost_rate: number;
  readonly return_rate: number;
  /** Whether claims are answered and paid by themselves, and after how long each. */
  readonly auto_answer: boolean;
  readonly answer_after_ms: number;
  /** The share of claims that are rejected, 0 to 1. */
  readonly reject_rate: number;
}

export interface CarrierLogEntry {
  readonly seq: number;
  readonly at: number;
  readonly kind: 'label' | 'manifest' | 'claim' | ParcelStatus | `claim_${SimClaimStatus}`;
  readonly carrier_ref: string;
  readonly shipment_id: string;
  readonly idempotency_key: string | null;
}

export type CarrierObject = readonly ['parcel', Parcel] | readonly ['manifest', SimManifest] | readonly ['claim', SimClaim];
export type CarrierRecord = CarrierObject | CommonRecord<CarrierSettings, CarrierEvent, CarrierLogEntry>;

export const newCarrierId = (prefix: string): string => `${prefix}_${randomBytes(12).toString('hex')}`;

/** WB, eleven digits: what people read off a label. */
export const newTrackingNumber = (): string => `WB${String(randomBytes(6).readUIntBE(0, 6) % 100_000_000_000).padStart(11, '0')}`;

const SETTINGS: CarrierSettings = {
  auto_progress: false,
  auto_progress_since: 0,
  in_transit_after_ms: 15_000,
  delivered_after_ms: 45_000,
  exception_rate: 0,
  lost_rate: 0,
  return_rate: 0,
  auto_answer: false,
  answer_after_ms: 15_000,
  reject_rate: 0,
};

export class CarrierState extends CommonState<CarrierSettings, CarrierEvent, CarrierLogEntry> {
  readonly parcels = new Map<string, Parcel>();
  readonly byReference = new Map<string, string>();
  readonly byTracking = new Map<string, string>();
  readonly eventsOf = new Map<string, ParcelEvent[]>();
  readonly manifests = new Map<string, SimManifest>();
  readonly claims = new Map<string, SimClaim>();
  /** Manifests and claims by the caller's own reference. */
  readonly paperwork = new Map<string, SimManifest | SimClaim>();

  constructor(clock: SimClock) {
    super(clock, SETTINGS);
  }

  apply(record: CarrierRecord): void {
    if (record[0] === 'parcel') {
      const parcel = record[1];
      this.parcels.set(parcel.id, parcel);
      this.byReference.set(parcel.client_reference, parcel.id);
      this.byTracking.set(parcel.tracking_number, parcel.id);
      this.track(parcel.id, parcel.status === 'created' || parcel.status === 'in_transit' || parcel.status === 'returning');
      return;
    }
    if (record[0] === 'manifest' || record[0] === 'claim') {
      const paper = record[1];
      this.paperwork.set(paper.client_reference, paper);
      if (record[0] === 'manifest') this.manifests.set(paper.id, record[1]);
      else {
        this.claims.set(paper.id, record[1]);
        this.track(paper.id, record[1].status === 'filed' || record[1].status === 'accepted');
      }
      return;
    }
    if (record[0] === 'event' && 'parcel' in record[1])
      this.eventsOf.set(record[1].parcel, [...(this.eventsOf.get(record[1].parcel) ?? []), record[1]]);
    // A journal of an older version knows fewer settings.
    this.keep(record[0] === 'settings' ? ['settings', { ...SETTINGS, ...record[1] }] : record);
  }
}
