import { z } from 'zod';
import { dayOf } from '../domains/backorders/rules.ts';
import { setBackorderPolicyInput } from '../domains/backorders/schema.ts';
import { listBackorders, readPolicies, summarizeBackorders } from '../views/backorders.ts';
import { keyed, own, submit } from './mutations.ts';
import { pageInput } from './page-input.ts';
import { procedure, router } from './trpc.ts';

/** Units that were sold before they were here: what waits, and what may be sold so. */
export const backordersRouter = router({
  list: procedure
    .input(
      pageInput.extend({
        q: z.string().max(100).optional(),
        kind: z.enum(['backorder', 'preorder']).optional(),
        overdue: z.boolean().optional(),
      }),
    )
    .query(({ ctx, input }) => listBackorders(ctx.pool, ctx.scope, input, dayOf(ctx.ctx().now))),

  bySku: procedure.query(({ ctx }) => summarizeBackorders(ctx.pool, ctx.scope, dayOf(ctx.ctx().now))),

  policy: procedure.input(z.object({ skuId: z.uuid() })).query(async ({ ctx, input }) => {
    await own(ctx, 'sku', input.skuId);
    return readPolicies(ctx.pool, input.skuId);
  }),

  setPolicy: procedure.input(keyed(setBackorderPolicyInput)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'sku', input.skuId);
    return submit(ctx, input, ctx.app.flows.setBackorderPolicy);
  }),
});
