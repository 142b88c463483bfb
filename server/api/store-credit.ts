import { z } from 'zod';
import { changeStoreCreditInput, issueStoreCreditInput } from '../domains/store-credit/schema.ts';
import { DomainError } from '../kernel/errors.ts';
import { readTenderEntries } from '../views/gift-cards.ts';
import { isCustomerOf } from '../views/owners.ts';
import { listStoreCredit, readStoreCredit } from '../views/store-credit.ts';
import { yours } from './authorise.ts';
import { keyed, own, submit } from './mutations.ts';
import { pageInput } from './page-input.ts';
import { procedure, router } from './trpc.ts';

/** Store credit: what merchants owe a customer. */
export const storeCreditRouter = router({
  list: procedure
    .input(pageInput.extend({ customerId: z.uuid().optional() }))
    .query(({ ctx, input }) => listStoreCredit(ctx.pool, ctx.scope, input)),

  get: procedure.input(z.object({ id: z.uuid() })).query(async ({ ctx, input }) => {
    const credit = await readStoreCredit(ctx.pool, ctx.scope, input.id);
    return { credit, entries: await readTenderEntries(ctx.pool, credit.id) };
  }),

  issue: procedure.input(keyed(issueStoreCreditInput)).mutation(async ({ ctx, input }) => {
    yours(ctx.scope, { merchantId: input.merchantId, customerId: null });
    if (!(await isCustomerOf(ctx.pool, input.customerId, ctx.scope.merchantId)))
      throw new DomainError('not_found', 'There is no such customer.');
    return submit(ctx, input, ctx.app.flows.issueStoreCredit);
  }),

  change: procedure.input(keyed(changeStoreCreditInput)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'storeCredit', input.storeCreditId);
    return submit(ctx, input, ctx.app.flows.changeStoreCredit);
  }),
});
