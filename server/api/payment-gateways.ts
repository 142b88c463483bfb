import { setPaymentGatewaysInput } from '../flows/set-payment-gateways.ts';
import { listGateways, listMerchantGateways } from '../views/payment-gateways.ts';
import { yours } from './authorise.ts';
import { keyed, submit } from './mutations.ts';
import { procedure, router } from './trpc.ts';

/** Which gateways take whose payments, and how each of them does. */
export const paymentGatewaysRouter = router({
  list: procedure.query(async ({ ctx }) => ({
    gateways: await listGateways(ctx.pool, ctx.app.gateways, ctx.ctx().now),
    merchants: await listMerchantGateways(ctx.pool, ctx.scope),
  })),
  set: procedure.input(keyed(setPaymentGatewaysInput)).mutation(({ ctx, input }) => {
    yours(ctx.scope, { merchantId: input.merchantId });
    return submit(ctx, input, ctx.app.flows.setPaymentGateways);
  }),
});
