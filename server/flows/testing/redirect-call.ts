import type { Ctx } from '../../kernel/context.ts';
import type { OrderWorld } from './order-world.ts';

/** Prepares a refund of an order that has left, of which the card takes nothing, and answers with the call that sends it elsewhere. */
export async function redirectCall(w: OrderWorld, orderId: string): Promise<(ctx: Ctx) => Promise<unknown>> {
  const wish = { kind: 'amount', orderId, amountMinor: 1n, reason: 'late', undoable: true } as const;
  const { id: refundId } = await w.flows.refundOrder(wish, w.ctx());
  const { rows } = await w.db.pool.query<{ id: string }>(
    `UPDATE refund_legs SET failure = '{"code": "expired_card"}' WHERE refund_id = $1 RETURNING id`,
    [refundId],
  );
  const legId = rows[0]?.id ?? '';
  return (ctx) => w.flows.redirectRefund({ orderId, refundId, legId, to: 'store_credit' }, ctx);
}

/** The call that refunds what has left of an order. */
export const refundCall =
  (w: OrderWorld, orderId: string) =>
  (ctx: Ctx): Promise<unknown> =>
    w.flows.refundOrder({ kind: 'units', orderId, reason: 'late' }, ctx);
