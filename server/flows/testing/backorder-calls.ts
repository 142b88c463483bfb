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
  /** An order for more than there is of a SKU that is sold beyond stock. */
  const waiting = async (): Promise<string> => {
    const w = world();
    await w.flows.setBackorderPolicy(policy(), w.ctx());
    const { rows } = await w.db.pool.query<{ left: bigint }>(
      'SELECT sellable - promised AS left FROM sku_supply WHERE sku_id = $1',
      [w.skus.BAG],
    );
    const left = Number(rows[0]?.left ?? 0n);
    const { id } = await w.place({ lines: [{ sku: 'BAG', quantity: Math.max(left, 0) + 2 }] });
    await w.settle();
    return id;
  };
  return {
    acceptDate: async (): Promise<MadeCall> => {
      const orderId = await waiting();
      const text = 'SELECT promised_on::text AS until FROM backorders WHERE order_id = $1';
      const { rows } = await world().db.pool.query<{ until: string }>(text, [orderId]);
      return (ctx) => world().flows.acceptDate({ orderId, until: rows[0]?.until ?? '' }, ctx);
    },
    cancelWaiting: async (): Promise<MadeCall> => {
      const orderId = await waiting();
      return (ctx) => world().flows.cancelWaiting({ orderId }, ctx);
    },
    setBackorderPolicy: async (): Promise<MadeCall> => (ctx) => world().flows.setBackorderPolicy(policy(), ctx),
    payAgain: async (): Promise<MadeCall> => {
      const orderId = await refusedRenewal(world());
      return (ctx) => world().flows.payAgain({ orderId, token: 'pm_card_mastercard' }, ctx);
    },
  };
}
