import { z } from 'zod';
import { setReorderPointsInput } from '../domains/replenishment/schema.ts';
import { countStockAttention, listExpiringLots, listLowStock, listReorderPoints } from '../views/stock-alerts.ts';
import { yours } from './authorise.ts';
import { keyed, submit } from './mutations.ts';
import { pageInput } from './page-input.ts';
import { procedure, router } from './trpc.ts';

const today = (now: Date): string => now.toISOString().slice(0, 10);

/** When goods are ordered again, what runs low, and what expires soon. */
export const replenishmentRouter = router({
  alerts: procedure
    .input(
      pageInput.extend({
        q: z.string().max(200).optional(),
        nodeId: z.uuid().optional(),
        skuId: z.uuid().optional(),
        closed: z.boolean().optional(),
      }),
    )
    .query(({ ctx, input }) => listLowStock(ctx.pool, ctx.scope, input)),

  expiring: procedure
    .input(pageInput.extend({ nodeId: z.uuid().optional() }))
    .query(({ ctx, input }) => listExpiringLots(ctx.pool, ctx.scope, { ...input, today: today(ctx.ctx().now) })),

  attention: procedure.query(({ ctx }) => countStockAttention(ctx.pool, ctx.scope, today(ctx.ctx().now))),

  points: procedure
    .input(z.object({ skuId: z.uuid() }))
    .query(({ ctx, input }) => listReorderPoints(ctx.pool, ctx.scope, input.skuId)),

  setPoints: procedure.input(keyed(setReorderPointsInput)).mutation(({ ctx, input }) => {
    yours(ctx.scope, { merchantId: input.merchantId });
    return submit(ctx, input, ctx.app.flows.stockWork.setReorderPoints);
  }),
});
