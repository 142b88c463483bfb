import { z } from 'zod';
import {
  acceptDisputeInput,
  addEvidenceFileInput,
  DISPUTE_VIEWS,
  saveEvidenceInput,
  submitDisputeInput,
} from '../domains/disputes/schema.ts';
import { listDisputes, readDispute, readEvidenceFile } from '../views/disputes.ts';
import { keyed, own, submit } from './mutations.ts';
import { pageInput } from './page-input.ts';
import { procedure, router } from './trpc.ts';

const filter = z.object({ view: z.enum(DISPUTE_VIEWS).optional(), q: z.string().trim().max(60).optional() });

/** What cardholders' banks ask about, and take back: for the shop to answer before the deadline. */
export const disputesRouter = router({
  list: procedure.input(pageInput.and(filter)).query(({ ctx, input }) => listDisputes(ctx.pool, ctx.scope, input, input)),

  ofOrder: procedure.input(z.object({ orderId: z.uuid() })).query(async ({ ctx, input }) => {
    await own(ctx, 'order', input.orderId);
    return listDisputes(ctx.pool, ctx.scope, input, {});
  }),

  get: procedure
    .input(z.object({ number: z.string().trim().min(1).max(60) }))
    .query(({ ctx, input }) => readDispute(ctx.pool, ctx.scope, input.number)),

  file: procedure.input(z.object({ id: z.uuid() })).query(({ ctx, input }) => readEvidenceFile(ctx.pool, ctx.scope, input.id)),

  saveEvidence: procedure.input(keyed(saveEvidenceInput)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'dispute', input.disputeId);
    return submit(ctx, input, ctx.app.flows.disputes.save);
  }),

  addFile: procedure.input(keyed(addEvidenceFileInput)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'dispute', input.disputeId);
    return submit(ctx, input, ctx.app.flows.disputes.addFile);
  }),

  submit: procedure.input(keyed(submitDisputeInput)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'dispute', input.disputeId);
    return submit(ctx, input, ctx.app.flows.disputes.submit);
  }),

  accept: procedure.input(keyed(acceptDisputeInput)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'dispute', input.disputeId);
    return submit(ctx, input, ctx.app.flows.disputes.accept);
  }),
});
