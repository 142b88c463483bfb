import { z } from 'zod';
import { agentHome, financeHome, healthFigures } from '../views/homes.ts';
import { salesByDay } from '../views/sales.ts';
import { timeZone } from './page-input.ts';
import { procedure, router } from './trpc.ts';

/** What each role starts the day with. */
export const homeRouter = router({
  agent: procedure.query(({ ctx }) => agentHome(ctx.pool, ctx.scope)),

  finance: procedure.query(({ ctx }) => financeHome(ctx.pool, ctx.scope)),

  health: procedure.query(({ ctx }) => healthFigures(ctx.pool)),

  sales: procedure
    .input(z.object({ days: z.number().int().min(1).max(92).default(30), timeZone: timeZone.default('UTC') }))
    .query(({ ctx, input }) => salesByDay(ctx.pool, ctx.scope, input.days, input.timeZone, ctx.ctx().now)),
});
