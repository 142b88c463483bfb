import { orderInput } from './order-input.ts';
import { addGood, receive } from './own-goods.ts';
import type { Shop } from './shops.ts';
import { contextOf, type Stage, settle } from './stories.ts';

const HOUR_MS = 3_600_000;
const MUG = { sku: 'CUP-ENAMEL', name: 'Enamel cup', price: '14.90', weightGrams: 180 };
const JUG = { sku: 'JUG-ENAMEL', name: 'Enamel jug', price: '32.50', weightGrams: 700 };

/** An order that its customer changed before it left: a jug more and a cup less, for which the card's authorization was raised. */
export async function editAnOrder(stage: Stage, shop: Shop): Promise<void> {
  const { flows, actors, base } = stage;
  const at = (hoursAgo: number, actor = actors.agent) => contextOf(stage, actor, new Date(base.getTime() - hoursAgo * HOUR_MS));
  const nodeId = shop.nodes[0]?.id;
  if (!nodeId) return;
  for (const good of [MUG, JUG]) {
    const skuId = await addGood(stage, shop, good, at(60));
    await receive(stage, shop, { skuId, nodeId, units: 30 }, at(59));
  }
  const order = await flows.placeOrder(orderInput(shop, { sku: MUG.sku, quantity: 3 }), at(8, shop.actor), 'seed:edit');
  await settle(stage, [order.id], at(8).now);
  const lineId = order.lines[0]?.id ?? '';
  const changes = [
    { change: 'add' as const, sku: JUG.sku, quantity: 1 },
    { change: 'quantity' as const, lineId, quantity: 2 },
  ];
  await flows.edits.edit({ orderId: order.id, changes, reason: 'Asked on the phone' }, at(6), 'seed:edit:change');
  await settle(stage, [order.id], at(6).now);
}
