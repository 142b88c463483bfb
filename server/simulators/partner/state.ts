import { randomBytes } from 'node:crypto';
import type { SimClock } from '../clock.ts';
import { type CommonRecord, CommonState } from '../keyed-simulator.ts';

export const ANSWERS = ['accept', 'partial', 'reject', 'silent'] as const;
export type Answer = (typeof ANSWERS)[number];
export const TRACKED = ['shipped', 'in_transit', 'delivered', 'exception'] as const;
export type Tracked = (typeof TRACKED)[number];
export type RequestStatus = 'received' | 'accepted' | 'rejected' | 'shipped' | 'cancelled';

export interface SentParcel {
  readonly id: string;
  readonly carrier: string;
  readonly tracking_number: string;
  readonly status: Tracked;
  readonly lines: readonly { readonly reference: string; readonly quantity: number }[];
  readonly shipped_at: number;
}

/** What somebody asked this partner to send. Never changed in place. */
export interface AskedRequest {
  readonly id: string;
  readonly reference: string;
  readonly order_number: string;
  readonly lines: readonly {
    readonly reference: string;
    readonly sku: string;
    readonly quantity: number;
    readonly accepted: number | null;
  }[];
  readonly status: RequestStatus;
  readonly reason: string | null;
  readonly parcels: readonly SentParcel[];
  readonly created_at: number;
  readonly updated_at: number;
}

export interface PartnerEvent {
  readonly id: string;
  readonly type: string;
  readonly reference: string;
  readonly status: RequestStatus;
  readonly parcel: { readonly id: string; readonly tracking_number: string; readonly status: Tracked } | null;
  readonly at: number;
}

export interface PartnerSettings {
  readonly answer: Answer;
  readonly answer_after_ms: number;
  /** Accepted requests are sent by themselves, */
  readonly auto_ship: boolean;
  readonly ship_after_ms: number;
  /** in so many parcels where there are units enough, */
  readonly parcels: number;
  /** and parcels travel by themselves. */
  readonly in_transit_after_ms: number;
  readonly delivered_after_ms: number;
}

export interface PartnerLogEntry {
  readonly seq: number;
  readonly at: number;
  readonly kind: string;
  readonly partner_ref: string;
  readonly reference: string;
  readonly order_number: string;
}

export type PartnerRecord = readonly ['request', AskedRequest] | CommonRecord<PartnerSettings, PartnerEvent, PartnerLogEntry>;

export const newPartnerId = (prefix: string): string => `${prefix}_${randomBytes(10).toString('hex')}`;

const SETTINGS: PartnerSettings = {
  answer: 'accept',
  answer_after_ms: 0,
  auto_ship: false,
  ship_after_ms: 0,
  parcels: 1,
  in_transit_after_ms: 20_000,
  delivered_after_ms: 60_000,
};

const OVER: readonly RequestStatus[] = ['rejected', 'cancelled'];

export class PartnerState extends CommonState<PartnerSettings, PartnerEvent, PartnerLogEntry> {
  readonly requests = new Map<string, AskedRequest>();

  constructor(clock: SimClock) {
    super(clock, SETTINGS);
  }

  /** By our own id or by the reference of whoever asked. */
  find(ref: string): AskedRequest | undefined {
    return this.requests.get(ref) ?? [...this.requests.values()].find((request) => request.id === ref);
  }

  apply(record: PartnerRecord): void {
    if (record[0] === 'request') {
      const request = record[1];
      this.requests.set(request.reference, request);
      const arrived = request.status === 'shipped' && request.parcels.every((parcel) => parcel.status === 'delivered');
      this.track(request.reference, !(OVER.includes(request.status) && request.parcels.length === 0) && !arrived);
      return;
    }
    this.keep(record);
  }
}
