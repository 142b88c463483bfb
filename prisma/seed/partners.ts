import { orderInput } from './order-input.ts';
import { addGood, addNode, receive } from './own-goods.ts';
import type { Shop } from './shops.ts';
import { contextOf, type Stage, settle } from './stories.ts';

/** What partners keep for the first shop: a good each that nobody else has much of. */
const KEPT = [
  {
    node: 'LOG',
    kind: 'third_party',
    name: 'Leipzig logistics',
    sku: 'CANOE-2',
    good: 'Touring canoe, two seats',
    price: '749.00',
    ours: 6,
  },
  {
    node: 'MAK',
    kind: 'drop_shipper',
    name: 'Lamp maker',
    sku: 'LAMP-MAKER',
    good: 'Storm lamp, made to order',
    price: '89.00',
    ours: 0,
  },
] as const;
const UNITS = 40;

/** Opens two nodes that partners run, has one order asked of each, and two orders wait for their customers at the store. */
export async function askPartners(stage: Stage, shop: Shop, now: Date): Promise<void> {
  const { flows, actors } = stage;
  const ctx = contextOf(stage, actors.warehouse, now);
  for (const [index, { node, kind, name, sku, good, price, ours }] of KEPT.entries()) {
    const place = { node, kind, name, city: 'Leipzig', postalCode: '04356', priority: index - 9 };
    const nodeId = await addNode(stage, shop, place, now);
    const skuId = await addGood(stage, shop, { sku, name: good, price, weightGrams: 9_000 }, ctx);
    const main = shop.nodes[0]?.id;
    await receive(stage, shop, { skuId, nodeId, units: UNITS }, ctx);
    if (main && ours > 0) await receive(stage, shop, { skuId, nodeId: main, units: ours }, ctx);
    const placed = await flows.placeOrder(
      orderInput(shop, { sku, quantity: 1 }),
      contextOf(stage, shop.actor, now),
      `seed:partner:${sku}`,
    );
    await settle(stage, [placed.id], now);
  }
  await waitAtTheStore(stage, shop, now);
}

async function waitAtTheStore(stage: Stage, shop: Shop, now: Date): Promise<void> {
  const store = shop.nodes[1];
  if (!store) return;
  const { rows } = await stage.pool.query<{ code: string }>(
    `SELECT k.code FROM node_stock s JOIN skus k ON k.id = s.sku_id WHERE s.node_id = $1 AND s.on_hand - s.allocated - s.safety >= 3 AND s.short = 0
     AND NOT EXISTS (SELECT FROM sku_supply p WHERE p.sku_id = s.sku_id AND p.sellable - p.promised < 3) ORDER BY k.code LIMIT 2`,
    [store.id],
  );
  for (const [index, { code }] of rows.entries()) {
    const input = { ...orderInput(shop, { sku: code, quantity: 1 }), shipTo: undefined, pickup: { nodeId: store.id } };
    const placed = await stage.flows.placeOrder(input, contextOf(stage, shop.actor, now), `seed:pickup:${index}`);
    await settle(stage, [placed.id], now);
    if (index === 0)
      await stage.flows.makePickupReady(
        { orderId: placed.id },
        contextOf(stage, stage.actors.warehouse, now),
        'seed:pickup:ready',
      );
  }
}
