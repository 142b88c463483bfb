import { z } from 'zod';
import { saveGlAccountInput } from '../domains/gl/schema.ts';
import { listGlAccounts } from '../views/gl/mappings.ts';
import { checkPeriod, readGlTotals } from '../views/gl/postings.ts';
import { yours } from './authorise.ts';
import { keyed, namingWho, submit } from './mutations.ts';
import { procedure, router } from './trpc.ts';

const day = z.string().max(10);

/** The accountant's books: how our accounts are called there, and what a period adds up to. The file is /api/exports/general-ledger.csv. */
export const glRouter = router({
  accounts: procedure.input(z.object({ merchantId: z.uuid().nullable() })).query(({ ctx, input }) => {
    if (input.merchantId !== null) yours(ctx.scope, { merchantId: input.merchantId });
    return listGlAccounts(ctx.pool, input.merchantId);
  }),

  totals: procedure
    .input(z.object({ from: day, to: day, currency: z.string().length(3).nullable(), merchantId: z.uuid().nullable() }))
    .query(({ ctx, input }) => {
      checkPeriod(input);
      if (input.merchantId !== null) yours(ctx.scope, { merchantId: input.merchantId });
      return readGlTotals(ctx.pool, ctx.scope, { ...input, currency: input.currency ?? undefined });
    }),

  save: procedure.input(keyed(saveGlAccountInput)).mutation(({ ctx, input }) => {
    // What holds for everybody is not a merchant's to say.
    yours(ctx.scope, { merchantId: input.merchantId });
    return namingWho(ctx, submit(ctx, input, ctx.app.flows.saveGlAccount));
  }),
});
