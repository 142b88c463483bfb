import { z } from 'zod';
import { findGoods, listPlaces } from '../views/goods.ts';
import { procedure, router } from './trpc.ts';

/** What forms of stock work name: places, and goods by code or barcode. */
export const goodsRouter = router({
  places: procedure.query(({ ctx }) => listPlaces(ctx.pool, ctx.scope)),

  find: procedure
    .input(z.object({ nodeId: z.uuid(), codes: z.array(z.string().min(1).max(100)).min(1).max(1_000) }))
    .query(({ ctx, input }) => findGoods(ctx.pool, ctx.scope, input.nodeId, input.codes)),
});
