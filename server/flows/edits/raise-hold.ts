import type { Order } from '../../domains/orders/service.ts';
import type { Payment } from '../../domains/payments/rules.ts';
import type { Ctx } from '../../kernel/context.ts';
import { newId } from '../../kernel/ids.ts';
import { holdAuthorized } from '../hold-authorized.ts';
import { postFor, type World } from '../world.ts';

/** An authorization that was raised holds its new total in the ledger: what it held is released, and held anew with the rest. */
export function raiseHold(world: World, order: Order, payment: Payment, totalMinor: bigint, ctx: Ctx): void {
  const { holdId, id: paymentId, providerRef: reference } = payment;
  if (holdId !== null)
    postFor(
      world,
      order,
      [{ id: newId(), kind: 'void', phase: 'void', holdId, orderId: order.row.id, paymentId, reference }],
      ctx,
    );
  holdAuthorized(world, order, payment, totalMinor, payment.authorizationExpiresAt, ctx);
}
