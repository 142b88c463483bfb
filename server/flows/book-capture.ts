import type { TransferSpec } from '../domains/ledger/schema.ts';
import { chart } from '../domains/ledger/schema.ts';
import type { Order } from '../domains/orders/service.ts';
import type { Payment } from '../domains/payments/rules.ts';
import * as payments from '../domains/payments/service.ts';
import type { Ctx } from '../kernel/context.ts';
import { newId } from '../kernel/ids.ts';
import { postFor, type World } from './world.ts';

/** Posts money taken: out of the hold into clearing, the provider's fee out of clearing. A final capture releases the rest. */
export function bookCapture(
  world: World,
  order: Order,
  payment: Payment,
  amountMinor: bigint,
  feeMinor: bigint,
  final: boolean,
  ctx: Ctx,
): void {
  const { merchantId, currency, id } = order.row;
  const base = { orderId: id, paymentId: payment.id, reference: payment.providerRef };
  const specs: TransferSpec[] = [
    { ...base, id: newId(), kind: 'capture', phase: 'post', holdId: payment.holdId as string, amountMinor, final },
  ];
  if (feeMinor > 0n) {
    const debit = chart.pspFees(merchantId, currency).code;
    const credit = chart.pspClearing(payment.provider, currency).code;
    specs.push({ ...base, id: newId(), kind: 'psp_fee', phase: 'single', debit, credit, amountMinor: feeMinor, currency });
  }
  postFor(world, order, specs, ctx);
  payment.capturedMinor += amountMinor;
  payment.feeMinor += feeMinor;
  if (final || payment.capturedMinor === payment.authorizedMinor) payment.holdId = null;
  payments.settle(world.payments, payment, null);
}
