import { chart } from '../domains/ledger/schema.ts';
import type { Order } from '../domains/orders/service.ts';
import type { Payment } from '../domains/payments/rules.ts';
import * as payments from '../domains/payments/service.ts';
import type { Ctx } from '../kernel/context.ts';
import { newId } from '../kernel/ids.ts';
import { postFor, type World } from './world.ts';

/** An authorization holds its amount in the ledger: debit clearing, credit receivable, pending. */
export function holdAuthorized(
  world: World,
  order: Order,
  payment: Payment,
  amountMinor: bigint,
  expiresAt: Date | null,
  ctx: Ctx,
): void {
  const holdId = newId();
  payment.authorizedMinor = amountMinor;
  payment.authorizationExpiresAt = expiresAt;
  payment.holdId = holdId;
  payment.nextAction = null;
  payments.settle(world.payments, payment, null);
  const { merchantId, currency } = order.row;
  postFor(
    world,
    order,
    [
      {
        id: holdId,
        kind: 'authorization',
        phase: 'pending',
        debit: chart.pspClearing(payment.provider, currency).code,
        credit: chart.receivable(merchantId, currency).code,
        amountMinor,
        currency,
        orderId: order.row.id,
        paymentId: payment.id,
        reference: payment.providerRef,
        expiresAt,
      },
    ],
    ctx,
  );
}
