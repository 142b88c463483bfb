import { z } from 'zod';
import { DomainError } from '../../kernel/errors.ts';
import { createRemoteApi, type RemoteApi, type RemoteTrouble } from '../../platform/remote-api.ts';
import { verifyStandardWebhook } from '../../platform/standard-webhook.ts';
import type { FulfilmentPartner, PartnerOutcome, PartnerRequest, PartnerWebhook, WebhookHeaders } from './provider.ts';

/** Requests to send goods, over a plain JSON API with idempotency keys and Standard Webhooks. */
export interface PartnerApiConfig {
  readonly url: string;
  readonly apiKey: string;
  readonly webhookSecret: string;
  /** Default 10 s. */
  readonly timeoutMs?: number;
  /** How many calls run at once. Default 32. */
  readonly concurrency?: number;
}

const PARCEL_STATUS = z.enum(['shipped', 'in_transit', 'delivered', 'exception']);
const parcelReply = z.object({
  id: z.string(),
  carrier: z.string().nullable(),
  tracking_number: z.string().nullable(),
  status: PARCEL_STATUS,
  lines: z.array(z.object({ reference: z.string(), quantity: z.int().min(1) })),
});
const requestReply = z.object({
  id: z.string(),
  status: z.enum(['received', 'accepted', 'rejected', 'shipped', 'cancelled']),
  reason: z.string().nullable(),
  lines: z.array(z.object({ reference: z.string(), accepted: z.int().min(0).nullable() })),
  parcels: z.array(parcelReply),
});
const listReply = z.object({ data: z.array(z.unknown()) });
const webhookBody = z.object({
  type: z.string(),
  timestamp: z.iso.datetime(),
  data: z.object({ reference: z.string(), parcel: z.object({ id: z.string(), status: PARCEL_STATUS }).nullable() }),
});

const UNREADABLE = { kind: 'unknown', reason: 'The partner’s answer cannot be read.' } as const;

function readRequest(body: unknown): PartnerOutcome {
  const parsed = requestReply.safeParse(body);
  if (!parsed.success) return UNREADABLE;
  const { id, status, reason, lines, parcels } = parsed.data;
  return {
    kind: 'succeeded',
    snapshot: {
      partnerRef: id,
      status,
      reason,
      lines: lines.map(({ reference, accepted }) => ({ lineId: reference, accepted })),
      parcels: parcels.map((parcel) => ({
        ref: parcel.id,
        carrier: parcel.carrier,
        trackingNumber: parcel.tracking_number,
        status: parcel.status,
        lines: parcel.lines.map(({ reference, quantity }) => ({ lineId: reference, quantity })),
      })),
    },
  };
}

const orNotFound = (outcome: PartnerOutcome | RemoteTrouble): PartnerOutcome =>
  outcome.kind === 'failed' && outcome.code === 'not_found' ? { kind: 'not_found' } : outcome;

class HttpPartner implements FulfilmentPartner {
  private readonly webhookSecret: string;
  private readonly api: RemoteApi;

  constructor(who: string, { webhookSecret, ...api }: PartnerApiConfig) {
    this.webhookSecret = webhookSecret;
    this.api = createRemoteApi({ who, ...api });
  }

  request(input: PartnerRequest, signal?: AbortSignal): Promise<PartnerOutcome> {
    const { reference, orderNumber, lines, shipTo } = input;
    const { postalCode, ...address } = shipTo;
    const body = {
      reference,
      order_number: orderNumber,
      lines: lines.map(({ lineId, sku, quantity }) => ({ reference: lineId, sku, quantity })),
      ship_to: { ...address, ...(postalCode ? { postal_code: postalCode } : {}) },
    };
    return this.api.call('POST', '/v1/requests', readRequest, { signal, sent: { key: reference, body } });
  }

  async cancel(
    { reference, attemptId }: { reference: string; attemptId: string },
    signal?: AbortSignal,
  ): Promise<PartnerOutcome> {
    const path = `/v1/requests/${encodeURIComponent(reference)}/cancel`;
    return orNotFound(await this.api.call('POST', path, readRequest, { signal, sent: { key: attemptId, body: {} } }));
  }

  async query({ reference }: { reference: string }, signal?: AbortSignal): Promise<PartnerOutcome> {
    const path = `/v1/requests?reference=${encodeURIComponent(reference)}`;
    const read = (body: unknown): PartnerOutcome => {
      const parsed = listReply.safeParse(body);
      if (!parsed.success) return UNREADABLE;
      return parsed.data.data.length === 0 ? { kind: 'not_found' } : readRequest(parsed.data.data[0]);
    };
    return orNotFound(await this.api.call('GET', path, read, { signal }));
  }

  verifyWebhook(rawBody: string | Buffer, headers: WebhookHeaders, now: Date = new Date()): PartnerWebhook {
    const { id, body } = verifyStandardWebhook(rawBody, headers, this.webhookSecret, now);
    const parsed = webhookBody.safeParse(body);
    if (!parsed.success) throw new DomainError('invalid_request', 'The partner’s message cannot be read.');
    const { type, timestamp, data } = parsed.data;
    return {
      id,
      topic: type,
      occurredAt: new Date(timestamp),
      reference: data.reference,
      parcel: data.parcel && { ref: data.parcel.id, status: data.parcel.status },
    };
  }

  close(): void {
    this.api.close();
  }
}

/** Reaches a partner who speaks this API. `who` is what sentences call them. */
export function connectPartner(who: string, config: PartnerApiConfig): FulfilmentPartner {
  return new HttpPartner(who, config);
}
