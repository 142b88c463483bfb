import { operateTrafficInput } from '../flows/operate-traffic.ts';
import { DomainError } from '../kernel/errors.ts';
import type { App } from './app.ts';
import { procedure, router } from './trpc.ts';

/** The demo's customers. Elsewhere there is nothing here. */
function trafficOf({ settings, traffic }: App): NonNullable<App['traffic']> {
  if (!settings.demo || !traffic) throw new DomainError('not_found', 'Nobody plays customer here.');
  return traffic;
}

export const trafficRouter = router({
  /** Null where there are no made-up customers. */
  state: procedure.query(async ({ ctx }) => {
    const { settings, traffic } = ctx.app;
    if (!settings.demo || !traffic) return null;
    try {
      return await traffic.control.state();
    } catch (error) {
      if (error instanceof DomainError && error.code === 'unavailable') return null;
      throw error;
    }
  }),

  change: procedure.input(operateTrafficInput).mutation(({ ctx, input }) => trafficOf(ctx.app).change(input, ctx.ctx())),
});
