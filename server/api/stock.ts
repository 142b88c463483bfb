import { z } from 'zod';
import { listMovements, listStock, readStock } from '../views/stock.ts';
import { pageInput } from './page-input.ts';
import { procedure, router } from './trpc.ts';

/** Stock levels by SKU and node, and how they came about. */
export const stockRouter = router({
  list: procedure
    .input(
      pageInput.extend({ q: z.string().max(200).optional(), nodeId: z.uuid().optional(), attention: z.boolean().optional() }),
    )
    .query(({ ctx, input }) => listStock(ctx.pool, ctx.scope, input)),

  get: procedure
    .input(z.object({ code: z.string().min(1).max(200), merchantId: z.uuid().optional() }))
    .query(({ ctx, input }) => readStock(ctx.pool, ctx.scope, input.code, input.merchantId)),

  movements: procedure
    .input(pageInput.extend({ skuId: z.uuid() }))
    .query(({ ctx, input }) => listMovements(ctx.pool, ctx.scope, input)),
});
