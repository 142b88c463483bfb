import { z } from 'zod';
import { CHECKOUT_LOCALES, payCheckoutInput, updateCheckoutInput } from '../domains/checkouts/schema.ts';
import type { Ctx } from '../kernel/context.ts';
import { DomainError } from '../kernel/errors.ts';
import { LIMITS } from '../platform/auth/limits.ts';
import { linkToken } from '../platform/link-token.ts';
import { type CheckoutPage, readCheckout } from '../views/checkouts.ts';
import { type PickupStore, readPickupStores } from '../views/pickup-stores.ts';
import { readListed } from '../views/shop.ts';
import { checkoutIdOf, payUrl } from './checkout-links.ts';
import { type ApiContext, mutationKey } from './context.ts';
import { keyed } from './mutations.ts';
import { type PayTenders, tenderChange, tenderOf, tendersOf } from './pay-tenders.ts';
import { trackingUrl } from './tracking-links.ts';
import { procedure, router } from './trpc.ts';

/** What the pay page is told. */
export interface PayPage extends Omit<CheckoutPage, 'id' | 'merchantId' | 'createdBy' | 'version' | 'tenders'>, PayTenders {
  /** Stores that have everything, where it can be fetched. */
  readonly stores: readonly PickupStore[];
  readonly cardFieldsUrl: string;
  readonly demo: boolean;
  /** Once it is paid. */
  readonly trackingUrl: string | null;
}

const MOST_LINES = 50;
const token = z.string().max(100);
const withToken = z.object({ token });

/** The checkout that a link names, counted before it is looked at. */
function checkoutOf(ctx: ApiContext, link: string): string {
  ctx.app.limits.take(LIMITS.payByIp, ctx.ip ?? 'unknown');
  return checkoutIdOf(ctx.app.settings, link);
}

/** Whoever holds the link acts as the checkout itself: nobody is signed in, and nobody else's keys are in the way. */
const asCheckout = (ctx: ApiContext): Ctx => ({ ...ctx.ctx(), actor: 'system:checkout' });
const keyOf = (ctx: ApiContext, id: string, input: { readonly idempotencyKey?: string | undefined }): string =>
  `${id}:${mutationKey(ctx, input)}`.slice(0, 200);

/** Whoever has no account shares one set of keys with every other visitor: only a key that nobody guesses or repeats is one's own. */
function visitorsKey(ctx: ApiContext, input: { readonly idempotencyKey?: string | undefined }): string {
  const key = mutationKey(ctx, input);
  if (z.uuid().safeParse(key).success) return key;
  throw new DomainError('invalid_request', 'Use a new UUID as the idempotency key of each checkout.', {
    field: 'idempotencyKey',
  });
}

async function pageOf(ctx: ApiContext, id: string): Promise<PayPage> {
  const { settings } = ctx.app;
  const found = await readCheckout(ctx.pool, id, ctx.ctx().now);
  const { id: _id, merchantId: _merchant, createdBy: _by, version: _version, ...page } = found;
  const paid = page.state === 'paid' && page.attempt !== null;
  return {
    ...page,
    ...(await tendersOf(ctx, found)),
    stores: page.state === 'open' ? await readPickupStores(ctx.pool, found, ctx.app.flows.checkouts.counters) : [],
    // A link may be forwarded once it has done its work: where it went is nobody else's business.
    ...(paid ? { shipTo: null, customer: { email: page.customer.email } } : {}),
    cardFieldsUrl: settings.cardFieldsUrl,
    demo: settings.demo,
    trackingUrl: paid && page.attempt ? trackingUrl(settings, page.attempt.orderId) : null,
  };
}

/** Whoever opens checkout after checkout keeps no shelf from others: past the limit nothing is held, and units are promised at payment. */
function mayHold(ctx: ApiContext): boolean {
  try {
    ctx.app.limits.take(LIMITS.holdByIp, ctx.ip ?? 'unknown');
    return true;
  } catch (error) {
    if (error instanceof DomainError && error.code === 'too_many_requests') return false;
    throw error;
  }
}

/** Gives up an attempt that nobody has paid. One that was paid, or is over, by now stays what it is: the page says which. */
async function giveUp(ctx: ApiContext, orderId: string): Promise<void> {
  const wish = { orderId, reason: 'customer_request', onlyUnpaid: true, by: 'system' } as const;
  try {
    await ctx.app.flows.cancelOrder(wish, asCheckout(ctx), `abandon:${orderId}`);
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'state_refuses') throw error;
  }
}

/** The hosted checkout, for whoever holds its link. */
export const payRouter = router({
  /** Opens a checkout for what is in a cart of the shop. */
  open: procedure
    .input(
      keyed(
        z.object({
          lines: z
            .array(z.object({ handle: z.string().trim().min(1).max(100), quantity: z.int().min(1).max(1_000) }))
            .min(1)
            .max(MOST_LINES),
          locale: z.enum(CHECKOUT_LOCALES).default('en'),
        }),
      ),
    )
    .mutation(async ({ ctx, input }) => {
      ctx.app.limits.take(LIMITS.openCheckoutByIp, ctx.ip ?? 'unknown');
      const key = visitorsKey(ctx, input);
      const listed = await readListed(
        ctx.pool,
        input.lines.map((line) => line.handle),
      );
      const lines = input.lines.map((line) => {
        const found = listed.find(({ handle }) => handle === line.handle);
        if (!found) throw new DomainError('unknown_sku', `${line.handle} is not for sale here any more.`, { sku: line.handle });
        return { sku: found.sku, quantity: line.quantity, merchantId: found.merchantId };
      });
      const merchantId = lines[0]?.merchantId ?? '';
      if (lines.some((line) => line.merchantId !== merchantId))
        throw new DomainError('invalid_request', 'Pay for each shop on its own.', { field: 'lines' });
      const { id } = await ctx.app.flows.checkouts.create(
        {
          merchantId,
          source: 'shop',
          lines: lines.map(({ sku, quantity }) => ({ sku, quantity })),
          customer: {},
          locale: input.locale,
          returnUrl: new URL('/shop', ctx.app.settings.origin).href,
          hold: mayHold(ctx),
        },
        asCheckout(ctx),
        key,
      );
      return { token: linkToken('pay', id, ctx.app.settings.secret), url: payUrl(ctx.app.settings, id) };
    }),

  /** Keeps the units again, after their time was over. */
  hold: procedure.input(keyed(withToken)).mutation(async ({ ctx, input }) => {
    const checkoutId = checkoutOf(ctx, input.token);
    ctx.app.limits.take(LIMITS.holdByIp, ctx.ip ?? 'unknown');
    await ctx.app.flows.checkouts.hold({ checkoutId }, asCheckout(ctx), keyOf(ctx, checkoutId, input));
    return pageOf(ctx, checkoutId);
  }),

  /** Whoever goes back to the cart lets go of what was kept. */
  letGo: procedure.input(keyed(withToken)).mutation(async ({ ctx, input }) => {
    const checkoutId = checkoutOf(ctx, input.token);
    await ctx.app.flows.checkouts.letGo({ checkoutId }, asCheckout(ctx), keyOf(ctx, checkoutId, input));
    return pageOf(ctx, checkoutId);
  }),

  get: procedure.input(withToken).query(({ ctx, input }) => pageOf(ctx, checkoutOf(ctx, input.token))),

  /** Keeps what was typed and chosen, and answers with what it costs now. */
  update: procedure
    .input(keyed(updateCheckoutInput.omit({ checkoutId: true, lines: true }).extend({ token, again: z.boolean().optional() })))
    .mutation(async ({ ctx, input }) => {
      const checkoutId = checkoutOf(ctx, input.token);
      const { token: _token, idempotencyKey: _key, ...asked } = input;
      await ctx.app.flows.checkouts.update({ ...asked, checkoutId }, asCheckout(ctx), keyOf(ctx, checkoutId, input));
      return pageOf(ctx, checkoutId);
    }),

  /** Places the order and starts the payment. Answers at once; how it ends is asked with `get`. */
  pay: procedure
    .input(keyed(payCheckoutInput.omit({ checkoutId: true, returnUrl: true }).extend({ token })))
    .mutation(async ({ ctx, input }) => {
      const checkoutId = checkoutOf(ctx, input.token);
      const { token: _token, idempotencyKey: _key, ...asked } = input;
      await ctx.app.flows.checkouts.pay(
        {
          ...asked,
          checkoutId,
          returnUrl: payUrl(ctx.app.settings, checkoutId),
          ...(ctx.principal.customerId === null ? {} : { payerId: ctx.principal.customerId }),
        },
        asCheckout(ctx),
        keyOf(ctx, checkoutId, input),
      );
      return pageOf(ctx, checkoutId);
    }),

  /** Uses a gift card, store credit or a wallet, or takes one away again. */
  tender: procedure.input(keyed(z.object({ token, change: tenderChange }))).mutation(async ({ ctx, input }) => {
    const checkoutId = checkoutOf(ctx, input.token);
    const page = await readCheckout(ctx.pool, checkoutId, ctx.ctx().now);
    const tender = await tenderOf(ctx, page, input.change);
    const wish = { checkoutId, use: input.change.use, tender };
    await ctx.app.flows.checkouts.chooseTender(wish, asCheckout(ctx), keyOf(ctx, checkoutId, input));
    return pageOf(ctx, checkoutId);
  }),

  /** Stops an attempt that waits for the bank, so that another card can be tried. */
  abandon: procedure.input(keyed(withToken)).mutation(async ({ ctx, input }) => {
    const checkoutId = checkoutOf(ctx, input.token);
    const { attempt } = await readCheckout(ctx.pool, checkoutId, ctx.ctx().now);
    if (attempt?.outcome === 'pending') await giveUp(ctx, attempt.orderId);
    return pageOf(ctx, checkoutId);
  }),
});
