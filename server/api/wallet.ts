import { z } from 'zod';
import { normalizeEmail } from '../domains/customers/rules.ts';
import { payRequestInput } from '../domains/money-requests/schema.ts';
import { currencyCode, handleInput, personInput, sendMoneyInput } from '../domains/wallet/schema.ts';
import { DomainError } from '../kernel/errors.ts';
import { seenVersion } from '../kernel/inputs.ts';
import { LIMITS } from '../platform/auth/limits.ts';
import { listMoneyRequests, readMoneyRequest } from '../views/money-requests.ts';
import { listActivity } from '../views/wallet-activity.ts';
import { readBalance } from '../views/wallet-balance.ts';
import { listKnownPeople, lookUp } from '../views/wallet-people.ts';
import { readMyWallets } from '../views/wallets.ts';
import type { Scope } from './authorise.ts';
import type { ApiContext } from './context.ts';
import { assertFreshSignIn } from './fresh-sign-in.ts';
import { keyed, own, submit } from './mutations.ts';
import { pageInput } from './page-input.ts';
import { procedure, router } from './trpc.ts';

const walletId = z.uuid();

/** How fresh a balance has to be: strong unless said. */
const consistency = z.union([z.enum(['strong', 'eventual']), z.object({ atLeast: seenVersion })]).default('strong');

/** Whose procedures these are: the matrix lets customers in only, each to their own. */
function me(ctx: { readonly scope: Scope }): string {
  if (ctx.scope.customerId === null) throw new DomainError('forbidden');
  return ctx.scope.customerId;
}

/** Every address that is tried counts, found or not, so that trying them out tells nobody much about who is a customer. */
function countAddress(ctx: ApiContext & { readonly scope: Scope }): void {
  ctx.app.limits.take(LIMITS.walletAddressByCustomer, me(ctx));
}

const byOwner = { by: 'customer' } as const;

/** A customer's own wallets: what they hold, what moved, and what can be done with them. */
export const walletRouter = router({
  mine: procedure.query(({ ctx }) => readMyWallets(ctx.pool, { merchantId: null, customerId: me(ctx) }, ctx.ctx().now)),

  balance: procedure
    .input(z.object({ walletId, consistency }))
    .query(({ ctx, input }) => readBalance(ctx.pool, ctx.scope, input.walletId, input.consistency)),

  activity: procedure.input(pageInput.extend({ walletId })).query(({ ctx, input }) => listActivity(ctx.pool, ctx.scope, input)),

  people: procedure.query(({ ctx }) => listKnownPeople(ctx.pool, me(ctx))),

  lookUp: procedure.input(z.object({ to: personInput })).query(({ ctx, input: { to } }) => {
    countAddress(ctx);
    const address = 'email' in to ? { email: normalizeEmail(to.email), handle: null } : { email: null, handle: to.handle };
    return lookUp(ctx.pool, me(ctx), address);
  }),

  requests: procedure
    .input(pageInput.extend({ side: z.enum(['payer', 'requester']).optional(), open: z.boolean().optional() }))
    .query(({ ctx, input }) => listMoneyRequests(ctx.pool, me(ctx), ctx.ctx().now, input)),

  request: procedure
    .input(z.object({ id: z.uuid() }))
    .query(({ ctx, input }) => readMoneyRequest(ctx.pool, me(ctx), input.id, ctx.ctx().now)),

  open: procedure
    .input(keyed(z.object({ currency: currencyCode })))
    .mutation(({ ctx, input }) =>
      submit(ctx, input, (wanted, who, key) => ctx.app.flows.wallets.open({ ...wanted, customerId: me(ctx) }, who, key)),
    ),

  setHandle: procedure
    .input(keyed(z.object({ handle: handleInput })))
    .mutation(({ ctx, input }) =>
      submit(ctx, input, (wanted, who, key) => ctx.app.flows.wallets.setHandle({ ...wanted, customerId: me(ctx) }, who, key)),
    ),

  send: procedure.input(keyed(sendMoneyInput)).mutation(async ({ ctx, input }) => {
    countAddress(ctx);
    await own(ctx, 'wallet', input.walletId);
    return submit(ctx, input, ctx.app.flows.wallets.send);
  }),

  ask: procedure.input(keyed(sendMoneyInput)).mutation(async ({ ctx, input }) => {
    countAddress(ctx);
    await own(ctx, 'wallet', input.walletId);
    return submit(ctx, input, ctx.app.flows.wallets.request);
  }),

  payRequest: procedure.input(keyed(payRequestInput)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'wallet', input.walletId);
    return submit(ctx, input, ctx.app.flows.wallets.payRequest);
  }),

  /** Declines what somebody asks of the caller, or withdraws what the caller asks of somebody. */
  endRequest: procedure.input(keyed(z.object({ requestId: z.uuid() }))).mutation(async ({ ctx, input }) => {
    const { side } = await readMoneyRequest(ctx.pool, me(ctx), input.requestId, ctx.ctx().now);
    const how = side === 'payer' ? 'declined' : 'cancelled';
    return submit(ctx, input, (wanted, who, key) => ctx.app.flows.wallets.endRequest({ ...wanted, how }, who, key));
  }),

  freeze: procedure.input(keyed(z.object({ walletId }))).mutation(async ({ ctx, input }) => {
    await own(ctx, 'wallet', input.walletId);
    return submit(ctx, input, (wanted, who, key) => ctx.app.flows.wallets.freeze({ ...wanted, ...byOwner }, who, key));
  }),

  unfreeze: procedure.input(keyed(z.object({ walletId }))).mutation(async ({ ctx, input }) => {
    await own(ctx, 'wallet', input.walletId);
    await assertFreshSignIn(ctx, 'unfreeze your wallet');
    return submit(ctx, input, (wanted, who, key) => ctx.app.flows.wallets.unfreeze({ ...wanted, ...byOwner }, who, key));
  }),

  close: procedure.input(keyed(z.object({ walletId }))).mutation(async ({ ctx, input }) => {
    await own(ctx, 'wallet', input.walletId);
    return submit(ctx, input, (wanted, who, key) => ctx.app.flows.wallets.close({ ...wanted, ...byOwner }, who, key));
  }),
});
