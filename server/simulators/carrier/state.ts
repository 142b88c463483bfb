import { randomBytes } from 'node:crypto';
import type { SimClock } from '../clock.ts';
import { type CommonRecord, CommonState } from '../keyed-simulator.ts';

export const PARCEL_STATUSES = ['created', 'in_transit', 'delivered', 'exception', 'voided'] as const;
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
  readonly service: string;
  readonly from: Address;
  readonly to: Address;
  readonly weight_grams: number;
  readonly status: ParcelStatus;
  readonly created_at: number;
  readonly updated_at: number;
}

export interface ParcelEvent {
  readonly id: string;
  readonly type: `parcel.${ParcelStatus}`;
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
}

export interface CarrierLogEntry {
  readonly seq: number;
  readonly at: number;
  readonly kind: 'label' | ParcelStatus;
  readonly carrier_ref: string;
  readonly shipment_id: string;
  readonly idempotency_key: string | null;
}

export type CarrierObject = readonly ['parcel', Parcel];
export type CarrierRecord = CarrierObject | CommonRecord<CarrierSettings, ParcelEvent, CarrierLogEntry>;

export const newCarrierId = (prefix: string): string => `${prefix}_${randomBytes(12).toString('hex')}`;

/** WB, eleven digits: what people read off a label. */
export const newTrackingNumber = (): string => `WB${String(randomBytes(6).readUIntBE(0, 6) % 100_000_000_000).padStart(11, '0')}`;

const SETTINGS: CarrierSettings = {
  auto_progress: false,
  auto_progress_since: 0,
  in_transit_after_ms: 15_000,
  delivered_after_ms: 45_000,
  exception_rate: 0,
};

export class CarrierState extends CommonState<CarrierSettings, ParcelEvent, CarrierLogEntry> {
  readonly parcels = new Map<string, Parcel>();
  readonly byReference = new Map<string, string>();
  readonly byTracking = new Map<string, string>();
  readonly eventsOf = new Map<string, ParcelEvent[]>();

  constructor(clock: SimClock) {
    super(clock, SETTINGS);
  }

  apply(record: CarrierRecord): void {
    if (record[0] === 'parcel') {
      const parcel = record[1];
      this.parcels.set(parcel.id, parcel);
      this.byReference.set(parcel.client_reference, parcel.id);
      this.byTracking.set(parcel.tracking_number, parcel.id);
      this.track(parcel.id, parcel.status === 'created' || parcel.status === 'in_transit');
      return;
    }
    if (record[0] === 'event') this.eventsOf.set(record[1].parcel, [...(this.eventsOf.get(record[1].parcel) ?? []), record[1]]);
    this.keep(record);
  }
}
