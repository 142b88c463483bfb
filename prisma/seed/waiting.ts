import { setBackorderPolicyInput } from '../../server/domains/backorders/schema.ts';
import { orderInput } from './order-input.ts';
import { addGood, receive } from './own-goods.ts';
import type { Shop } from './shops.ts';
import { contextOf, type Stage, settle } from './stories.ts';

const DAY_MS = 86_400_000;
const BOOT = { sku: 'BOOT-WINTER', name: 'Winter boots, lined', price: '139.00', weightGrams: 1_600 };
const TENT = { sku: 'TENT-EXPEDITION', name: 'Expedition tent, spring edition', price: '649.00', weightGrams: 4_200 };
/** Pairs of boots that were there before everybody wanted some. */
const BOOTS = 3;

/** Boots that are sold out and come with a delivery that was put off, and a tent that is sold before it is released. */
export async function sellBeyondStock(stage: Stage, shop: Shop): Promise<void> {
  const { flows, actors, base } = stage;
  const main = shop.nodes[0];
  if (!main) return;
  const day = (days: number): string => new Date(base.getTime() + days * DAY_MS).toISOString().slice(0, 10);
  const at = (daysAgo: number, actor = actors.warehouse) => contextOf(stage, actor, new Date(base.getTime() - daysAgo * DAY_MS));
  const bootId = await addGood(stage, shop, BOOT, at(40));
  const tentId = await addGood(stage, shop, TENT, at(40));
  await receive(stage, shop, { skuId: bootId, nodeId: main.id, units: BOOTS }, at(30));
  const boots = { kind: 'backorder', limitUnits: 40, leadDays: 28 } as const;
  const tents = { kind: 'preorder', limitUnits: 60, releaseOn: day(70) } as const;
  for (const [skuId, wish] of [[bootId, boots] as const, [tentId, tents] as const])
    await flows.setBackorderPolicy(
      setBackorderPolicyInput.parse({ merchantId: shop.id, skuId, ...wish }),
      at(10),
      `seed:backorders:${skuId}`,
    );
  const announced = await flows.stockWork.createPurchaseOrder(
    {
      merchantId: shop.id,
      nodeId: main.id,
      supplier: 'Alpine Footwear',
      expectedOn: day(4),
      lines: [{ skuId: bootId, quantity: 12 }],
      order: true,
    },
    at(8),
    `seed:purchase:${shop.slug}:boots`,
  );
  const buy = async (key: string, sku: string, quantity: number, daysAgo: number): Promise<string> => {
    const ctx = at(daysAgo, shop.actor);
    const { id } = await flows.placeOrder(orderInput(shop, { sku, quantity }), ctx, `seed:waiting:${key}`);
    await settle(stage, [id], ctx.now);
    return id;
  };
  await buy('boots-1', BOOT.sku, 2, 5);
  const second = await buy('boots-2', BOOT.sku, 4, 4);
  await buy('boots-3', BOOT.sku, 9, 3);
  await buy('boots-4', BOOT.sku, 2, 2);
  for (const [index, quantity] of [1, 2, 1].entries()) await buy(`tent-${index}`, TENT.sku, quantity, 2 - index / 2);
  // The supplier is late: whoever waits for the delivery is told of its new day, and one has agreed to it.
  const version = BigInt(announced.version);
  const later = { purchaseOrderId: announced.id, version, expectedOn: day(11) };
  await flows.stockWork.editPurchaseOrder(later, at(1), `seed:purchase:${shop.slug}:boots:late`);
  await flows.moveDates([bootId], at(1));
  await flows.acceptDate({ orderId: second, until: day(11) }, at(0.5, 'system:waiting'), 'seed:waiting:agreed');
}
