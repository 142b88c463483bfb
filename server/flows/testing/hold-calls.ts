import type { CreateCheckoutInput } from '../../domains/checkouts/schema.ts';
import type { Ctx } from '../../kernel/context.ts';
import type { OrderWorld } from './order-world.ts';

/** The verbs that keep a cart's units, each with what it needs prepared. */
export function holdCalls(world: () => OrderWorld, cart: () => CreateCheckoutInput) {
  const open = async (hold: boolean): Promise<string> => {
    const { flows, ctx } = world();
    return (await flows.checkouts.create({ ...cart(), lines: [{ sku: 'MUG', quantity: 1 }], hold }, ctx())).id;
  };
  return {
    'checkouts.hold': async () => {
      const checkoutId = await open(false);
      return (ctx: Ctx) => world().flows.checkouts.hold({ checkoutId }, ctx);
    },
    'checkouts.letGo': async () => {
      const checkoutId = await open(true);
      return (ctx: Ctx) => world().flows.checkouts.letGo({ checkoutId }, ctx);
    },
  };
}
