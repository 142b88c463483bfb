import { z } from 'zod';
import type { Ctx } from '../kernel/context.ts';
import { DomainError } from '../kernel/errors.ts';
import { LIMITS } from '../platform/auth/limits.ts';
import { linkToken, verifyLinkToken } from '../platform/link-token.ts';
import { readWaitingOrder, type WaitingOrder } from '../views/waiting-order.ts';
import type { ApiSettings } from './app.ts';
import { type ApiContext, mutationKey } from './context.ts';
import { keyed } from './mutations.ts';
import { procedure, router } from './trpc.ts';

/** The page on which a customer answers a later day, or pays what their bank does not hold any more. */
export function waitingUrl({ origin, secret }: Pick<ApiSettings, 'origin' | 'secret'>, orderId: string): string {
  return `${origin}/waiting/${linkToken('wait', orderId, secret)}`;
}

export interface WaitingPage extends WaitingOrder {
  readonly cardFieldsUrl: string;
}

const withToken = z.object({ token: z.string().max(100) });

function orderOf(ctx: ApiContext, token: string): string {
  ctx.app.limits.take(LIMITS.payByIp, ctx.ip ?? 'unknown');
  const id = verifyLinkToken('wait', token, ctx.app.settings.secret);
  if (id === null) throw new DomainError('not_found', 'This link is not complete. Copy the whole address from the mail.');
  return id;
}

const pageOf = async (ctx: ApiContext, orderId: string): Promise<WaitingPage> => ({
  ...(await readWaitingOrder(ctx.pool, orderId)),
  cardFieldsUrl: ctx.app.settings.cardFieldsUrl,
});

/** Whoever holds the link acts as the order's customer: nobody is signed in. */
const asCustomer = (ctx: ApiContext): Ctx => ({ ...ctx.ctx(), actor: 'system:waiting' });
const keyOf = (ctx: ApiContext, id: string, input: { readonly idempotencyKey?: string | undefined }): string =>
  `${id}:${mutationKey(ctx, input)}`.slice(0, 200);

/** An order that waits, for whoever holds the link of a mail about it. */
export const waitingRouter = router({
  get: procedure.input(withToken).query(({ ctx, input }) => pageOf(ctx, orderOf(ctx, input.token))),

  /** Agrees to the later day. */
  accept: procedure.input(keyed(withToken.extend({ until: z.iso.date() }))).mutation(async ({ ctx, input }) => {
    const orderId = orderOf(ctx, input.token);
    await ctx.app.flows.acceptDate({ orderId, until: input.until }, asCustomer(ctx), keyOf(ctx, orderId, input));
    return pageOf(ctx, orderId);
  }),

  /** Cancels what waits, and nothing else, by the rules of any cancel. */
  cancel: procedure.input(keyed(withToken)).mutation(async ({ ctx, input }) => {
    const orderId = orderOf(ctx, input.token);
    await ctx.app.flows.cancelWaiting({ orderId }, asCustomer(ctx), keyOf(ctx, orderId, input));
    return pageOf(ctx, orderId);
  }),

  /** Offers a card for what the bank does not hold any more. How it ends is asked with `get`. */
  pay: procedure.input(keyed(withToken.extend({ paymentToken: z.string().min(1).max(200) }))).mutation(async ({ ctx, input }) => {
    const orderId = orderOf(ctx, input.token);
    const returnUrl = waitingUrl(ctx.app.settings, orderId);
    await ctx.app.flows.payAgain({ orderId, token: input.paymentToken, returnUrl }, asCustomer(ctx), keyOf(ctx, orderId, input));
    return pageOf(ctx, orderId);
  }),
});
