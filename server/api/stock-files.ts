import type { StockFileInput } from '../domains/stock-files/schema.ts';
import { stockFileInput } from '../domains/stock-files/schema.ts';
import { type Scope, yours } from './authorise.ts';
import type { ApiContext } from './context.ts';
import { keyed, own, submit } from './mutations.ts';
import { procedure, router } from './trpc.ts';

/** Files of stock work: levels, count sheets, purchase orders and receipts. They are given out at /api/exports/. */
export const stockFilesRouter = router({
  /** What a file would do, line by line. A mutation although it changes nothing: a file is longer than an address. */
  preview: procedure.input(stockFileInput).mutation(async ({ ctx, input }) => {
    await ownTarget(ctx, input);
    return ctx.app.flows.stockWork.files.preview(input, ctx.ctx());
  }),

  carryOut: procedure.input(keyed(stockFileInput)).mutation(async ({ ctx, input }) => {
    await ownTarget(ctx, input);
    return submit(ctx, input, ctx.app.flows.stockWork.files.apply);
  }),
});

async function ownTarget(ctx: ApiContext & { readonly scope: Scope }, input: StockFileInput): Promise<void> {
  if (input.kind === 'count') await own(ctx, 'stockCount', input.countId);
  else if (input.kind === 'receipt') await own(ctx, 'purchaseOrder', input.purchaseOrderId);
  else yours(ctx.scope, { merchantId: input.merchantId });
}
