import { randomBytes } from 'node:crypto';
import type { SimClock } from '../clock.ts';
import type { StoredReply } from '../keyed-writes.ts';

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

export type CarrierRecord =
  | readonly ['parcel', Parcel]
  | readonly ['event', ParcelEvent]
  | readonly ['log', CarrierLogEntry]
  | readonly ['reply', StoredReply]
  | readonly ['settings', CarrierSettings]
  | readonly ['sent', string];

export const newCarrierId = (prefix: string): string => `${prefix}_${randomBytes(12).toString('hex')}`;

/** WB, eleven digits: what people read off a label. */
export const newTrackingNumber = (): string => `WB${String(randomBytes(6).readUIntBE(0, 6) % 100_000_000_000).padStart(11, '0')}`;

export class CarrierState {
  settings: CarrierSettings = {
    auto_progress: false,
    auto_progress_since: 0,
    in_transit_after_ms: 15_000,
    delivered_after_ms: 45_000,
    exception_rate: 0,
  };
  readonly parcels = new Map<string, Parcel>();
  readonly byReference = new Map<string, string>();
  readonly byTracking = new Map<string, string>();
  readonly moving = new Set<string>();
  readonly eventsOf = new Map<string, ParcelEvent[]>();
  readonly unsent = new Map<string, ParcelEvent>();
  readonly replies = new Map<string, StoredReply>();
  readonly log: CarrierLogEntry[] = [];
  readonly clock: SimClock;

  constructor(clock: SimClock) {
    this.clock = clock;
  }

  /** Applies one record: the only way anything changes, at run time and when the journal is replayed. */
  apply(record: CarrierRecord): void {
    switch (record[0]) {
      case 'parcel': {
        const parcel = record[1];
        this.parcels.set(parcel.id, parcel);
        this.byReference.set(parcel.client_reference, parcel.id);
        this.byTracking.set(parcel.tracking_number, parcel.id);
        if (parcel.status === 'created' || parcel.status === 'in_transit') this.moving.add(parcel.id);
        else this.moving.delete(parcel.id);
        return;
      }
      case 'event': {
        const list = this.eventsOf.get(record[1].parcel);
        if (list === undefined) this.eventsOf.set(record[1].parcel, [record[1]]);
        else list.push(record[1]);
        this.unsent.set(record[1].id, record[1]);
        return;
      }
      case 'log':
        this.log.push(record[1]);
        return;
      case 'reply':
        this.replies.set(record[1].key, record[1]);
        return;
      case 'settings':
        this.settings = record[1];
        return;
      case 'sent':
        this.unsent.delete(record[1]);
    }
  }
}
