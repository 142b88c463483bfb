import { z } from 'zod';
import {
  askReportInput,
  changeChannelInput,
  connectChannelInput,
  relistInput,
  resendChannelInput,
  resolveDriftInput,
  setListingInput,
} from '../domains/channels/schema.ts';
import { LISTING_VIEWS, listChannels, listListings, readChannel } from '../views/channels.ts';
import { yours } from './authorise.ts';
import { keyed, own, submit } from './mutations.ts';
import { pageInput } from './page-input.ts';
import { procedure, router } from './trpc.ts';

/** Channels that sell our stock elsewhere: what they are told, and what they say they have. */
export const channelsRouter = router({
  list: procedure.query(({ ctx }) => listChannels(ctx.pool, ctx.scope)),

  get: procedure
    .input(z.object({ id: z.string().max(60) }))
    .query(({ ctx, input }) => readChannel(ctx.pool, ctx.scope, input.id)),

  listings: procedure
    .input(
      pageInput.extend({ connectionId: z.uuid(), view: z.enum(LISTING_VIEWS).optional(), q: z.string().max(200).optional() }),
    )
    .query(({ ctx, input }) => listListings(ctx.pool, ctx.scope, input)),

  connect: procedure.input(keyed(connectChannelInput)).mutation(({ ctx, input }) => {
    yours(ctx.scope, { merchantId: input.merchantId });
    return submit(ctx, input, ctx.app.flows.channels.connect);
  }),

  change: procedure.input(keyed(changeChannelInput)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'channel', input.connectionId);
    return submit(ctx, input, ctx.app.flows.channels.change);
  }),

  resend: procedure.input(keyed(resendChannelInput)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'channel', input.connectionId);
    return submit(ctx, input, ctx.app.flows.channels.resend);
  }),

  relist: procedure.input(keyed(relistInput)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'channel', input.connectionId);
    return submit(ctx, input, ctx.app.flows.channels.relist);
  }),

  setListing: procedure.input(keyed(setListingInput)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'channel', input.connectionId);
    return submit(ctx, input, ctx.app.flows.channels.setListing);
  }),

  askReport: procedure.input(keyed(askReportInput)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'channel', input.connectionId);
    return submit(ctx, input, ctx.app.flows.channels.askReport);
  }),

  resolveDrift: procedure.input(keyed(resolveDriftInput)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'channel', input.connectionId);
    return submit(ctx, input, ctx.app.flows.channels.resolveDrift);
  }),
});
