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
  /** Which of the shipment's boxes it is for; null where the shipment is one. */
  readonly boxId?: string | null;
}

/** Where a parcel is, in the carrier's own words. */
export type ParcelStatus =
  | 'created'
  | 'in_transit'
  | 'delivered'
  | 'exception'
  | 'lost'
  | 'damaged'
  | 'returning'
  | 'returned'
  | 'voided';

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

/** What ends a call that changed nothing, or may have. */
export type CarrierTrouble = Exclude<CarrierOutcome, LabelSucceeded>;

/** A day's parcels, called for together. */
export interface ManifestInput {
  /** The attempt's id, which is the manifest's: the carrier's idempotency key. */
  readonly attemptId: string;
  readonly number: string;
  readonly carrierRefs: readonly string[];
}
export type ManifestOutcome = { readonly kind: 'succeeded'; readonly manifestRef: string } | CarrierTrouble;

export interface ClaimInput {
  /** The attempt's id: the carrier's idempotency key. */
  readonly attemptId: string;
  /** The claim's own id, by which the carrier speaks of it. */
  readonly claimId: string;
  readonly carrierRef: string;
  readonly kind: 'lost' | 'damaged';
  readonly amountMinor: number;
  readonly currency: string;
  readonly note?: string;
}

/** How a claim stands with the carrier. */
export type ClaimAnswer = 'filed' | 'accepted' | 'rejected' | 'paid';
export interface ClaimSucceeded {
  readonly kind: 'succeeded';
  readonly claimRef: string;
  readonly status: ClaimAnswer;
  readonly amountMinor: number;
  readonly note: string | null;
}
export type ClaimOutcome = ClaimSucceeded | CarrierTrouble;

/** By the carrier's reference where it is known, otherwise by the attempt that asked for the label. */
export type CarrierQuery = { readonly carrierRef: string } | { readonly attemptId: string };

/** What proves a delivery: names and places, and references into the carrier's own files. */
export interface Proof {
  readonly name?: string;
  readonly place?: string;
  readonly signature?: string;
  readonly picture?: string;
}

export type CarrierWebhook = ParcelWebhook | ClaimWebhook;

/** How a claim was answered. */
export interface ClaimWebhook {
  readonly subject: 'claim';
  readonly id: string;
  readonly topic: string;
  readonly occurredAt: Date;
  readonly claimRef: string;
  readonly claimId: string;
  readonly status: ClaimAnswer;
  readonly amountMinor: number;
  readonly currency: string;
  readonly note: string | null;
  readonly payload: JsonObject;
}

/** Where a parcel is. */
export interface ParcelWebhook {
  readonly subject: 'parcel';
  /** The carrier's message id, from the signed headers: the same for every delivery of one message. */
  readonly id: string;
  readonly topic: string;
  readonly occurredAt: Date;
  readonly carrierRef: string;
  readonly trackingNumber: string;
  readonly shipmentId: string;
  readonly boxId: string | null;
  readonly status: ParcelStatus;
  readonly detail: string | null;
  readonly proof: Proof | null;
  readonly payload: JsonObject;
}

export type WebhookHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

export interface Carrier {
  readonly name: string;
  createLabel(input: LabelInput, signal?: AbortSignal): Promise<CarrierOutcome>;
  voidLabel(input: { readonly carrierRef: string; readonly attemptId: string }, signal?: AbortSignal): Promise<CarrierOutcome>;
  /** Asks what became of a label without changing anything. */
  query(input: CarrierQuery, signal?: AbortSignal): Promise<CarrierOutcome | { readonly kind: 'not_found' }>;
  /** Closes a day: the parcels that are called for together. */
  createManifest(input: ManifestInput, signal?: AbortSignal): Promise<ManifestOutcome>;
  queryManifest(attemptId: string, signal?: AbortSignal): Promise<ManifestOutcome | { readonly kind: 'not_found' }>;
  /** Asks for compensation of a parcel that was lost or damaged. */
  fileClaim(input: ClaimInput, signal?: AbortSignal): Promise<ClaimOutcome>;
  queryClaim(claimId: string, signal?: AbortSignal): Promise<ClaimOutcome | { readonly kind: 'not_found' }>;
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
