import { z } from 'zod';
import { HOLDS } from '../kernel/vocabulary.ts';
import { readDashboard } from '../views/dashboard.ts';
import { agentHome, financeHome, healthFigures } from '../views/homes.ts';
import { salesByDay } from '../views/sales.ts';
import { timeZone } from './page-input.ts';
import { procedure, router } from './trpc.ts';

const period = z.object({ days: z.number().int().min(1).max(92).default(30), timeZone: timeZone.default('UTC') });

/** What each role starts the day with. */
export const homeRouter = router({
  agent: procedure
    .input(z.object({ hold: z.enum(HOLDS).optional() }))
    .query(({ ctx, input }) => agentHome(ctx.pool, ctx.scope, input.hold)),

  finance: procedure.query(({ ctx }) => financeHome(ctx.pool, ctx.scope)),

  health: procedure.query(({ ctx }) => healthFigures(ctx.pool)),

  /** Orders, times and goods of a period; its sales are the query below. */
  dashboard: procedure
    .input(period)
    .query(({ ctx, input }) => readDashboard(ctx.pool, ctx.scope, { ...input, now: ctx.ctx().now })),

  sales: procedure
    .input(period)
    .query(({ ctx, input }) => salesByDay(ctx.pool, ctx.scope, input.days, input.timeZone, ctx.ctx().now)),
});
