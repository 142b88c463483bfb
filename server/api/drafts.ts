import { z } from 'zod';
import { CHECKOUT_STATES } from '../domains/checkouts/rules.ts';
import { createCheckoutInput, updateCheckoutInput } from '../domains/checkouts/schema.ts';
import { resolveActors } from '../views/actors.ts';
import { type CheckoutPage, readCheckout } from '../views/checkouts.ts';
import { listDrafts } from '../views/drafts.ts';
import { yours } from './authorise.ts';
import { payUrl } from './checkout-links.ts';
import { keyed, own, submit } from './mutations.ts';
import { pageInput } from './page-input.ts';
import { procedure, router } from './trpc.ts';

/** A draft with the link that pays for it. */
export interface DraftPage extends CheckoutPage {
  readonly payUrl: string;
  readonly createdByName: string | null;
}

const draft = z.object({ checkoutId: z.uuid() });

/** Orders that an agent makes for somebody who pays by a link. */
export const draftsRouter = router({
  list: procedure
    .input(pageInput.extend({ state: z.enum(CHECKOUT_STATES).optional() }))
    .query(({ ctx, input }) => listDrafts(ctx.pool, ctx.scope, input)),

  get: procedure.input(draft).query(async ({ ctx, input }): Promise<DraftPage> => {
    const page = yours(ctx.scope, await readCheckout(ctx.pool, input.checkoutId, ctx.ctx().now));
    const name = await resolveActors(ctx.pool, [page.createdBy]);
    return { ...page, payUrl: payUrl(ctx.app.settings, page.id), createdByName: name(page.createdBy).name };
  }),

  create: procedure
    .input(keyed(createCheckoutInput.omit({ source: true, returnUrl: true, hold: true })))
    .mutation(async ({ ctx, input }) => {
      yours(ctx.scope, { merchantId: input.merchantId });
      return submit(ctx, input, async (wanted, who, key) => {
        const { id } = await ctx.app.flows.checkouts.create({ ...wanted, source: 'console' }, who, key);
        // With an address it can be priced at once: by a change of its own, which a repeat finds made.
        if (input.shipTo) await ctx.app.flows.checkouts.update({ checkoutId: id, shipTo: input.shipTo }, who, `${key}:price`);
        return { id };
      });
    }),

  update: procedure.input(keyed(updateCheckoutInput)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'checkout', input.checkoutId);
    return submit(ctx, input, ctx.app.flows.checkouts.update);
  }),

  cancel: procedure.input(keyed(draft)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'checkout', input.checkoutId);
    return submit(ctx, input, ctx.app.flows.checkouts.cancel);
  }),

  sendLink: procedure.input(keyed(draft)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'checkout', input.checkoutId);
    return submit(ctx, input, ctx.app.flows.checkouts.sendLink);
  }),
});
