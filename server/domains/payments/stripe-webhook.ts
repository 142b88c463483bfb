import type Stripe from 'stripe';
import { DomainError } from '../../kernel/errors.ts';
import type { PaymentWebhook, WebhookHeaders } from './provider.ts';

const WEBHOOK_TOLERANCE_SECONDS = 300;

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const idOf = (value: unknown): string | null => {
  if (typeof value === 'object' && value !== null && 'id' in value) return text(value.id);
  return text(value);
};

/** Reads the ids and the state out of a signed event, and nothing personal. */
function describe(event: Stripe.Event): PaymentWebhook {
  const object: Record<string, unknown> = { ...event.data.object };
  const metadata: Record<string, unknown> = { ...(typeof object.metadata === 'object' ? object.metadata : {}) };
  const isIntent = object.object === 'payment_intent';
  const number = (key: string) => (typeof object[key] === 'number' ? object[key] : null);
  return {
    id: event.id,
    topic: event.type,
    occurredAt: new Date(event.created * 1000),
    paymentRef: isIntent ? idOf(object.id) : idOf(object.payment_intent),
    refundRef: object.object === 'refund' ? idOf(object.id) : null,
    disputeRef: object.object === 'dispute' ? idOf(object.id) : null,
    orderId: text(metadata.order_id),
    paymentId: text(metadata.payment_id),
    operationId: text(metadata.operation_id),
    payload: {
      id: event.id,
      type: event.type,
      created: event.created,
      object: { id: idOf(object.id), object: text(object.object), status: text(object.status), amount: number('amount') },
      payment_intent: isIntent ? idOf(object.id) : idOf(object.payment_intent),
      order_id: text(metadata.order_id),
      payment_id: text(metadata.payment_id),
      operation_id: text(metadata.operation_id),
    },
  };
}

/** Checks `Stripe-Signature` and its time against `now`, and reads the event. Throws `unauthenticated`. */
export function verifyStripeWebhook(
  stripe: Stripe,
  secret: string,
  rawBody: string | Buffer,
  headers: WebhookHeaders,
  now: Date,
): PaymentWebhook {
  const signature = headers['stripe-signature'];
  if (typeof signature !== 'string') throw new DomainError('unauthenticated', 'The webhook is not signed.');
  let event: Stripe.Event;
  try {
    const at = Math.floor(now.getTime() / 1000);
    const sentAt = Number(/(?:^|,)t=(\d+)/.exec(signature)?.[1] ?? Number.NaN);
    // The SDK refuses what is too old; what claims to come from the future is refused here.
    if (!(sentAt <= at + WEBHOOK_TOLERANCE_SECONDS)) throw new Error('The timestamp is in the future.');
    event = stripe.webhooks.constructEvent(rawBody, signature, secret, WEBHOOK_TOLERANCE_SECONDS, undefined, at * 1000);
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n')[0] : 'unreadable';
    throw new DomainError('unauthenticated', `The webhook's signature was refused: ${why}`);
  }
  return describe(event);
}
