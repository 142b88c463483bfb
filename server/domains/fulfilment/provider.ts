import { type CarrierConfig, createParcelCarrier } from './carrier.ts';

/**
 * The seam to whoever carries the parcels. As with payments, a label is bought outside any transaction, under the attempt's id as
 * idempotency key, and an answer that did not come is UNKNOWN until the carrier has been asked.
 */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };
export type JsonObject = { readonly [key: string]: JsonValue };

export interface CarrierAddress {
  readonly name?: string;
  readonly line1?: string;
  readonly line2?: string;
  readonly city?: string;
  readonly region?: string;
  readonly postalCode?: string;
  readonly country?: string;
}

export interface LabelInput {
  readonly shipmentId: string;
  /** The attempt's id: the carrier's idempotency key. */
  readonly attemptId: string;
  readonly from: CarrierAddress;
  readonly to: CarrierAddress;
  readonly weightGrams: number;
  readonly service?: string;
}

/** Where a parcel is, in the carrier's own words. */
export type ParcelStatus = 'created' | 'in_transit' | 'delivered' | 'exception' | 'voided';

export interface LabelSucceeded {
  readonly kind: 'succeeded';
  readonly carrierRef: string;
  readonly trackingNumber: string;
  readonly labelUrl: string;
  readonly status: ParcelStatus;
  readonly response: JsonObject;
}

export type CarrierOutcome =
  | LabelSucceeded
  /** The carrier said no, definitely. */
  | { readonly kind: 'failed'; readonly code: string; readonly message: string; readonly response: JsonObject }
  /** Sent, and no usable answer: only `query` resolves it. */
  | { readonly kind: 'unknown'; readonly reason: string }
  /** Definitely nothing happened; send the same attempt again later. */
  | { readonly kind: 'unreachable'; readonly reason: string };

/** By the carrier's reference where it is known, otherwise by the attempt that asked for the label. */
export type CarrierQuery = { readonly carrierRef: string } | { readonly attemptId: string };

export interface CarrierWebhook {
  /** The carrier's message id, from the signed headers: the same for every delivery of one message. */
  readonly id: string;
  readonly topic: string;
  readonly occurredAt: Date;
  readonly carrierRef: string;
  readonly trackingNumber: string;
  readonly shipmentId: string;
  readonly status: ParcelStatus;
  readonly detail: string | null;
  readonly payload: JsonObject;
}

export type WebhookHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

export interface Carrier {
  readonly name: string;
  createLabel(input: LabelInput, signal?: AbortSignal): Promise<CarrierOutcome>;
  voidLabel(input: { readonly carrierRef: string; readonly attemptId: string }, signal?: AbortSignal): Promise<CarrierOutcome>;
  /** Asks what became of a label without changing anything. */
  query(input: CarrierQuery, signal?: AbortSignal): Promise<CarrierOutcome | { readonly kind: 'not_found' }>;
  /** Throws `unauthenticated` where the signature is wrong or the time is more than five minutes away from `now`. */
  verifyWebhook(rawBody: string | Buffer, headers: WebhookHeaders, now?: Date): CarrierWebhook;
  close(): void;
}

export interface CarriersConfig {
  readonly parcel: CarrierConfig;
}

/** Every carrier by name. A new one is a file beside this and a line here. */
export function createCarriers(config: CarriersConfig): ReadonlyMap<string, Carrier> {
  return new Map<string, Carrier>([['parcel', createParcelCarrier(config.parcel)]]);
}
