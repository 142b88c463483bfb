import type Stripe from 'stripe';
import type { ChargeInput, Disputes, PaymentDispute, ProviderOutcome } from './provider.ts';
import { fromStripeAmount } from './stripe-amounts.ts';

/** Money that is taken at once, and what is taken back of it. `authorized` reads an intent as an authorization is read. */
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

const STATUS: Readonly<Partial<Record<Stripe.Dispute.Status, PaymentDispute['status']>>> = { won: 'won', lost: 'lost' };

/** What was taken back of a payment, with what that cost. */
export async function readDisputes(stripe: Stripe, paymentRef: string): Promise<Disputes> {
  const disputes: PaymentDispute[] = [];
  for await (const dispute of stripe.disputes.list({ payment_intent: paymentRef, limit: 100 })) {
    const currency = dispute.currency.toUpperCase();
    const { data } = await stripe.balanceTransactions.list({ source: dispute.id, limit: 100 });
    // A dispute that is won brings its fee back: what it cost at first is the largest of its bookings.
    const fee = data.reduce((most, txn) => Math.max(most, txn.fee), 0);
    disputes.push({
      ref: dispute.id,
      paymentRef,
      amountMinor: fromStripeAmount(dispute.amount, currency),
      feeMinor: fromStripeAmount(fee, currency),
      currency,
      status: STATUS[dispute.status] ?? 'open',
    });
  }
  return { kind: 'disputes', disputes };
}
