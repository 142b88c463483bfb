import { z } from 'zod';
import { LIMITS } from '../platform/auth/limits.ts';
import { readShop, readShopLines, readShopProduct } from '../views/shop.ts';
import type { ApiContext } from './context.ts';
import { procedure, router } from './trpc.ts';

const handle = z.string().trim().min(1).max(100);
const MOST_LINES = 100;

function countVisit(ctx: ApiContext): void {
  ctx.app.limits.take(LIMITS.shopByIp, ctx.ip ?? 'unknown');
}

/** The public shop: what is for sale, for whoever looks. */
export const shopRouter = router({
  front: procedure.query(({ ctx }) => {
    countVisit(ctx);
    return readShop(ctx.pool);
  }),

  product: procedure.input(z.object({ handle })).query(({ ctx, input }) => {
    countVisit(ctx);
    return readShopProduct(ctx.pool, input.handle);
  }),

  /** What the lines of a cart cost and whether they are there, now. */
  cart: procedure.input(z.object({ handles: z.array(handle).max(MOST_LINES) })).query(({ ctx, input }) => {
    countVisit(ctx);
    return readShopLines(ctx.pool, input.handles);
  }),
});
