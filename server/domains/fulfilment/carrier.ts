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
  LabelInput,
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

const STATUS = z.enum(['created', 'in_transit', 'delivered', 'exception', 'voided']);
const labelReply = z.object({ id: z.string(), tracking_number: z.string(), label_url: z.string(), status: STATUS });
const listReply = z.object({ data: z.array(labelReply) });
const webhookBody = z.object({
  type: z.string(),
  timestamp: z.iso.datetime(),
  data: z.object({
    id: z.string(),
    tracking_number: z.string(),
    shipment_id: z.string(),
    status: STATUS,
    detail: z.string().nullable(),
  }),
});

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

  verifyWebhook(rawBody: string | Buffer, headers: WebhookHeaders, now: Date = new Date()): CarrierWebhook {
    const { id, body } = verifyStandardWebhook(rawBody, headers, this.webhookSecret, now);
    const parsed = webhookBody.safeParse(body);
    if (!parsed.success) throw new DomainError('invalid_request', 'The carrier’s message cannot be read.');
    const { type, timestamp, data } = parsed.data;
    return {
      id,
      topic: type,
      occurredAt: new Date(timestamp),
      carrierRef: data.id,
      trackingNumber: data.tracking_number,
      shipmentId: data.shipment_id,
      status: data.status,
      detail: data.detail,
      payload: { type, timestamp, data },
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
