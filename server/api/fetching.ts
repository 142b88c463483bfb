import { z } from 'zod';
import { handOverInput, makeReadyInput } from '../domains/pickups/schema.ts';
import { listPartnerRequests, REQUEST_VIEWS } from '../views/partner-requests.ts';
import { findPickup, listPickups, readCounters } from '../views/pickups.ts';
import { keyed, own, submit } from './mutations.ts';
import { pageInput } from './page-input.ts';
import { procedure, router } from './trpc.ts';

/** Orders that customers fetch. */
export const pickupsRouter = router({
  list: procedure
    .input(pageInput.extend({ nodeId: z.uuid().optional() }))
    .query(({ ctx, input }) => listPickups(ctx.pool, ctx.scope, input)),

  counters: procedure.query(({ ctx }) => readCounters(ctx.pool, ctx.scope)),

  find: procedure
    .input(z.object({ shown: z.string().trim().min(1).max(60) }))
    .query(({ ctx, input }) => findPickup(ctx.pool, ctx.scope, input.shown)),

  makeReady: procedure.input(keyed(makeReadyInput)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'order', input.orderId);
    return submit(ctx, input, ctx.app.flows.makePickupReady);
  }),

  handOver: procedure.input(keyed(handOverInput)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'order', input.orderId);
    return submit(ctx, input, ctx.app.flows.handOverPickup);
  }),
});

/** What partners are asked to send. */
export const partnersRouter = router({
  list: procedure
    .input(pageInput.extend({ view: z.enum(REQUEST_VIEWS).optional() }))
    .query(({ ctx, input }) => listPartnerRequests(ctx.pool, ctx.scope, input)),
});
