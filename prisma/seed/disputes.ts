import { orderInput } from './order-input.ts';
import { addGood, receive } from './own-goods.ts';
import type { Shop } from './shops.ts';
import { contextOf, type Stage, settle } from './stories.ts';
import { post, type Simulators } from './troubles.ts';

const HOUR_MS = 3_600_000;
const WATCH = { sku: 'WATCH-FIELD', name: 'Field watch', price: '129.00', weightGrams: 400 };
/** How each dispute of the demo stands: one to answer by tomorrow, one that the bank only asks about, one of either end. */
const STORIES = [
  { key: 'open', reason: 'product_not_received', hours: 30, ends: null },
  { key: 'inquiry', reason: 'unrecognized', hours: 100, ends: null },
  { key: 'won', reason: 'fraudulent', hours: 160, ends: 'won' },
  { key: 'lost', reason: 'product_unacceptable', hours: 150, ends: 'lost' },
] as const;

/** Watches whose buyers' banks want the money back. */
export async function takeBack(stage: Stage, shop: Shop, simulators: Simulators): Promise<void> {
  const { flows, actors, base, pool } = stage;
  const at = (hoursAgo: number, actor = actors.warehouse) =>
    contextOf(stage, actor, new Date(base.getTime() - hoursAgo * HOUR_MS));
  const nodeId = shop.nodes[0]?.id;
  if (!nodeId) return;
  const skuId = await addGood(stage, shop, WATCH, at(300));
  await receive(stage, shop, { skuId, nodeId, units: 20 }, at(290));
  for (const [index, { key, reason, hours, ends }] of STORIES.entries()) {
    const start = 120 - index * 5;
    const order = await flows.placeOrder(
      orderInput(shop, { sku: WATCH.sku, quantity: 1 }),
      at(start, shop.actor),
      `seed:dispute:${key}`,
    );
    const come = (hoursAgo: number) => settle(stage, [order.id], at(hoursAgo).now);
    await come(start);
    const { shipments } = await flows.shipOrder({ orderId: order.id }, at(start - 1), `seed:dispute:${key}:ship`);
    await come(start - 1);
    for (const { id } of shipments) {
      const occurredAt = at(start - 40).now;
      const report = { shipmentId: id, status: 'DELIVERED', detail: null, occurredAt } as const;
      await flows.updateShipment(report, contextOf(stage, 'system:carrier', occurredAt), `seed:dispute:${key}:delivered:${id}`);
    }
    const { rows } = await pool.query<{ ref: string | null; known: boolean }>(
      `SELECT p.provider_ref AS ref, EXISTS (SELECT FROM disputes d WHERE d.payment_id = p.id) AS known FROM payments p WHERE p.order_id = $1`,
      [order.id],
    );
    const { ref = null, known = true } = rows[0] ?? {};
    if (ref === null || known) continue;
    const wish = { payment_intent: ref, reason, due_in_hours: hours, ...(key === 'inquiry' ? { inquiry: true } : {}) };
    await post(`${simulators.psp}/_sim/disputes`, wish);
    await flows.disputes.read([ref], contextOf(stage, 'system:disputes', at(40 - index).now));
    if (!ends) continue;
    await post(`${simulators.psp}/_sim/disputes/decide`, { payment_intent: ref, status: ends });
    await flows.disputes.read([ref], contextOf(stage, 'system:disputes', at(6 - index).now));
  }
}
