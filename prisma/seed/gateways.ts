import { orderInput } from './order-input.ts';
import type { Shop } from './shops.ts';
import { contextOf, type Stage, settle } from './stories.ts';

const HOUR_MS = 3_600_000;

/** A shop with two gateways, and the first orders that the second one was preferred for: one of them its bank refused. */
export async function payElsewhere(stage: Stage, shop: Shop): Promise<void> {
  const { flows, base, actors } = stage;
  const at = (hoursAgo: number, actor: string) => contextOf(stage, actor, new Date(base.getTime() - hoursAgo * HOUR_MS));
  await flows.setPaymentGateways(
    { merchantId: shop.id, gateways: [{ gateway: 'adyen', currencies: [shop.currency] }, { gateway: 'card' }] },
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
}
