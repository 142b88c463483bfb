import type { Ctx } from '../../kernel/context.ts';
import type { OrderWorld } from './order-world.ts';
import { payer } from './tender-scenarios.ts';

/** The verbs of gift cards and store credit: each prepares what it needs and answers with the call itself. */
export function tenderCalls(world: () => OrderWorld) {
  const card = () => ({ merchantId: world().merchantId, amountMinor: 1_000n, currency: 'EUR', reason: 'sold' }) as const;
  const credit = async () => {
    const { id: customerId } = await payer(world(), {});
    const { merchantId } = world();
    return { merchantId, customerId, amountMinor: 500n, currency: 'EUR', reason: 'goodwill' } as const;
  };
  return {
    issueGiftCard: async () => (ctx: Ctx) => world().flows.issueGiftCard(card(), ctx),
    changeGiftCard: async () => {
      const { id: giftCardId } = await world().flows.issueGiftCard(card(), world().ctx());
      return (ctx: Ctx) => world().flows.changeGiftCard({ giftCardId, action: 'void', reason: 'Lost' }, ctx);
    },
    issueStoreCredit: async () => {
      const wish = await credit();
      return (ctx: Ctx) => world().flows.issueStoreCredit(wish, ctx);
    },
    changeStoreCredit: async () => {
      const { id: storeCreditId } = await world().flows.issueStoreCredit(await credit(), world().ctx());
      const wish = { action: 'deduct', storeCreditId, amountMinor: 1n, reason: 'Twice' } as const;
      return (ctx: Ctx) => world().flows.changeStoreCredit(wish, ctx);
    },
    expireGiftCards: async () => {
      const w = world();
      await w.flows.issueGiftCard({ ...card(), expiresAt: new Date(w.clock().getTime() + 60_000) }, w.ctx());
      w.advanceClock(61_000);
      return (ctx: Ctx) => w.flows.expireGiftCards({ ...ctx, now: w.clock() });
    },
  };
}
