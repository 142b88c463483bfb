import type pg from 'pg';
import * as disputes from '../../domains/disputes/service.ts';
import type { PaymentDispute } from '../../domains/payments/provider.ts';
import * as payments from '../../domains/payments/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { withTx } from '../../platform/db.ts';
import { forgetLocks } from '../../platform/locks.ts';
import type { Outside } from '../outside.ts';
import { lockWorld, orderOf, writeWorld } from '../world.ts';
import { settleDispute } from './settle-dispute.ts';

/**
 * What providers say of disputes. A message only says where to look: the provider is asked what is true of the payment now, outside any
 * transaction, and that is booked under the order's lock. Where a message was lost the provider's report, and a look at what is open, find it.
 */
export interface DisputeNews {
  /** Of payments of orders, by the providers' names for them. Returns those that are of an order. */
  read(paymentRefs: readonly string[], ctx: Ctx): Promise<ReadonlySet<string>>;
  /** Finds what nobody told of: by asking about what is open, and in the reports of late. Returns how many payments were looked at. */
  sweep(where: { readonly reports: boolean }, ctx: Ctx): Promise<number>;
}

interface Deps {
  readonly pool: pg.Pool;
  readonly outside: Outside;
  readonly clock: () => Date;
}

/** How far back the reports are read: a booking stands in one within a day or two. */
const REPORT_DAYS_MS = 3 * 86_400_000;
/** How long what is open may rest before it is asked about, should its message have been lost. */
const ASK_AFTER_MS = 6 * 60 * 60_000;
const SWEPT = 100;

export function createDisputeNews({ pool, outside, clock }: Deps): DisputeNews {
  const readOne = async (payment: payments.KnownPayment, ctx: Ctx): Promise<void> => {
    const provider = outside.payments.get(payment.provider);
    if (!provider) return;
    const askedAt = clock();
    const answer = await provider.disputes(payment.providerRef);
    if (answer.kind !== 'disputes') {
      if (answer.kind === 'failed' && answer.code === 'not_supported') return;
      throw new Error(`The provider did not say what is disputed: ${'reason' in answer ? answer.reason : answer.message}`);
    }
    if (answer.disputes.length > 0) await settle(pool, payment, answer.disputes, askedAt, ctx);
  };
  return {
    async read(paymentRefs, ctx) {
      const known = await payments.paymentsByRef(pool, paymentRefs);
      for (const payment of known) await readOne(payment, ctx);
      return new Set(known.map(({ providerRef }) => providerRef));
    },
    async sweep({ reports }, ctx) {
      const reported = reports ? await disputedOf(outside, ctx.now) : [];
      const open = await disputes.paymentsToAsk(pool, new Date(ctx.now.getTime() - ASK_AFTER_MS), SWEPT);
      const unseen = await payments.undisputedByRef(pool, reported);
      const asked = await payments.paymentsById(pool, open);
      const looked = await Promise.allSettled([...unseen, ...asked].map((payment) => readOne(payment, ctx)));
      return looked.length;
    },
  };
}

/** Payments of which the reports of late book a dispute. A report that cannot be had is read the next time. */
async function disputedOf(outside: Outside, now: Date): Promise<string[]> {
  const from = new Date(now.getTime() - REPORT_DAYS_MS);
  const answers = await Promise.all([...outside.payments.values()].map((provider) => provider.report(from, now)));
  const booked = answers.flatMap((answer) => (answer.kind === 'report' ? answer.bookings : []));
  return [...new Set(booked.flatMap(({ type, paymentRef }) => (type === 'dispute' && paymentRef ? [paymentRef] : [])))];
}

function settle(
  pool: pg.Pool,
  { id, orderId }: payments.KnownPayment,
  said: readonly PaymentDispute[],
  askedAt: Date,
  ctx: Ctx,
): Promise<void> {
  return withTx(pool, async (tx) => {
    forgetLocks(tx);
    const numbers = { dispute: said.length, refund: said.length };
    const world = await lockWorld(tx, { orderIds: [orderId], disputesOf: new Set([orderId]), ledger: true, numbers }, ctx);
    const order = orderOf(world, orderId);
    const payment = payments.ofOrder(world.payments, orderId).find((one) => one.id === id);
    if (!payment) throw new Error(`Payment ${id} is not of order ${orderId}`);
    for (const one of said) settleDispute(world, order, payment, one, askedAt, ctx);
    await writeWorld(tx, world);
  });
}
