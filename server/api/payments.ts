import { z } from 'zod';
import { recordPaymentInput } from '../flows/payments/record-payment.ts';
import { PAYMENT_STATES, REFUND_STATUSES } from '../kernel/vocabulary.ts';
import { listInDoubt, listPayments, readPayment } from '../views/payments.ts';
import { listRefunds } from '../views/refunds.ts';
import { keyed, own, submit } from './mutations.ts';
import { pageInput } from './page-input.ts';
import { procedure, router } from './trpc.ts';

/** Payments, those in doubt among them. */
export const paymentsRouter = router({
  list: procedure
    .input(pageInput.extend({ status: z.array(z.enum(PAYMENT_STATES)).max(PAYMENT_STATES.length).optional() }))
    .query(({ ctx, input }) => listPayments(ctx.pool, ctx.scope, input)),

  inDoubt: procedure.input(pageInput).query(({ ctx, input }) => listInDoubt(ctx.pool, ctx.scope, input)),

  get: procedure.input(z.object({ id: z.uuid() })).query(({ ctx, input }) => readPayment(ctx.pool, ctx.scope, input.id)),

  /** What a bank's statement says of money that no provider tells of. */
  record: procedure.input(keyed(recordPaymentInput)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'order', input.orderId);
    return submit(ctx, input, ctx.app.flows.recordPayment);
  }),
});

/** Money on its way back. */
export const refundsRouter = router({
  list: procedure
    .input(pageInput.extend({ status: z.array(z.enum(REFUND_STATUSES)).max(REFUND_STATUSES.length).optional() }))
    .query(({ ctx, input }) => listRefunds(ctx.pool, ctx.scope, input)),
});
