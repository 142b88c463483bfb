import { z } from 'zod';
import { saveStockPolicyInput } from '../domains/purchasing/schema.ts';
import { readStockPolicy } from '../views/stock-policies.ts';
import { yours } from './authorise.ts';
import { keyed, submit } from './mutations.ts';
import { procedure, router } from './trpc.ts';

/** How merchants look after their stock. */
export const stockPoliciesRouter = router({
  get: procedure
    .input(z.object({ merchantId: z.uuid() }))
    .query(async ({ ctx, input }) => yours(ctx.scope, await readStockPolicy(ctx.pool, ctx.scope, input.merchantId))),

  save: procedure.input(keyed(saveStockPolicyInput)).mutation(({ ctx, input }) => {
    yours(ctx.scope, { merchantId: input.merchantId });
    return submit(ctx, input, ctx.app.flows.stockWork.savePolicy);
  }),
});
