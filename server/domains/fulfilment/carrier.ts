import { createHmac, timingSafeEqual } from 'node:crypto';
import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import {
  bulkhead,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhenResult,
  isBrokenCircuitError,
  isBulkheadRejectedError,
  wrap,
} from 'cockatiel';
import { z } from 'zod';
import { DomainError } from '../../kernel/errors.ts';
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

const DEFAULT_TIMEOUT_MS = 10_000;
const DEFAULT_CONCURRENCY = 32;
const QUEUE_PER_CALL = 32;
const BREAKER_FAILURES = 10;
const BREAKER_PAUSE_MS = 2_000;
const WEBHOOK_TOLERANCE_MS = 300_000;

const STATUS = z.enum(['created', 'in_transit', 'delivered', 'exception', 'voided']);
const labelReply = z.object({ id: z.string(), tracking_number: z.string(), label_url: z.string(), status: STATUS });
const listReply = z.object({ data: z.array(labelReply) });
const errorReply = z.object({ error: z.object({ code: z.string(), message: z.string() }) });
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

interface Answer {
  readonly status: number;
  readonly body: unknown;
}
type Lost = Extract<CarrierOutcome, { readonly kind: 'unknown' | 'unreachable' }>;

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

/** Sorts an answer that is not a 2xx. */
function refusal({ status, body }: Answer): CarrierOutcome {
  if (status === 429) return { kind: 'unreachable', reason: 'The carrier asks for fewer requests.' };
  if (status === 401 || status === 403) return { kind: 'unreachable', reason: 'The carrier refuses our key.' };
  const parsed = errorReply.safeParse(body);
  const { code, message } = parsed.success
    ? parsed.data.error
    : { code: `http_${status}`, message: 'The carrier gave no reason.' };
  if (status >= 500 || code === 'in_progress' || code === 'key_reused')
    return { kind: 'unknown', reason: `The carrier answered ${status}: ${message}` };
  return { kind: 'failed', code, message, response: { status, code } };
}

/** What a broken call means: only a connection that was never made is sure to have done nothing. */
function lost(error: unknown): Lost {
  if (isBrokenCircuitError(error))
    return { kind: 'unreachable', reason: 'The carrier did not answer lately; it is left alone for a moment.' };
  if (isBulkheadRejectedError(error)) return { kind: 'unreachable', reason: 'Too many calls to the carrier are waiting.' };
  if (!(error instanceof Error)) throw error;
  const code = 'code' in error ? String(error.code) : '';
  const syscall = 'syscall' in error ? error.syscall : undefined;
  const notSent = syscall === 'connect' || syscall === 'getaddrinfo' || code === 'ECONNREFUSED';
  if (notSent) return { kind: 'unreachable', reason: `The carrier cannot be reached: ${code}.` };
  return { kind: 'unknown', reason: `The carrier did not answer: ${error.message}.` };
}

class ParcelCarrier implements Carrier {
  readonly name = 'parcel';
  private readonly config: CarrierConfig;
  private readonly agent: HttpAgent | HttpsAgent;
  private readonly policy;

  constructor(config: CarrierConfig) {
    this.config = config;
    const concurrency = config.concurrency ?? DEFAULT_CONCURRENCY;
    const Agent = config.url.startsWith('https:') ? HttpsAgent : HttpAgent;
    this.agent = new Agent({ keepAlive: true, maxSockets: concurrency });
    const unanswered = handleWhenResult((result) => {
      const kind = typeof result === 'object' && result !== null && 'kind' in result ? result.kind : undefined;
      return kind === 'unknown' || kind === 'unreachable';
    });
    const breaker = circuitBreaker(unanswered, {
      halfOpenAfter: BREAKER_PAUSE_MS,
      breaker: new ConsecutiveBreaker(BREAKER_FAILURES),
    });
    this.policy = wrap(bulkhead(concurrency, concurrency * QUEUE_PER_CALL), breaker);
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
    return this.call('POST', '/v1/labels', signal, (answer) => labelOutcome(answer), { key: input.attemptId, body });
  }

  voidLabel(input: { readonly carrierRef: string; readonly attemptId: string }, signal?: AbortSignal): Promise<CarrierOutcome> {
    const path = `/v1/labels/${encodeURIComponent(input.carrierRef)}/void`;
    return this.call('POST', path, signal, (answer) => labelOutcome(answer), { key: input.attemptId, body: {} });
  }

  async query(input: CarrierQuery, signal?: AbortSignal): Promise<CarrierOutcome | { readonly kind: 'not_found' }> {
    if ('carrierRef' in input) {
      const outcome = await this.call('GET', `/v1/labels/${encodeURIComponent(input.carrierRef)}`, signal, (answer) =>
        labelOutcome(answer),
      );
      return outcome.kind === 'failed' && outcome.code === 'not_found' ? { kind: 'not_found' } : outcome;
    }
    return this.call<CarrierOutcome | { readonly kind: 'not_found' }>(
      'GET',
      `/v1/labels?client_reference=${encodeURIComponent(input.attemptId)}`,
      signal,
      (answer) => {
        const parsed = listReply.safeParse(answer);
        if (!parsed.success) return { kind: 'unknown', reason: 'The carrier’s answer cannot be read.' };
        const label = parsed.data.data[0];
        return label === undefined ? { kind: 'not_found' } : labelOutcome(label);
      },
    );
  }

  verifyWebhook(rawBody: string | Buffer, headers: WebhookHeaders, now: Date = new Date()): CarrierWebhook {
    const { id, body } = verifyStandardWebhook(rawBody, headers, this.config.webhookSecret, now);
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
    this.agent.destroy();
  }

  private async call<T extends { readonly kind: string } = CarrierOutcome>(
    method: 'GET' | 'POST',
    path: string,
    signal: AbortSignal | undefined,
    read: (body: unknown) => T,
    sent?: { readonly key: string; readonly body: unknown },
  ): Promise<T | CarrierOutcome> {
    if (signal?.aborted) return { kind: 'unreachable', reason: 'The call was given up before it was sent.' };
    try {
      return await this.policy.execute(async (): Promise<T | CarrierOutcome> => {
        try {
          const answer = await this.send(method, path, sent, signal);
          return answer.status >= 200 && answer.status < 300 ? read(answer.body) : refusal(answer);
        } catch (error) {
          return lost(error);
        }
      });
    } catch (error) {
      return lost(error);
    }
  }

  private send(
    method: string,
    path: string,
    sent: { key: string; body: unknown } | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Answer> {
    const timeout = AbortSignal.timeout(this.config.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    const payload = sent === undefined ? undefined : JSON.stringify(sent.body);
    const request = this.config.url.startsWith('https:') ? httpsRequest : httpRequest;
    return new Promise((resolve, reject) => {
      const headers = {
        authorization: `Bearer ${this.config.apiKey}`,
        ...(payload !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) }),
        ...(sent !== undefined && { 'idempotency-key': sent.key }),
      };
      const combined = signal === undefined ? timeout : AbortSignal.any([timeout, signal]);
      const call = request(
        new URL(path, this.config.url),
        { method, agent: this.agent, headers, signal: combined },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () => {
            try {
              resolve({ status: response.statusCode ?? 0, body: JSON.parse(Buffer.concat(chunks).toString('utf8')) });
            } catch {
              resolve({ status: response.statusCode ?? 0, body: undefined });
            }
          });
        },
      );
      call.on('error', reject);
      call.end(payload);
    });
  }
}

/**
 * Checks a message against the Standard Webhooks scheme: HMAC-SHA256 over `id.timestamp.body` with the decoded secret, any one of
 * several `v1` signatures, at most five minutes from `now` in either direction. Throws `unauthenticated`.
 */
export function verifyStandardWebhook(
  rawBody: string | Buffer,
  headers: WebhookHeaders,
  secret: string,
  now: Date,
): { id: string; body: unknown } {
  const refuse = (why: string) => new DomainError('unauthenticated', `The webhook was refused: ${why}`);
  const [id, timestamp, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => headers[name]);
  if (typeof id !== 'string' || typeof timestamp !== 'string' || typeof signatures !== 'string')
    throw refuse('it is not signed.');
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  if (key.length === 0) throw refuse('no secret is configured.');
  if (!/^\d{1,12}$/.test(timestamp)) throw refuse('its timestamp cannot be read.');
  if (Math.abs(now.getTime() - Number(timestamp) * 1000) > WEBHOOK_TOLERANCE_MS)
    throw refuse('its timestamp is too far from now.');
  const text = typeof rawBody === 'string' ? rawBody : rawBody.toString('utf8');
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.${text}`).digest();
  const matches = signatures.split(' ').some((part) => {
    const [version, value] = part.split(',');
    const given = Buffer.from(value ?? '', 'base64');
    return version === 'v1' && given.length === expected.length && timingSafeEqual(given, expected);
  });
  if (!matches) throw refuse('no signature fits.');
  try {
    return { id, body: JSON.parse(text) };
  } catch {
    throw refuse('it is not JSON.');
  }
}

/** The adapter for the parcel carrier. */
export function createParcelCarrier(config: CarrierConfig): Carrier {
  return new ParcelCarrier(config);
}
