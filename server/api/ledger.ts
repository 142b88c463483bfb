import { z } from 'zod';
import { closePeriodInput, operateAccountInput, proposeAdjustmentInput, proposeReversalInput } from '../domains/ledger/schema.ts';
import { readSnapshot } from '../platform/read-snapshot.ts';
import { accountDays, DAYS_MAX } from '../views/account-days.ts';
import { listAccounts, readAccount } from '../views/accounts.ts';
import { balanceAt, balanceAtVersion, dayEnd } from '../views/balances.ts';
import { readClosedBooks } from '../views/closed-periods.ts';
import { entryKinds, listEntries, TRANSFER_PHASES } from '../views/entries.ts';
import { countHolds, HOLD_VIEWS, listHolds } from '../views/holds.ts';
import { readJournal, readTransfer } from '../views/transfers.ts';
import { trialBalance } from '../views/trial-balance.ts';
import { keyed, submit } from './mutations.ts';
import { pageInput, timeZone } from './page-input.ts';
import { procedure, router } from './trpc.ts';

const byId = z.object({ id: z.uuid() });
const day = { day: z.iso.date(), timeZone };
const period = { from: z.date().optional(), to: z.date().optional() };

/** The ledger: its accounts, their entries, what they held when, and whether both sides add up. */
export const ledgerRouter = router({
  /** Now, or at the end of a day. */
  trialBalance: procedure
    .input(z.object(day).partial().optional())
    .query(async ({ ctx, input }) =>
      trialBalance(
        ctx.pool,
        ctx.scope,
        input?.day ? await dayEnd(ctx.pool, input.day, input.timeZone ?? 'UTC', ctx.ctx().now) : null,
      ),
    ),

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

  /** After a version, at an instant, or at the end of a day. */
  balance: procedure
    .input(z.union([byId.extend({ version: z.int().min(0) }), byId.extend({ at: z.date() }), byId.extend(day)]))
    .query(async ({ ctx, input }) => {
      if ('version' in input) return balanceAtVersion(ctx.pool, ctx.scope, input.id, BigInt(input.version));
      const { now } = ctx.ctx();
      const at = 'at' in input ? input.at : await dayEnd(ctx.pool, input.day, input.timeZone, now);
      return balanceAt(ctx.pool, ctx.scope, input.id, at, now);
    }),

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

  /** Its balance at the end of each day. */
  days: procedure
    .input(byId.extend({ days: z.int().min(2).max(DAYS_MAX), timeZone }))
    .query(({ ctx, input: { id, days, timeZone } }) =>
      accountDays(ctx.pool, ctx.scope, id, { days, timeZone, now: ctx.ctx().now }),
    ),

  transfer: procedure
    .input(byId)
    .query(({ ctx, input }) => readSnapshot(ctx.app.pool, (tx) => readTransfer(tx, ctx.scope, input.id))),

  journal: procedure
    .input(byId)
    .query(({ ctx, input }) => readSnapshot(ctx.app.pool, (tx) => readJournal(tx, ctx.scope, input.id))),

  holds: procedure
    .input(pageInput.extend({ accountId: z.uuid().optional(), view: z.enum(HOLD_VIEWS).optional() }))
    .query(({ ctx, input }) => listHolds(ctx.pool, ctx.scope, input)),

  countHolds: procedure
    .input(z.object({ accountId: z.uuid().optional(), view: z.enum(HOLD_VIEWS).optional() }))
    .query(({ ctx, input }) => countHolds(ctx.pool, ctx.scope, input)),

  entryKinds: procedure.input(byId).query(({ ctx, input }) => entryKinds(ctx.pool, ctx.scope, input.id)),

  /** Freeze, unfreeze, close, or set the credit limit. */
  operate: procedure
    .input(keyed(operateAccountInput))
    .mutation(({ ctx, input }) => submit(ctx, input, ctx.app.flows.ledger.operateAccount)),

  /** Asks a second person to move an amount between two accounts. */
  proposeAdjustment: procedure.input(keyed(proposeAdjustmentInput)).mutation(async ({ ctx, input }) => {
    for (const id of [input.debitAccountId, input.creditAccountId]) await readAccount(ctx.pool, ctx.scope, id);
    return submit(ctx, input, ctx.app.flows.ledger.proposeAdjustment);
  }),

  /** Asks a second person to take a transfer back. */
  proposeReversal: procedure.input(keyed(proposeReversalInput)).mutation(async ({ ctx, input }) => {
    await readSnapshot(ctx.app.pool, (tx) => readTransfer(tx, ctx.scope, input.transferId));
    return submit(ctx, input, ctx.app.flows.ledger.proposeReversal);
  }),

  /** Until when the books are closed. */
  closed: procedure.query(({ ctx }) => readClosedBooks(ctx.pool)),

  closePeriod: procedure
    .input(keyed(closePeriodInput))
    .mutation(({ ctx, input }) => submit(ctx, input, ctx.app.flows.ledger.closePeriod)),
});
