import { z } from 'zod';
import { TRANSFER_STATUSES } from '../domains/transfers/rules.ts';
import {
  cancelTransferInput,
  createTransferInput,
  receiveTransferInput,
  sendTransferInput,
} from '../domains/transfers/schema.ts';
import { listTransfers, readTransfer } from '../views/stock-transfers.ts';
import { yours } from './authorise.ts';
import { keyed, own, submit } from './mutations.ts';
import { pageInput } from './page-input.ts';
import { procedure, router } from './trpc.ts';

/** Units on their way from one node to another. */
export const transfersRouter = router({
  list: procedure
    .input(pageInput.extend({ status: z.array(z.enum(TRANSFER_STATUSES)).optional(), nodeId: z.uuid().optional() }))
    .query(({ ctx, input }) => listTransfers(ctx.pool, ctx.scope, input)),

  get: procedure
    .input(z.object({ number: z.string().min(1).max(60) }))
    .query(({ ctx, input }) => readTransfer(ctx.pool, ctx.scope, input.number)),

  create: procedure.input(keyed(createTransferInput)).mutation(async ({ ctx, input }) => {
    yours(ctx.scope, { merchantId: input.merchantId });
    await own(ctx, 'node', input.fromNodeId);
    await own(ctx, 'node', input.toNodeId);
    return submit(ctx, input, ctx.app.flows.stockWork.createTransfer);
  }),

  send: procedure.input(keyed(sendTransferInput)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'transfer', input.transferId);
    return submit(ctx, input, ctx.app.flows.stockWork.sendTransfer);
  }),

  receive: procedure.input(keyed(receiveTransferInput)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'transfer', input.transferId);
    return submit(ctx, input, ctx.app.flows.stockWork.receiveTransfer);
  }),

  cancel: procedure.input(keyed(cancelTransferInput)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'transfer', input.transferId);
    return submit(ctx, input, ctx.app.flows.stockWork.cancelTransfer);
  }),
});
