import { z } from 'zod';
import { decideApprovalInput } from '../domains/approvals/schema.ts';
import { APPROVAL_STATUSES, countPendingApprovals, listApprovals } from '../views/approvals.ts';
import { keyed, own, submit } from './mutations.ts';
import { pageInput } from './page-input.ts';
import { procedure, router } from './trpc.ts';

/** The inbox of those who approve. */
export const approvalsRouter = router({
  list: procedure
    .input(pageInput.extend({ status: z.enum(APPROVAL_STATUSES).default('pending') }))
    .query(({ ctx, input }) => listApprovals(ctx.pool, ctx.scope, input)),

  count: procedure.query(({ ctx }) => countPendingApprovals(ctx.pool, ctx.scope)),

  decide: procedure.input(keyed(decideApprovalInput)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'approval', input.approvalId);
    return submit(ctx, input, ctx.app.flows.decideApproval);
  }),
});
