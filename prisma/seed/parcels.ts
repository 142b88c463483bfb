import { orderInput } from './order-input.ts';
import { addGood, addNode, receive } from './own-goods.ts';
import type { Shop } from './shops.ts';
import { contextOf, type Stage, settle } from './stories.ts';

const HOUR_MS = 3_600_000;
const KAYAK = { sku: 'KAYAK-SEA', name: 'Sea kayak with paddle', price: '1190.00', weightGrams: 14_000 };
const DEPOT = {
  node: 'BRE',
  kind: 'warehouse',
  name: 'Bremen depot',
  city: 'Bremen',
  postalCode: '28195',
  priority: 200,
} as const;
const CARRIER = 'parcel';

/**
 * A depot of bulky goods, whose parcels the carrier calls for with a manifest: one that was handed over, one that waits for the carrier,
 * parcels that are not on any yet, an order in two boxes, and one box that was lost and is claimed.
 */
export async function sendParcels(stage: Stage, shop: Shop): Promise<void> {
  const { flows, actors, base, pool } = stage;
  const at = (hoursAgo: number, actor = actors.warehouse) =>
    contextOf(stage, actor, new Date(base.getTime() - hoursAgo * HOUR_MS));
  const nodeId = await addNode(stage, shop, DEPOT, at(200).now);
  const skuId = await addGood(stage, shop, KAYAK, at(200));
  await receive(stage, shop, { skuId, nodeId, units: 24 }, at(190));
  await flows.parcels.setHandOver({ nodeId, handOver: 'by_manifest' }, at(180), 'seed:manifests:on');
  /** An order packed into boxes of so many; it waits for a manifest. */
  const pack = async (key: string, boxes: readonly number[], hoursAgo: number): Promise<{ id: string; shipmentId: string }> => {
    const quantity = boxes.reduce((sum, units) => sum + units, 0);
    const ctx = at(hoursAgo, shop.actor);
    const order = await flows.placeOrder(orderInput(shop, { sku: KAYAK.sku, quantity }), ctx, `seed:parcels:${key}`);
    await settle(stage, [order.id], ctx.now);
    const lineId = order.lines[0]?.id ?? '';
    const packed = boxes.map((units, index) => ({ units: [{ lineId, quantity: units }], weightGrams: 15_500 + 400 * index }));
    const shipping = await flows.shipOrder({ orderId: order.id, boxes: packed }, at(hoursAgo - 1), `seed:parcels:${key}:ship`);
    await settle(stage, [order.id], at(hoursAgo - 1).now);
    return { id: order.id, shipmentId: shipping.shipments[0]?.id ?? '' };
  };
  const close = async (key: string, orders: readonly { id: string }[], hoursAgo: number): Promise<string> => {
    const ctx = at(hoursAgo);
    const manifest = await flows.parcels.closeManifest({ nodeId, carrier: CARRIER }, ctx, `seed:manifest:${key}`);
    await stage.time.at(ctx.now, () => flows.parcels.advanceManifest(manifest.id));
    await settle(
      stage,
      orders.map(({ id }) => id),
      ctx.now,
    );
    return manifest.id;
  };
  const gone = [await pack('two-boxes', [1, 1], 50), await pack('one', [1], 49), await pack('lost', [1, 1], 48)];
  const manifestId = await close('gone', gone, 46);
  await flows.parcels.handOverManifest({ manifestId, finish: false }, at(45), 'seed:manifest:gone:over');
  await settle(
    stage,
    gone.map(({ id }) => id),
    at(45).now,
  );
  await close('waits', [await pack('waits', [2, 1], 6), await pack('waits-too', [1], 5)], 3);
  await pack('loose', [1], 2);
  const lost = gone[2];
  const { rows } = await pool.query<{ id: string }>(
    'SELECT id FROM shipment_boxes WHERE shipment_id = $1 ORDER BY number LIMIT 1',
    [lost?.shipmentId],
  );
  const boxId = rows[0]?.id;
  if (!lost || !boxId) return;
  const report = { shipmentId: lost.shipmentId, boxId, status: 'LOST', detail: 'Not found at the depot in Kassel.' } as const;
  await flows.updateShipment({ ...report, occurredAt: at(20).now }, contextOf(stage, 'system:carrier', at(20).now), 'seed:lost');
  const claim = { shipmentId: lost.shipmentId, boxId, kind: 'lost', note: 'Asked twice, not found.' } as const;
  await flows.parcels.fileClaim(claim, at(18), 'seed:lost:claim');
  await settle(stage, [lost.id], at(18).now);
}
