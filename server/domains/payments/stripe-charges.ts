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
