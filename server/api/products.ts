import { z } from 'zod';
import { listProducts, readProduct } from '../views/products.ts';
import { pageInput } from './page-input.ts';
import { procedure, router } from './trpc.ts';

/** The catalogue. */
export const productsRouter = router({
  list: procedure
    .input(
      pageInput.extend({ q: z.string().max(200).optional(), active: z.boolean().optional(), merchantId: z.uuid().optional() }),
    )
    .query(({ ctx, input }) => listProducts(ctx.pool, ctx.scope, input)),

  get: procedure
    .input(z.object({ code: z.string().min(1).max(200), merchantId: z.uuid().optional() }))
    .query(({ ctx, input }) => readProduct(ctx.pool, ctx.scope, input.code, input.merchantId)),
});
