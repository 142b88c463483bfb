import { DEFAULT_TERMS } from '../../server/domains/returns/rules.ts';
import { DEMO_USERS } from '../../server/platform/auth/demo-users.ts';
import { orderInput } from './order-input.ts';
import { addGood, receive } from './own-goods.ts';
import type { Shop } from './shops.ts';
import { contextOf, type Stage, settle } from './stories.ts';

const HOUR_MS = 3_600_000;
const LAMP = { sku: 'LAMP-DESK', name: 'Desk lamp', price: '39.90', weightGrams: 1_800 };
/** How far each return of the demo has come. */
const STAGES = ['requested', 'declined', 'labelled', 'in_transit', 'received', 'inspected', 'settled', 'exchanged'] as const;
/** A picture of a lamp. */
const PHOTO =
  'iVBORw0KGgoAAAANSUhEUgAAACAAAAAgCAIAAAD8GO2jAAAAXUlEQVR42mN49+ETTRHDSLLg3okFyIhqFqCZi4kosoCg6QTtYKDcdPx2MFDFdDx2DFcLyDAdlx2jFgxWC0bzwaAoi+hRmtKjPqBHjQZHUSF+yGjUglELRi0YPBYAABp9S42jMnfaAAAAAElFTkSuQmCC';

/** Lamps that a customer sends back: one return in every state that people work on, under a policy that keeps a tenth. */
export async function sendBack(stage: Stage, shop: Shop): Promise<void> {
  const { flows, actors, base } = stage;
  const at = (hoursAgo: number, actor = actors.warehouse) =>
    contextOf(stage, actor, new Date(base.getTime() - hoursAgo * HOUR_MS));
  const customer = DEMO_USERS.find((user) => user.role === 'customer');
  const nodeId = shop.nodes[0]?.id;
  if (!customer || !nodeId) return;
  const skuId = await addGood(stage, shop, LAMP, at(300));
  await receive(stage, shop, { skuId, nodeId, units: 40 }, at(290));
  const terms = { ...DEFAULT_TERMS, restockingBps: 1_000, sendWithinDays: 21, finalSale: ['GIFT-WRAP'] };
  await flows.policies.saveReturns({ merchantId: shop.id, ...terms, seenVersion: 0 }, at(280, shop.actor), 'seed:return-policy');
  for (const [index, state] of STAGES.entries()) {
    const start = 200 - index * 6;
    const key = `seed:return:${state}`;
    const wish = {
      ...orderInput(shop, { sku: LAMP.sku, quantity: 2 }),
      customer: { email: customer.email, name: customer.name },
    };
    const order = await flows.placeOrder(wish, at(start, shop.actor), key);
    const come = (hoursAgo: number) => settle(stage, [order.id], at(hoursAgo).now);
    await come(start);
    const { shipments } = await flows.shipOrder({ orderId: order.id }, at(start - 1), `${key}:ship`);
    await come(start - 1);
    for (const { id } of shipments) {
      const report = { shipmentId: id, status: 'DELIVERED', detail: null, occurredAt: at(start - 30).now } as const;
      await flows.updateShipment(report, contextOf(stage, 'system:carrier', at(start - 30).now), `${key}:delivered:${id}`);
    }
    const lineId = order.lines[0]?.id ?? '';
    const lines = [{ lineId, quantity: 2, reason: index % 2 === 0 ? ('changed_mind' as const) : ('damaged' as const) }];
    const asked = start - 40;
    const wants = state === 'exchanged' ? 'exchange' : 'refund';
    const input = { orderId: order.id, lines, wants, note: 'The shade is not the one in the picture.', label: true } as const;
    const { id: returnId } = await flows.returns.request(input, at(asked, actors.customer), `${key}:ask`);
    await flows.returns.addPhoto({ returnId, contentType: 'image/png', data: PHOTO }, at(asked, actors.customer), `${key}:photo`);
    if (state === 'requested') continue;
    if (state === 'declined') {
      await flows.returns.decline(
        { returnId, reason: 'The bulb was broken after the delivery.' },
        at(asked - 2, actors.agent),
        `${key}:no`,
      );
      continue;
    }
    await flows.returns.approve({ returnId, label: true }, at(asked - 2, actors.agent), `${key}:yes`);
    await come(asked - 2);
    if (state === 'labelled') continue;
    const carrier = contextOf(stage, 'system:carrier', at(asked - 10).now);
    await flows.returns.report({ returnId, status: 'sent', occurredAt: at(asked - 10).now }, carrier, `${key}:sent`);
    if (state === 'in_transit') continue;
    await flows.returns.receive({ returnId, nodeId }, at(asked - 40), `${key}:here`);
    if (state === 'received') continue;
    const looked = [
      { lineId, quantity: 1, verdict: 'accept', stock: 'sellable' },
      { lineId, quantity: 1, verdict: 'part', valuePercent: 60, stock: 'damaged', remark: 'Scratched' },
    ] as const;
    await flows.returns.inspect({ returnId, lines: [...looked] }, at(asked - 44), `${key}:looked`);
    if (state === 'inspected') continue;
    const exchange = state === 'exchanged' ? { exchange: [{ lineId, sku: LAMP.sku, quantity: 1 }] } : {};
    await flows.returns.settle({ returnId, ...exchange }, at(asked - 46, actors.agent), `${key}:settle`);
    await come(asked - 46);
  }
}
