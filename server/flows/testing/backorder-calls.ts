import { setBackorderPolicyInput } from '../../domains/backorders/schema.ts';
import type { Ctx } from '../../kernel/context.ts';
import { refusedRenewal } from './lapsed-orders.ts';
import type { OrderWorld } from './order-world.ts';

type MadeCall = (ctx: Ctx) => Promise<unknown>;

/** The calls of selling beyond stock, each prepared so that it does what it is for. */
export function backorderCalls(world: () => OrderWorld) {
  const policy = () =>
    setBackorderPolicyInput.parse({
      merchantId: world().merchantId,
      skuId: world().skus.BAG,
      kind: 'backorder',
      limitUnits: 50,
      leadDays: 10,
    });
  return {
    setBackorderPolicy: async (): Promise<MadeCall> => (ctx) => world().flows.setBackorderPolicy(policy(), ctx),
    payAgain: async (): Promise<MadeCall> => {
      const orderId = await refusedRenewal(world());
      return (ctx) => world().flows.payAgain({ orderId, token: 'pm_card_mastercard' }, ctx);
    },
  };
}
