import { z } from 'zod';
import { saveStockPolicyInput } from '../domains/purchasing/schema.ts';
import { listStockPolicies, previewStockPolicy, readStockPolicy } from '../views/stock-policies.ts';
import { yours } from './authorise.ts';
import { keyed, submit } from './mutations.ts';
import { procedure, router } from './trpc.ts';

/** How merchants look after their stock. */
export const stockPoliciesRouter = router({
  list: procedure.query(({ ctx }) => listStockPolicies(ctx.pool, ctx.scope)),

  /** What a policy would mean today. */
  preview: procedure
    .input(saveStockPolicyInput.pick({ merchantId: true, expiryWarningDays: true, countLimitUnits: true }))
    .query(async ({ ctx, input }) => {
      const today = ctx.ctx().now.toISOString().slice(0, 10);
      return yours(ctx.scope, await previewStockPolicy(ctx.pool, ctx.scope, { ...input, today }));
    }),

  get: procedure
    .input(z.object({ merchantId: z.uuid() }))
    .query(async ({ ctx, input }) => yours(ctx.scope, await readStockPolicy(ctx.pool, ctx.scope, input.merchantId))),

  save: procedure.input(keyed(saveStockPolicyInput)).mutation(({ ctx, input }) => {
    yours(ctx.scope, { merchantId: input.merchantId });
    return submit(ctx, input, ctx.app.flows.stockWork.savePolicy);
  }),
});
