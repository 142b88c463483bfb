import { orderInput } from './order-input.ts';
import type { Shop } from './shops.ts';
import { contextOf, type Stage, settle } from './stories.ts';

const HOUR_MS = 3_600_000;

/** A shop with two gateways, and the first orders that the second one was preferred for: one of them its bank refused. */
export async function payElsewhere(stage: Stage, shop: Shop): Promise<void> {
  const { flows, base, actors } = stage;
  const at = (hoursAgo: number, actor: string) => contextOf(stage, actor, new Date(base.getTime() - hoursAgo * HOUR_MS));
  await flows.setPaymentGateways(
    {
      merchantId: shop.id,
      gateways: [{ gateway: 'adyen', currencies: [shop.currency] }, { gateway: 'card' }, { gateway: 'manual' }],
    },
    at(4, actors.admin),
    `seed:gateways:${shop.slug}`,
  );
  const [first, second] = shop.goods;
  if (!first || !second) return;
  const wanted = [
    { sku: first.code, quantity: 1, token: 'pm_card_mastercard' },
    { sku: second.code, quantity: 2, token: 'pm_card_visa' },
    { sku: first.code, quantity: 1, token: 'pm_card_chargeDeclinedExpiredCard' },
  ];
  for (const [index, { sku, quantity, token }] of wanted.entries()) {
    const ctx = at(3 - index, shop.actor);
    const input = { ...orderInput(shop, { sku, quantity }), payment: { provider: 'card' as const, token } };
    const { id } = await flows.placeOrder(input, ctx, `seed:gateways:${shop.slug}:${index}`);
    await settle(stage, [id], ctx.now);
  }
  // One more waits for a transfer, which somebody records when it has come.
  const ctx = at(1, shop.actor);
  const transfer = {
    ...orderInput(shop, { sku: first.code, quantity: 1 }),
    payment: { provider: 'card', method: 'bank_transfer' },
  } as const;
  const { id } = await flows.placeOrder(transfer, ctx, `seed:gateways:${shop.slug}:transfer`);
  await settle(stage, [id], ctx.now);
}
