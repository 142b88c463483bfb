import type Stripe from 'stripe';
import type { Report, ReportedBooking } from './provider.ts';
import { fromStripeAmount } from './stripe-amounts.ts';

/** What moved between the account and its owner, or was charged for the account itself, is no payment of anybody's. */
const TYPES: Readonly<Record<string, ReportedBooking['type']>> = {
  charge: 'charge',
  payment: 'charge',
  refund: 'refund',
  payment_refund: 'refund',
  adjustment: 'dispute',
};

/** Reads Stripe's balance transactions of a period: https://docs.stripe.com/api/balance_transactions/list. */
export async function readReport(stripe: Stripe, from: Date, to: Date): Promise<Report> {
  const created = { gte: Math.floor(from.getTime() / 1000), lt: Math.ceil(to.getTime() / 1000) };
  const bookings: ReportedBooking[] = [];
  for await (const txn of stripe.balanceTransactions.list({ created, limit: 100, expand: ['data.source'] })) {
    const type = TYPES[txn.type];
    if (type === undefined) continue;
    const currency = txn.currency.toUpperCase();
    bookings.push({
      externalId: txn.id,
      type,
      paymentRef: paymentOf(txn.source),
      amountMinor: fromStripeAmount(txn.amount, currency),
      feeMinor: fromStripeAmount(txn.fee, currency),
      currency,
      at: new Date(txn.created * 1000),
    });
  }
  return { kind: 'report', bookings };
}

function paymentOf(source: Stripe.BalanceTransaction['source']): string | null {
  if (source === null || typeof source === 'string' || !('payment_intent' in source)) return null;
  const intent = source.payment_intent;
  return typeof intent === 'string' ? intent : (intent?.id ?? null);
}
