import { z } from 'zod';
import { DomainError } from '../../kernel/errors.ts';
import { createRemoteApi, type RemoteApi } from '../../platform/remote-api.ts';
import { verifyStandardWebhook } from '../../platform/standard-webhook.ts';
import type {
  Carrier,
  CarrierAddress,
  CarrierOutcome,
  CarrierQuery,
  CarrierWebhook,
  ClaimInput,
  ClaimOutcome,
  LabelInput,
  ManifestInput,
  ManifestOutcome,
  WebhookHeaders,
} from './provider.ts';

/** Labels and tracking over a plain JSON API with idempotency keys and Standard Webhooks. */
export interface CarrierConfig {
  readonly url: string;
  readonly apiKey: string;
  readonly webhookSecret: string;
  /** Default 10 s. */
  readonly timeoutMs?: number;
  /** How many calls run at once. Default 32. */
  readonly concurrency?: number;
}

const STATUS = z.enum(['created', 'in_transit', 'delivered', 'exception', 'lost', 'damaged', 'returning', 'returned', 'voided']);
const proof = z.object({
  name: z.string().max(200).optional(),
  place: z.string().max(200).optional(),
  signature: z.string().max(500).optional(),
  picture: z.string().max(500).optional(),
});
const claimBody = z.object({
  id: z.string(),
  client_reference: z.string(),
  status: z.enum(['filed', 'accepted', 'rejected', 'paid']),
  amount: z.int().min(0),
  currency: z.string(),
  note: z.string().nullable(),
});
const manifestBody = z.object({ id: z.string(), client_reference: z.string() });
const labelReply = z.object({ id: z.string(), tracking_number: z.string(), label_url: z.string(), status: STATUS });
const listReply = z.object({ data: z.array(labelReply) });
const parcelBody = z.object({
  id: z.string(),
  tracking_number: z.string(),
  shipment_id: z.string(),
  box_id: z.string().nullable().default(null),
  status: STATUS,
  detail: z.string().nullable(),
  proof: proof.nullable().default(null),
});
const claimTopic = z.object({ type: z.string().startsWith('claim.'), timestamp: z.iso.datetime(), data: claimBody });
const webhookBody = z.object({ type: z.string(), timestamp: z.iso.datetime(), data: parcelBody });

const wireAddress = (address: CarrierAddress) => ({
  name: address.name,
  line1: address.line1,
  line2: address.line2,
  city: address.city,
  region: address.region,
  postal_code: address.postalCode,
  country: address.country,
});

function labelOutcome(body: unknown): CarrierOutcome {
  const parsed = labelReply.safeParse(body);
  if (!parsed.success) return { kind: 'unknown', reason: 'The carrier’s answer cannot be read.' };
  const { id, tracking_number: trackingNumber, label_url: labelUrl, status } = parsed.data;
  return {
    kind: 'succeeded',
    carrierRef: id,
    trackingNumber,
    labelUrl,
    status,
    response: { id, tracking_number: trackingNumber, status },
  };
}

const UNREADABLE = { kind: 'unknown', reason: 'The carrier’s answer cannot be read.' } as const;

function manifestOutcome(body: unknown): ManifestOutcome {
  const parsed = manifestBody.safeParse(body);
  return parsed.success ? { kind: 'succeeded', manifestRef: parsed.data.id } : UNREADABLE;
}

function claimOutcome(body: unknown): ClaimOutcome {
  const parsed = claimBody.safeParse(body);
  if (!parsed.success) return UNREADABLE;
  const { id, status, amount, note } = parsed.data;
  return { kind: 'succeeded', claimRef: id, status, amountMinor: amount, note };
}

/** The first of a list, or that there is none. */
function firstOf<T extends { readonly kind: string }>(read: (body: unknown) => T) {
  return (body: unknown): T | { readonly kind: 'not_found' } | typeof UNREADABLE => {
    const parsed = z.object({ data: z.array(z.unknown()) }).safeParse(body);
    if (!parsed.success) return UNREADABLE;
    return parsed.data.data.length === 0 ? { kind: 'not_found' } : read(parsed.data.data[0]);
  };
}

class ParcelCarrier implements Carrier {
  readonly name = 'parcel';
  private readonly webhookSecret: string;
  private readonly api: RemoteApi;

  constructor({ webhookSecret, ...api }: CarrierConfig) {
    this.webhookSecret = webhookSecret;
    this.api = createRemoteApi({ who: 'carrier', ...api });
  }

  createLabel(input: LabelInput, signal?: AbortSignal): Promise<CarrierOutcome> {
    const body = {
      client_reference: input.attemptId,
      shipment_id: input.shipmentId,
      service: input.service ?? 'standard',
      from: wireAddress(input.from),
      to: wireAddress(input.to),
      weight_grams: input.weightGrams,
      ...(input.boxId ? { box_id: input.boxId } : {}),
    };
    return this.api.call('POST', '/v1/labels', labelOutcome, { signal, sent: { key: input.attemptId, body } });
  }

  voidLabel(input: { readonly carrierRef: string; readonly attemptId: string }, signal?: AbortSignal): Promise<CarrierOutcome> {
    const path = `/v1/labels/${encodeURIComponent(input.carrierRef)}/void`;
    return this.api.call('POST', path, labelOutcome, { signal, sent: { key: input.attemptId, body: {} } });
  }

  async query(input: CarrierQuery, signal?: AbortSignal): Promise<CarrierOutcome | { readonly kind: 'not_found' }> {
    if ('carrierRef' in input) {
      const outcome = await this.api.call('GET', `/v1/labels/${encodeURIComponent(input.carrierRef)}`, labelOutcome, { signal });
      return outcome.kind === 'failed' && outcome.code === 'not_found' ? { kind: 'not_found' } : outcome;
    }
    return this.api.call(
      'GET',
      `/v1/labels?client_reference=${encodeURIComponent(input.attemptId)}`,
      (answer): CarrierOutcome | { readonly kind: 'not_found' } => {
        const parsed = listReply.safeParse(answer);
        if (!parsed.success) return { kind: 'unknown', reason: 'The carrier’s answer cannot be read.' };
        const label = parsed.data.data[0];
        return label === undefined ? { kind: 'not_found' } : labelOutcome(label);
      },
      { signal },
    );
  }

  createManifest(input: ManifestInput, signal?: AbortSignal): Promise<ManifestOutcome> {
    const body = { client_reference: input.attemptId, number: input.number, parcels: input.carrierRefs };
    return this.api.call('POST', '/v1/manifests', manifestOutcome, { signal, sent: { key: input.attemptId, body } });
  }

  queryManifest(attemptId: string, signal?: AbortSignal): Promise<ManifestOutcome | { readonly kind: 'not_found' }> {
    const path = `/v1/manifests?client_reference=${encodeURIComponent(attemptId)}`;
    return this.api.call('GET', path, firstOf(manifestOutcome), { signal });
  }

  fileClaim(input: ClaimInput, signal?: AbortSignal): Promise<ClaimOutcome> {
    const { attemptId, claimId, carrierRef, kind, amountMinor, currency, note } = input;
    const body = { client_reference: claimId, parcel: carrierRef, kind, amount: amountMinor, currency, note: note ?? null };
    return this.api.call('POST', '/v1/claims', claimOutcome, { signal, sent: { key: attemptId, body } });
  }

  queryClaim(claimId: string, signal?: AbortSignal): Promise<ClaimOutcome | { readonly kind: 'not_found' }> {
    const path = `/v1/claims?client_reference=${encodeURIComponent(claimId)}`;
    return this.api.call('GET', path, firstOf(claimOutcome), { signal });
  }

  verifyWebhook(rawBody: string | Buffer, headers: WebhookHeaders, now: Date = new Date()): CarrierWebhook {
    const { id, body } = verifyStandardWebhook(rawBody, headers, this.webhookSecret, now);
    const claim = claimTopic.safeParse(body);
    if (claim.success) {
      const { type, timestamp, data } = claim.data;
      return {
        subject: 'claim',
        id,
        topic: type,
        occurredAt: new Date(timestamp),
        claimRef: data.id,
        claimId: data.client_reference,
        status: data.status,
        amountMinor: data.amount,
        currency: data.currency,
        note: data.note,
        payload: { type, timestamp, data },
      };
    }
    const parsed = webhookBody.safeParse(body);
    if (!parsed.success) throw new DomainError('invalid_request', 'The carrier’s message cannot be read.');
    const { type, timestamp, data } = parsed.data;
    const shown = data.proof === null ? null : (Object.fromEntries(Object.entries(data.proof)) as Record<string, string>);
    return {
      subject: 'parcel',
      id,
      topic: type,
      occurredAt: new Date(timestamp),
      carrierRef: data.id,
      trackingNumber: data.tracking_number,
      shipmentId: data.shipment_id,
      boxId: data.box_id,
      status: data.status,
      detail: data.detail,
      proof: shown,
      // Who signed, and where, is said once: in `proof`.
      payload: { type, timestamp, data: { ...data, proof: null } },
    };
  }

  close(): void {
    this.api.close();
  }
}

/** The adapter for the parcel carrier. */
export function createParcelCarrier(config: CarrierConfig): Carrier {
  return new ParcelCarrier(config);
}
