import { saveShippingMethodInput } from '../domains/shipping/schema.ts';
import { listShippingMethods, listTaxRates } from '../views/shipping-methods.ts';
import { yours } from './authorise.ts';
import { keyed, namingWho, submit } from './mutations.ts';
import { procedure, router } from './trpc.ts';

/** How goods are sent and what tax they bear. */
export const shippingMethodsRouter = router({
  list: procedure.query(({ ctx }) => listShippingMethods(ctx.pool, ctx.scope)),
  taxRates: procedure.query(({ ctx }) => listTaxRates(ctx.pool, ctx.scope)),
  save: procedure.input(keyed(saveShippingMethodInput)).mutation(({ ctx, input }) => {
    yours(ctx.scope, { merchantId: input.merchantId });
    return namingWho(ctx, submit(ctx, input, ctx.app.flows.saveShippingMethod));
  }),
});
