import { z } from 'zod';
import { APPROVAL_STATUSES, countPendingApprovals, listApprovals } from '../views/approvals.ts';
import { pageInput } from './page-input.ts';
import { procedure, router } from './trpc.ts';

/** The inbox of those who approve. */
export const approvalsRouter = router({
  list: procedure
    .input(pageInput.extend({ status: z.enum(APPROVAL_STATUSES).default('pending') }))
    .query(({ ctx, input }) => listApprovals(ctx.pool, ctx.scope, input)),

  count: procedure.query(({ ctx }) => countPendingApprovals(ctx.pool, ctx.scope)),
});
