import { z } from 'zod';
import { savePolicyInput } from '../domains/policies/schema.ts';
import { listPolicyMerchants, readPolicies } from '../views/policies.ts';
import { yours } from './authorise.ts';
import { keyed, submit } from './mutations.ts';
import { procedure, router } from './trpc.ts';

/** How a merchant does business: cancellations, refunds, when money is taken, second persons, returns. */
export const policiesRouter = router({
  merchants: procedure.query(({ ctx }) => listPolicyMerchants(ctx.pool, ctx.scope)),

  get: procedure
    .input(z.object({ merchantId: z.uuid() }))
    .query(({ ctx, input }) => readPolicies(ctx.pool, ctx.scope, input.merchantId, ctx.ctx().now)),

  save: procedure.input(keyed(savePolicyInput)).mutation(({ ctx, input }) => {
    yours(ctx.scope, { merchantId: input.merchantId });
    return submit(ctx, input, ctx.app.flows.policies.save);
  }),
});
