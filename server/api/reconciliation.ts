import { z } from 'zod';
import {
  ITEM_KINDS,
  ITEM_STATUSES,
  RECONCILED,
  resolveDifferenceInput,
  startReconciliationInput,
} from '../domains/reconciliation/schema.ts';
import { DomainError } from '../kernel/errors.ts';
import { countDifferences, listReconciliation, listReconciliationRuns, readReconciliationItem } from '../views/reconciliation.ts';
import type { Scope } from './authorise.ts';
import { keyed, submit } from './mutations.ts';
import { pageInput } from './page-input.ts';
import { procedure as anyProcedure, router } from './trpc.ts';

/** The provider's account is the platform's, and has every merchant's money in it: a merchant's own staff see none of it. */
const procedure = anyProcedure.use(({ ctx, next }) => {
  refuseMerchants(ctx.scope);
  return next();
});

function refuseMerchants({ merchantId }: Scope): void {
  if (merchantId !== null) throw new DomainError('not_found', 'Only the platform reconciles its accounts.');
}

/** What providers report, beside the books. */
export const reconciliationRouter = router({
  list: procedure
    .input(
      pageInput.extend({
        status: z.array(z.enum(ITEM_STATUSES)).max(ITEM_STATUSES.length).optional(),
        kind: z.array(z.enum(ITEM_KINDS)).max(ITEM_KINDS.length).optional(),
        provider: z.enum(RECONCILED).optional(),
        runId: z.uuid().optional(),
        q: z.string().trim().max(100).optional(),
      }),
    )
    .query(({ ctx, input }) => listReconciliation(ctx.pool, input)),

  item: procedure.input(z.object({ id: z.string() })).query(({ ctx, input }) => readReconciliationItem(ctx.pool, input.id)),

  count: procedure.query(({ ctx }) => countDifferences(ctx.pool)),

  runs: procedure.input(pageInput).query(({ ctx, input }) => listReconciliationRuns(ctx.pool, input)),

  start: procedure
    .input(keyed(startReconciliationInput))
    .mutation(({ ctx, input }) => submit(ctx, input, ctx.app.flows.reconciliation.start)),

  resolve: procedure
    .input(keyed(resolveDifferenceInput))
    .mutation(({ ctx, input }) => submit(ctx, input, ctx.app.flows.reconciliation.resolve)),
});
