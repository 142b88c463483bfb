import { z } from 'zod';
import {
  addPhotoInput,
  approveReturnInput,
  cancelReturnInput,
  closeReturnInput,
  declineReturnInput,
  inspectReturnInput,
  type RequestReturnInput,
  receiveGoodsInput,
  requestReturnInput,
  saveReturnPolicyInput,
  settleReturnInput,
} from '../domains/returns/schema.ts';
import { DomainError } from '../kernel/errors.ts';
import { RETURN_STATUSES } from '../kernel/vocabulary.ts';
import { listReturns, readReturn, readReturnPhoto, readReturnPolicy } from '../views/returns.ts';
import { yours } from './authorise.ts';
import type { ApiContext } from './context.ts';
import { keyed, own, submit } from './mutations.ts';
import { pageInput } from './page-input.ts';
import { procedure, router } from './trpc.ts';

const filter = z.object({
  status: z.enum(RETURN_STATUSES).optional(),
  q: z.string().trim().max(60).optional(),
});

/** What a customer asks for themselves is decided by the policy, or by the shop. */
function asCaller<I extends Pick<RequestReturnInput, 'approve' | 'despite' | 'nodeId'>>(ctx: ApiContext, input: I): I {
  if (ctx.principal.role !== 'customer') return input;
  if (input.approve || input.despite !== undefined || input.nodeId !== undefined)
    throw new DomainError('forbidden', 'The shop approves returns. Ask for it, and wait for its answer.');
  return input;
}

/** Goods that leave with nothing held for them are the shop's risk: its own people take it, and administrators. */
function mayBeUnsecured({ principal }: ApiContext, why: string | undefined): void {
  if (why !== undefined && principal.role !== 'admin' && principal.role !== 'merchant')
    throw new DomainError('forbidden', 'Your role may not send a replacement for which no card holds the money.');
}

/** What customers send back: theirs to ask for, the shop's to answer. */
export const returnsRouter = router({
  list: procedure.input(pageInput.and(filter)).query(({ ctx, input }) => listReturns(ctx.pool, ctx.scope, input, input)),

  ofOrder: procedure.input(z.object({ orderId: z.uuid() })).query(async ({ ctx, input }) => {
    await own(ctx, 'order', input.orderId);
    return listReturns(ctx.pool, ctx.scope, input, {});
  }),

  get: procedure
    .input(z.object({ number: z.string().trim().min(1).max(60) }))
    .query(({ ctx, input }) => readReturn(ctx.pool, ctx.scope, input.number)),

  photo: procedure.input(z.object({ id: z.uuid() })).query(({ ctx, input }) => readReturnPhoto(ctx.pool, ctx.scope, input.id)),

  /** What could be sent back now: under the order's lock, as what is done then. */
  offer: procedure.input(z.object({ orderId: z.uuid() })).mutation(async ({ ctx, input }) => {
    await own(ctx, 'order', input.orderId);
    return ctx.app.flows.returns.offer(input.orderId, ctx.ctx());
  }),

  request: procedure.input(keyed(requestReturnInput)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'order', input.orderId);
    return submit(ctx, asCaller(ctx, input), ctx.app.flows.returns.request);
  }),

  addPhoto: procedure.input(keyed(addPhotoInput)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'return', input.returnId);
    return submit(ctx, input, ctx.app.flows.returns.addPhoto);
  }),

  approve: procedure.input(keyed(approveReturnInput)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'return', input.returnId);
    mayBeUnsecured(ctx, input.unsecured);
    return submit(ctx, input, ctx.app.flows.returns.approve);
  }),

  decline: procedure.input(keyed(declineReturnInput)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'return', input.returnId);
    return submit(ctx, input, ctx.app.flows.returns.decline);
  }),

  cancel: procedure.input(keyed(cancelReturnInput)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'return', input.returnId);
    return submit(ctx, input, ctx.app.flows.returns.cancel);
  }),

  receive: procedure.input(keyed(receiveGoodsInput)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'return', input.returnId);
    await own(ctx, 'node', input.nodeId);
    return submit(ctx, input, ctx.app.flows.returns.receive);
  }),

  inspect: procedure.input(keyed(inspectReturnInput)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'return', input.returnId);
    return submit(ctx, input, ctx.app.flows.returns.inspect);
  }),

  previewSettle: procedure.input(settleReturnInput).mutation(async ({ ctx, input }) => {
    await own(ctx, 'return', input.returnId);
    return ctx.app.flows.returns.previewSettle(input, ctx.ctx());
  }),

  settle: procedure.input(keyed(settleReturnInput)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'return', input.returnId);
    return submit(ctx, input, ctx.app.flows.returns.settle);
  }),

  close: procedure.input(keyed(closeReturnInput)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'return', input.returnId);
    return submit(ctx, input, ctx.app.flows.returns.close);
  }),

  policy: procedure
    .input(z.object({ merchantId: z.uuid() }))
    .query(({ ctx, input }) => readReturnPolicy(ctx.pool, ctx.scope, input.merchantId)),

  savePolicy: procedure.input(keyed(saveReturnPolicyInput)).mutation(({ ctx, input }) => {
    yours(ctx.scope, { merchantId: input.merchantId });
    return submit(ctx, input, ctx.app.flows.policies.saveReturns);
  }),
});
