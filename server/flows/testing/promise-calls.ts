import type { Ctx } from '../../kernel/context.ts';
import type { OrderWorld } from './order-world.ts';

/** Calls of the verbs that decide what may be promised, and to whom. */
export function promiseCalls(w: () => OrderWorld) {
  const cart = () => ({ merchantId: w().merchantId, channel: 'api' as const, lines: [{ sku: 'MUG', quantity: 1 }] });
  return {
    setSafety: async () => (ctx: Ctx) =>
      w().flows.setSafety(
        { merchantId: w().merchantId, skuId: w().skus.MUG as string, nodeId: w().nodes[0] as string, safety: 3 },
        ctx,
      ),
    setChannel: async () => (ctx: Ctx) =>
      w().flows.setChannel(
        { merchantId: w().merchantId, skuId: w().skus.TEE as string, channel: 'shop', buffer: 2, cap: 50 },
        ctx,
      ),
    'reservations.reserve': async () => (ctx: Ctx) => w().flows.reservations.reserve(cart(), ctx),
    'reservations.extend': async () => {
      const { id: reservationId } = await w().flows.reservations.reserve(cart(), w().ctx());
      return (ctx: Ctx) => w().flows.reservations.extend({ reservationId, ttlSeconds: 900 }, ctx);
    },
    'reservations.release': async () => {
      const { id: reservationId } = await w().flows.reservations.reserve(cart(), w().ctx());
      return (ctx: Ctx) => w().flows.reservations.release({ reservationId }, ctx);
    },
  };
}
