import { z } from 'zod';
import { savePolicyInput } from '../domains/policies/schema.ts';
import { returnTerms } from '../domains/returns/schema.ts';
import { listPolicyMerchants, readPolicies } from '../views/policies.ts';
import { yours } from './authorise.ts';
import { keyed, submit } from './mutations.ts';
import { procedure, router } from './trpc.ts';

const { terms: _terms, kind: _kind, ...about } = savePolicyInput.options[0].shape;
/** Every kind, and what is said about returns. */
const input = z.discriminatedUnion('kind', [
  ...savePolicyInput.options,
  z.object({ ...about, kind: z.literal('returns'), terms: returnTerms }),
]);

/** How a merchant does business: cancellations, refunds, when money is taken, second persons, returns. */
export const policiesRouter = router({
  merchants: procedure.query(({ ctx }) => listPolicyMerchants(ctx.pool, ctx.scope)),

  get: procedure
    .input(z.object({ merchantId: z.uuid() }))
    .query(({ ctx, input }) => readPolicies(ctx.pool, ctx.scope, input.merchantId, ctx.ctx().now)),

  save: procedure.input(keyed(input)).mutation(({ ctx, input: wish }) => {
    yours(ctx.scope, { merchantId: wish.merchantId });
    return submit(ctx, wish, ctx.app.flows.policies.save);
  }),
});
