import { z } from 'zod';
import { DomainError } from '../kernel/errors.ts';
import { LIMITS } from '../platform/auth/limits.ts';
import { verifyLinkToken } from '../platform/link-token.ts';
import { waitsForPayment } from '../views/edits.ts';
import { listMyOrders, readMyOrder } from '../views/my-orders.ts';
import { readTracking } from '../views/track.ts';
import { pageInput } from './page-input.ts';
import { procedure, router } from './trpc.ts';
import { waitingUrl } from './waiting.ts';

/** A customer's own orders. */
export const myOrdersRouter = router({
  list: procedure.input(pageInput).query(({ ctx, input }) => listMyOrders(ctx.pool, ctx.scope, input)),

  get: procedure.input(z.object({ number: z.string().trim().min(1).max(60) })).query(async ({ ctx, input }) => {
    const order = await readMyOrder(ctx.pool, ctx.scope, input.number, ctx.ctx().now);
    const waits = await waitsForPayment(ctx.pool, order.id, ctx.ctx().now);
    // Where a change of the order waits to be paid.
    return { ...order, payUrl: waits ? waitingUrl(ctx.app.settings, order.id) : null };
  }),
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
