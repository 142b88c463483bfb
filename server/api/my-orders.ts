import { z } from 'zod';
import { DomainError } from '../kernel/errors.ts';
import { LIMITS } from '../platform/auth/limits.ts';
import { verifyLinkToken } from '../platform/link-token.ts';
import { listMyOrders, readMyOrder } from '../views/my-orders.ts';
import { readTracking } from '../views/track.ts';
import { pageInput } from './page-input.ts';
import { procedure, router } from './trpc.ts';

/** A customer's own orders. */
export const myOrdersRouter = router({
  list: procedure.input(pageInput).query(({ ctx, input }) => listMyOrders(ctx.pool, ctx.scope, input)),

  get: procedure
    .input(z.object({ number: z.string().trim().min(1).max(60) }))
    .query(({ ctx, input }) => readMyOrder(ctx.pool, ctx.scope, input.number, ctx.ctx().now)),
});

/** Parcels, for whoever holds the link. */
export const trackingRouter = router({
  get: procedure.input(z.object({ token: z.string().max(100) })).query(({ ctx, input }) => {
    ctx.app.limits.take(LIMITS.trackingByIp, ctx.ip ?? 'unknown');
    const orderId = verifyLinkToken('track', input.token, ctx.app.settings.secret);
    if (orderId === null)
      throw new DomainError('not_found', 'This tracking link is not complete. Copy the whole address from the mail.');
    return readTracking(ctx.pool, orderId);
  }),
});
