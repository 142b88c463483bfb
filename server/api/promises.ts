import { z } from 'zod';
import { setChannelInput, setSafetyInput } from '../domains/inventory/schema.ts';
import { DomainError } from '../kernel/errors.ts';
import { readAvailability } from '../views/availability.ts';
import { readPromiseHolders } from '../views/shortages.ts';
import { keyed, own, submit } from './mutations.ts';
import { procedure, router } from './trpc.ts';

/** What may be promised of a SKU, to whom and when, and what decides it. */
export const promisesRouter = router({
  get: procedure
    .input(z.object({ code: z.string().min(1).max(200), merchantId: z.uuid().optional() }))
    .query(async ({ ctx, input }) => {
      const asked = { region: ctx.app.settings.region, codes: [input.code], merchantId: input.merchantId };
      const [found] = await readAvailability(ctx.pool, ctx.scope, asked);
      if (!found) throw new DomainError('not_found', `There is no SKU ${input.code}.`);
      return found;
    }),

  /** The orders and carts that hold what is promised of a SKU: whom a shortage may hit. */
  holders: procedure
    .input(z.object({ skuId: z.uuid() }))
    .query(({ ctx, input }) => readPromiseHolders(ctx.pool, ctx.scope, input.skuId)),

  setSafety: procedure.input(keyed(setSafetyInput)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'sku', input.skuId);
    await own(ctx, 'node', input.nodeId);
    return submit(ctx, input, ctx.app.flows.setSafety);
  }),

  setChannel: procedure.input(keyed(setChannelInput)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'sku', input.skuId);
    return submit(ctx, input, ctx.app.flows.setChannel);
  }),
});
