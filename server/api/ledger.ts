import { z } from 'zod';
import { closePeriodInput, operateAccountInput } from '../domains/ledger/schema.ts';
import { listAccounts, readAccount } from '../views/accounts.ts';
import { balanceAt, balanceAtVersion, refuseFuture } from '../views/balances.ts';
import { entryKinds, listEntries, TRANSFER_PHASES } from '../views/entries.ts';
import { trialBalance } from '../views/trial-balance.ts';
import { keyed, submit } from './mutations.ts';
import { pageInput } from './page-input.ts';
import { procedure, router } from './trpc.ts';

const byId = z.object({ id: z.uuid() });
const version = z.int().min(0);
const period = { from: z.date().optional(), to: z.date().optional() };

/** The ledger: its accounts, their entries, what they held when, and whether both sides add up. */
export const ledgerRouter = router({
  trialBalance: procedure.input(z.object({ at: z.date().optional() }).optional()).query(({ ctx, input }) => {
    if (input?.at) refuseFuture(input.at, ctx.ctx().now);
    return trialBalance(ctx.pool, ctx.scope, input?.at);
  }),

  accounts: procedure
    .input(
      pageInput.extend({
        kind: z.string().max(60).optional(),
        currency: z.string().length(3).optional(),
        q: z.string().max(200).optional(),
      }),
    )
    .query(({ ctx, input }) => listAccounts(ctx.pool, ctx.scope, input)),

  account: procedure.input(byId).query(({ ctx, input }) => readAccount(ctx.pool, ctx.scope, input.id)),

  /** At a version, or at an instant. */
  balance: procedure
    .input(z.union([byId.extend({ version }), byId.extend({ at: z.date() })]))
    .query(({ ctx, input }) =>
      'at' in input
        ? balanceAt(ctx.pool, ctx.scope, input.id, input.at, ctx.ctx().now)
        : balanceAtVersion(ctx.pool, ctx.scope, input.id, BigInt(input.version)),
    ),

  entries: procedure
    .input(
      pageInput.extend({
        accountId: z.uuid(),
        kind: z.string().max(60).optional(),
        phase: z.enum(TRANSFER_PHASES).optional(),
        ...period,
      }),
    )
    .query(({ ctx, input }) => listEntries(ctx.pool, ctx.scope, input)),

  entryKinds: procedure.input(byId).query(({ ctx, input }) => entryKinds(ctx.pool, ctx.scope, input.id)),

  /** Freeze, unfreeze, close, or set the credit limit. */
  operate: procedure
    .input(keyed(operateAccountInput))
    .mutation(({ ctx, input }) => submit(ctx, input, ctx.app.flows.ledger.operateAccount)),

  closePeriod: procedure
    .input(keyed(closePeriodInput))
    .mutation(({ ctx, input }) => submit(ctx, input, ctx.app.flows.ledger.closePeriod)),
});
