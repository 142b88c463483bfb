import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { DomainError } from '../../kernel/errors.ts';
import { DISPUTE_EVENTS } from './adyen-disputes.ts';
import type { JsonObject, PaymentWebhook, WebhookHeaders } from './provider.ts';

/**
 * Adyen's standard notifications: https://docs.adyen.com/development-resources/webhooks/verify-hmac-signatures. The signature is over the
 * values of eight fields of an item, not over the bytes and not over a time. So nothing else of an item is believed; a delivery that comes
 * again is the same event by what was signed; and whoever delivers has to know the endpoint's password as well.
 */
export interface AdyenWebhookConfig {
  readonly merchantAccount: string;
  /** Hexadecimal, as the Customer Area shows it. */
  readonly hmacKey: string;
  readonly webhookUser: string;
  readonly webhookPassword: string;
}

const item = z.object({
  additionalData: z.object({
    hmacSignature: z.string(),
    cardSummary: z.string().optional(),
    defensePeriodEndsAt: z.string().optional(),
  }),
  amount: z.object({ currency: z.string().regex(/^[A-Z]{3}$/), value: z.int() }),
  eventCode: z.string(),
  eventDate: z.string(),
  merchantAccountCode: z.string(),
  merchantReference: z.string().default(''),
  originalReference: z.string().nullish(),
  paymentMethod: z.string().optional(),
  pspReference: z.string(),
  reason: z.string().nullish(),
  success: z.enum(['true', 'false']),
});
type Item = z.infer<typeof item>;
const notification = z.object({
  notificationItems: z
    .array(z.object({ NotificationRequestItem: item }))
    .min(1)
    .max(100),
});

const REFUNDS: ReadonlySet<string> = new Set(['REFUND', 'REFUND_FAILED', 'REFUNDED_REVERSED']);
const DISPUTES: ReadonlySet<string> = new Set(DISPUTE_EVENTS);

const refuse = (why: string): DomainError => new DomainError('unauthenticated', `The webhook's signature was refused: ${why}`);

/** What the signature is over. */
function signedOf(said: Item): string {
  const { pspReference, originalReference, merchantAccountCode, merchantReference, amount, eventCode, success } = said;
  const values = [pspReference, originalReference ?? '', merchantAccountCode, merchantReference, amount.value, amount.currency];
  return [...values, eventCode, success].join(':');
}

const same = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b);

/** Our id as Adyen knows it: hyphens separate several references of one payment there. */
export const referenceOf = (operationId: string): string => operationId.replaceAll('-', '');

/** The attempt that a reference names; null where it is none of ours. */
function operationOf(reference: string): string | null {
  const parts = /^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/.exec(reference);
  return parts ? parts.slice(1).join('-') : null;
}

function describe(said: Item): PaymentWebhook {
  const { pspReference, originalReference, merchantReference, eventCode, success, amount, reason, paymentMethod } = said;
  const original = originalReference || null;
  const occurredAt = new Date(said.eventDate);
  const payload: JsonObject = {
    eventCode,
    success,
    value: amount.value,
    currency: amount.currency,
    pspReference,
    originalReference: original,
    reason: reason?.slice(0, 200) ?? null,
    brand: paymentMethod ?? null,
    last4: said.additionalData.cardSummary ?? null,
    at: said.eventDate,
    // Not signed: until when an answer may be given is for people to read, and decides nothing.
    dueAt: said.additionalData.defensePeriodEndsAt ?? null,
  };
  return {
    // It has no id: a repeat has the same reference, event and outcome.
    id: `${pspReference}:${eventCode}:${success}`,
    topic: eventCode,
    occurredAt: Number.isNaN(occurredAt.getTime()) ? new Date() : occurredAt,
    paymentRef: original ?? pspReference,
    refundRef: REFUNDS.has(eventCode) ? pspReference : null,
    disputeRef: DISPUTES.has(eventCode) ? pspReference : null,
    // Only the attempt is named by what is signed.
    orderId: null,
    paymentId: null,
    operationId: operationOf(merchantReference),
    payload,
  };
}

/** Checks the endpoint's password and each item's signature, and reads the items. Throws `unauthenticated`. */
export function verifyAdyenWebhook(
  config: AdyenWebhookConfig,
  rawBody: string | Buffer,
  headers: WebhookHeaders,
): readonly PaymentWebhook[] {
  const expected = Buffer.from(`Basic ${Buffer.from(`${config.webhookUser}:${config.webhookPassword}`).toString('base64')}`);
  const given = headers.authorization;
  if (typeof given !== 'string' || !same(Buffer.from(given), expected)) throw refuse('the endpoint’s password is wrong.');
  let body: unknown;
  try {
    body = JSON.parse(String(rawBody));
  } catch {
    throw refuse('the body is no JSON.');
  }
  const parsed = notification.safeParse(body);
  if (!parsed.success) throw refuse('the body is no notification.');
  const key = Buffer.from(config.hmacKey, 'hex');
  return parsed.data.notificationItems.map(({ NotificationRequestItem: said }) => {
    const signature = createHmac('sha256', key).update(signedOf(said), 'utf8').digest();
    if (!same(Buffer.from(said.additionalData.hmacSignature, 'base64'), signature))
      throw refuse('an item is not as it was signed.');
    if (said.merchantAccountCode !== config.merchantAccount) throw refuse('it is for another merchant account.');
    return describe(said);
  });
}
