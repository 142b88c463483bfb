import type Stripe from 'stripe';
import type { Report, ReportedBooking } from './provider.ts';
import { fromStripeAmount } from './stripe-amounts.ts';

/**
 * What moved between the account and its owner, or was charged for the account itself, is no payment of anybody's. Bookings of cards and
 * those of debits have types of their own (https://docs.stripe.com/reports/balance-transaction-types).
 */
const TYPES: Readonly<Record<'cards' | 'debits', Readonly<Record<string, ReportedBooking['type']>>>> = {
  cards: { charge: 'charge', refund: 'refund', adjustment: 'dispute' },
  debits: { payment: 'charge', payment_refund: 'refund', payment_failure_refund: 'refund' },
};

/** Reads Stripe's balance transactions of a period: https://docs.stripe.com/api/balance_transactions/list. */
export async function readReport(stripe: Stripe, from: Date, to: Date, of: keyof typeof TYPES = 'cards'): Promise<Report> {
  const created = { gte: Math.floor(from.getTime() / 1000), lt: Math.ceil(to.getTime() / 1000) };
  const bookings: ReportedBooking[] = [];
  for await (const txn of stripe.balanceTransactions.list({ created, limit: 100, expand: ['data.source'] })) {
    const type = TYPES[of][txn.type];
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
