import { z } from 'zod';
import { agentHome, financeHome, healthFigures } from '../views/homes.ts';
import { salesByDay } from '../views/sales.ts';
import { procedure, router } from './trpc.ts';

/** A name of the IANA time-zone database that this runtime knows. */
const timeZone = z.string().refine((zone) => {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: zone }));
  } catch {
    return false;
  }
}, 'must be a time zone such as Europe/Berlin');

/** What each role starts the day with. */
export const homeRouter = router({
  agent: procedure.query(({ ctx }) => agentHome(ctx.pool, ctx.scope)),

  finance: procedure.query(({ ctx }) => financeHome(ctx.pool, ctx.scope)),

  health: procedure.query(({ ctx }) => healthFigures(ctx.pool)),

  sales: procedure
    .input(z.object({ days: z.number().int().min(1).max(92).default(30), timeZone: timeZone.default('UTC') }))
    .query(({ ctx, input }) => salesByDay(ctx.pool, ctx.scope, input.days, input.timeZone, ctx.ctx().now)),
});
