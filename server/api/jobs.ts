import { z } from 'zod';
import { retryDeliveriesInput, retryJobsInput } from '../flows/retry-jobs.ts';
import { countJobs, countSagas, JOB_STATES, listDeadDeliveries, listJobs, listSagas, OPEN_SAGA_STATUSES } from '../views/jobs.ts';
import { keyed, submit } from './mutations.ts';
import { procedure, router } from './trpc.ts';

/** What runs in the background, and what waits for a person. */
export const jobsRouter = router({
  list: procedure.input(z.object({ state: z.enum(JOB_STATES) })).query(({ ctx, input }) => listJobs(ctx.pool, input.state)),

  counts: procedure.query(async ({ ctx }) => {
    const [jobs, sagas] = await Promise.all([countJobs(ctx.pool), countSagas(ctx.pool, ctx.scope)]);
    return { jobs, sagas };
  }),

  sagas: procedure
    .input(z.object({ status: z.enum(OPEN_SAGA_STATUSES).optional(), after: z.string().max(500).optional() }))
    .query(({ ctx, input }) => listSagas(ctx.pool, ctx.scope, input)),

  deliveries: procedure.query(({ ctx }) => listDeadDeliveries(ctx.pool)),

  retry: procedure.input(keyed(retryJobsInput)).mutation(({ ctx, input }) => submit(ctx, input, ctx.app.flows.retryJobs)),

  retryDelivery: procedure
    .input(keyed(retryDeliveriesInput))
    .mutation(({ ctx, input }) => submit(ctx, input, ctx.app.flows.retryDeliveries)),
});
