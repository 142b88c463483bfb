import { z } from 'zod';
import { changeTierInput, currencyCode, WALLET_STATUSES, WALLET_TIERS } from '../domains/wallet/schema.ts';
import { text } from '../kernel/inputs.ts';
import { listActivity } from '../views/wallet-activity.ts';
import { listWallets, readWallet } from '../views/wallets.ts';
import { keyed, own, submit } from './mutations.ts';
import { pageInput } from './page-input.ts';
import { procedure, router } from './trpc.ts';

const becauseOf = keyed(z.object({ walletId: z.uuid(), reason: text(500) }));
const byStaff = { by: 'staff' } as const;

/** Customers' wallets, as staff look after them. They belong to the platform: whoever works for one merchant sees none. */
export const walletsRouter = router({
  list: procedure
    .input(
      pageInput.extend({
        q: z.string().max(200).optional(),
        status: z.enum(WALLET_STATUSES).optional(),
        tier: z.enum(WALLET_TIERS).optional(),
        currency: currencyCode.optional(),
        negative: z.boolean().optional(),
      }),
    )
    .query(({ ctx, input }) => listWallets(ctx.pool, ctx.scope, input)),

  get: procedure.input(z.object({ id: z.uuid() })).query(async ({ ctx, input }) => {
    await own(ctx, 'wallet', input.id);
    return readWallet(ctx.pool, input.id, ctx.ctx().now);
  }),

  activity: procedure.input(pageInput.extend({ walletId: z.uuid() })).query(async ({ ctx, input }) => {
    await own(ctx, 'wallet', input.walletId);
    return listActivity(ctx.pool, ctx.scope, input);
  }),

  freeze: procedure.input(becauseOf).mutation(async ({ ctx, input }) => {
    await own(ctx, 'wallet', input.walletId);
    return submit(ctx, input, (wanted, who, key) => ctx.app.flows.wallets.freeze({ ...wanted, ...byStaff }, who, key));
  }),

  unfreeze: procedure.input(becauseOf).mutation(async ({ ctx, input }) => {
    await own(ctx, 'wallet', input.walletId);
    return submit(ctx, input, (wanted, who, key) => ctx.app.flows.wallets.unfreeze({ ...wanted, ...byStaff }, who, key));
  }),

  close: procedure.input(becauseOf).mutation(async ({ ctx, input }) => {
    await own(ctx, 'wallet', input.walletId);
    return submit(ctx, input, (wanted, who, key) => ctx.app.flows.wallets.close({ ...wanted, ...byStaff }, who, key));
  }),

  changeTier: procedure.input(keyed(changeTierInput)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'wallet', input.walletId);
    return submit(ctx, input, ctx.app.flows.wallets.changeTier);
  }),
});
