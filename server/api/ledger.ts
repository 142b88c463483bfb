import { z } from 'zod';
import { listAccounts, listEntries, readAccount, trialBalance } from '../views/accounts.ts';
import { pageInput } from './page-input.ts';
import { procedure, router } from './trpc.ts';

/** The ledger: its accounts, their entries, and whether both sides add up. */
export const ledgerRouter = router({
  trialBalance: procedure.query(({ ctx }) => trialBalance(ctx.pool, ctx.scope)),

  accounts: procedure
    .input(
      pageInput.extend({
        kind: z.string().max(60).optional(),
        currency: z.string().length(3).optional(),
        q: z.string().max(200).optional(),
      }),
    )
    .query(({ ctx, input }) => listAccounts(ctx.pool, ctx.scope, input)),

  account: procedure.input(z.object({ id: z.uuid() })).query(({ ctx, input }) => readAccount(ctx.pool, ctx.scope, input.id)),

  entries: procedure
    .input(pageInput.extend({ accountId: z.uuid() }))
    .query(({ ctx, input }) => listEntries(ctx.pool, ctx.scope, input)),
});
