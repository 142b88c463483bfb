import type Stripe from 'stripe';
import type { ChargeInput, ProviderOutcome } from './provider.ts';
import { fromStripeAmount } from './stripe-amounts.ts';

/** Money that is taken at once. `authorized` reads an intent as an authorization is read. */
export async function createCharge(
  stripe: Stripe,
  input: ChargeInput,
  amount: number,
  authorized: (intent: Stripe.PaymentIntent) => ProviderOutcome,
): Promise<ProviderOutcome> {
  const intent = await stripe.paymentIntents.create(
    {
      amount,
      currency: input.currency.toLowerCase(),
      capture_method: 'automatic',
      confirm: true,
      payment_method: input.token,
      allowed_payment_method_types: ['card'],
      metadata: { operation_id: input.operationId, top_up_id: input.operationId },
      expand: ['latest_charge.balance_transaction'],
      ...(input.returnUrl !== undefined && { return_url: input.returnUrl }),
      ...(input.description !== undefined && { description: input.description }),
    },
    { idempotencyKey: input.operationId },
  );
  return chargeOutcome(intent, authorized);
}

/** As an authorization's outcome, but only what was really taken has succeeded. */
export function chargeOutcome(
  intent: Stripe.PaymentIntent,
  authorized: (intent: Stripe.PaymentIntent) => ProviderOutcome,
): ProviderOutcome {
  const outcome = authorized(intent);
  if (outcome.kind !== 'succeeded') return outcome;
  if (intent.status !== 'succeeded') return { kind: 'unknown', reason: `The payment is ${intent.status} at the provider.` };
  const currency = intent.currency.toUpperCase();
  const charge = typeof intent.latest_charge === 'object' ? intent.latest_charge : null;
  const txn = charge?.balance_transaction;
  const feeMinor = typeof txn === 'object' && txn !== null ? fromStripeAmount(txn.fee, currency) : 0n;
  return { ...outcome, amountMinor: fromStripeAmount(intent.amount_received, currency), feeMinor };
}

/** What a refund came to: some banks say so days later. */
export function refundOutcome(refund: Stripe.Refund): ProviderOutcome {
  const response = { id: refund.id, status: refund.status, amount: refund.amount };
  switch (refund.status) {
    case 'succeeded': {
      const amountMinor = fromStripeAmount(refund.amount, refund.currency.toUpperCase());
      return { kind: 'succeeded', providerRef: refund.id, amountMinor, feeMinor: 0n, response };
    }
    case 'failed':
    case 'canceled': {
      const code = refund.failure_reason ?? `refund_${refund.status}`;
      return { kind: 'failed', code, message: 'The refund failed at the provider.', providerRef: refund.id, response };
    }
    case 'pending':
    case 'requires_action':
      return { kind: 'pending', providerRef: refund.id, response };
    default:
      return { kind: 'unknown', reason: `The refund is ${refund.status ?? 'without a status'} at the provider.` };
  }
}
