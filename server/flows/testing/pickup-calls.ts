import type { Ctx } from '../../kernel/context.ts';
import { newId } from '../../kernel/ids.ts';
import type { OrderWorld } from './order-world.ts';

/** An order at a store of its own, to be fetched there. */
async function fetchedOrder(w: OrderWorld): Promise<string> {
  const nodeId = newId();
  const { merchantId } = w;
  await w.db.pool.query(
    `INSERT INTO nodes (id, merchant_id, home, code, name, kind, created_at) VALUES ($1, $2, 'EU', $3, 'Shop', 'store', now())`,
    [nodeId, merchantId, nodeId],
  );
  const skuId = w.skus.MUG as string;
  await w.flows.adjustStock({ merchantId, skuId, nodeId, delta: 5, reason: 'received' }, w.ctx());
  const input = w.input({ lines: [{ sku: 'MUG', quantity: 1 }], pickup: { nodeId } });
  const { id } = await w.flows.placeOrder({ ...input, shipTo: undefined }, w.ctx('shop'));
  await w.settle();
  return id;
}

/** The verbs of pick-ups, each with what it needs prepared. */
export function pickupCalls(world: () => OrderWorld) {
  return {
    makePickupReady: async () => {
      const orderId = await fetchedOrder(world());
      return (ctx: Ctx) => world().flows.makePickupReady({ orderId }, ctx);
    },
    handOverPickup: async () => {
      const w = world();
      const orderId = await fetchedOrder(w);
      const { number } = await w.flows.makePickupReady({ orderId }, w.ctx('warehouse'));
      return (ctx: Ctx) => w.flows.handOverPickup({ orderId, shown: number }, ctx);
    },
    attendPickups: async () => {
      const w = world();
      await w.flows.makePickupReady({ orderId: await fetchedOrder(w) }, w.ctx('warehouse'));
      return (ctx: Ctx) => w.flows.attendPickups({ ...ctx, now: new Date(ctx.now.getTime() + 6 * 86_400_000) });
    },
  };
}
