import { z } from 'zod';
import { COUNT_STATUSES } from '../domains/counts/rules.ts';
import { createCountInput, endCountInput, recordCountInput } from '../domains/counts/schema.ts';
import { listBins, listCounts, readCount } from '../views/counts.ts';
import { yours } from './authorise.ts';
import { keyed, own, submit } from './mutations.ts';
import { pageInput } from './page-input.ts';
import { procedure, router } from './trpc.ts';

/** Shelves that are counted. */
export const countsRouter = router({
  list: procedure
    .input(pageInput.extend({ status: z.array(z.enum(COUNT_STATUSES)).optional(), nodeId: z.uuid().optional() }))
    .query(({ ctx, input }) => listCounts(ctx.pool, ctx.scope, input)),

  get: procedure
    .input(z.object({ number: z.string().min(1).max(60) }))
    .query(({ ctx, input }) => readCount(ctx.pool, ctx.scope, input.number)),

  bins: procedure.input(z.object({ nodeId: z.uuid() })).query(({ ctx, input }) => listBins(ctx.pool, ctx.scope, input.nodeId)),

  create: procedure.input(keyed(createCountInput)).mutation(async ({ ctx, input }) => {
    yours(ctx.scope, { merchantId: input.merchantId });
    await own(ctx, 'node', input.nodeId);
    return submit(ctx, input, ctx.app.flows.stockWork.createCount);
  }),

  record: procedure.input(keyed(recordCountInput)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'stockCount', input.countId);
    return submit(ctx, input, ctx.app.flows.stockWork.recordCount);
  }),

  end: procedure.input(keyed(endCountInput)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'stockCount', input.countId);
    return submit(ctx, input, ctx.app.flows.stockWork.endCount);
  }),
});
