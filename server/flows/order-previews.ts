import type pg from 'pg';
import * as approvals from '../domains/approvals/service.ts';
import type { ShipOrderInput } from '../domains/fulfilment/schema.ts';
import type { ReshipOrderInput } from '../domains/orders/schema.ts';
import type { RefundOrderInput } from '../domains/refunds/schema.ts';
import type { Ctx } from '../kernel/context.ts';
import { type Tx, withTx } from '../platform/db.ts';
import { forgetLocks } from '../platform/locks.ts';
import type { CancelWish } from './cancel-order.ts';
import { type CancelPreview, previewCancel } from './cancel-plan.ts';
import { askOf, demandCancel, termsOfOrders } from './policies/cancel-ask.ts';
import { previewRefund, type RefundPreview } from './refund-order.ts';
import { previewReship, type ReshipPreview } from './reship-order.ts';
import { planShip, type ShipPreview } from './ship-order.ts';
import { lockWorld, type Needs, orderOf, type World } from './world.ts';

/** What the verbs of an order would do now. */
export interface OrderPreviews {
  previewCancel(input: CancelWish, ctx: Ctx): Promise<CancelPreview>;
  previewRefund(input: RefundOrderInput, ctx: Ctx): Promise<RefundPreview>;
  previewReship(input: ReshipOrderInput, ctx: Ctx): Promise<ReshipPreview>;
  previewShip(input: ShipOrderInput, ctx: Ctx): Promise<ShipPreview>;
}

export function createOrderPreviews(pool: pg.Pool): OrderPreviews {
  return {
    previewCancel: (input, ctx) =>
      dryRun(pool, input.orderId, ctx, async (world, tx) => {
        const order = orderOf(world, input.orderId);
        const ask = askOf(await termsOfOrders(tx, world, ctx.now), order, input, input.by ?? 'agent', ctx);
        demandCancel(order, ask, null, false);
        return previewCancel(world, order, input, ask);
      }),
    previewReship: (input, ctx) =>
      dryRun(pool, input.orderId, ctx, (world) => previewReship(world, orderOf(world, input.orderId), input), { supply: true }),
    previewShip: (input, ctx) =>
      dryRun(pool, input.orderId, ctx, (world) => planShip(world, orderOf(world, input.orderId), input), { stock: true }),
    previewRefund: async (input, ctx) => {
      const policies = await approvals.policies(pool);
      return dryRun(pool, input.orderId, ctx, async (world, tx) => {
        const terms = await termsOfOrders(tx, world, ctx.now);
        return previewRefund(world, orderOf(world, input.orderId), input, { approvals: { policies }, terms });
      });
    },
  };
}

/**
 * Plans on the locked order and writes nothing, so that what is shown is what would be done. The lock lasts for one read: a dialog that
 * opens waits for a change under way instead of showing what was true before it.
 */
async function dryRun<R>(
  pool: pg.Pool,
  orderId: string,
  ctx: Ctx,
  plan: (world: World, tx: Tx) => R | Promise<R>,
  needs: Pick<Needs, 'stock' | 'supply'> = {},
): Promise<R> {
  return withTx(pool, async (tx: Tx) => {
    forgetLocks(tx);
    return plan(await lockWorld(tx, { orderIds: [orderId], ...needs }, ctx), tx);
  });
}
