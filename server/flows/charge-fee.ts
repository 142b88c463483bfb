import type { TransferSpec } from '../domains/ledger/schema.ts';
import { chart } from '../domains/ledger/schema.ts';
import * as orders from '../domains/orders/service.ts';
import type { Ctx } from '../kernel/context.ts';
import { newId } from '../kernel/ids.ts';
import type { CancelAsk, CancelPreview } from './cancel-plan.ts';
import { postFor, settleOrder, tell, type World } from './world.ts';

/**
 * What a merchant keeps of a cancellation. The units' whole value leaves the receivable, and the fee comes back to it: it is no part of the
 * price, so it bears no tax (decision 108). Of money that was taken already the fee is what does not go back; of an authorization it is
 * captured when nothing waits any more, and the rest is released. A bank that gives nothing makes the fee go, not the order stay.
 */
export function chargeFee(
  world: World,
  order: orders.Order,
  preview: CancelPreview,
  { by, version, waive }: CancelAsk,
  ctx: Ctx,
): void {
  const { feeMinor, waivedMinor, valueMinor } = preview;
  if (feeMinor + waivedMinor === 0 || (by.actor !== 'customer' && by.actor !== 'agent')) return;
  const { id: orderId, merchantId, currency } = order.row;
  const fee = { amountMinor: BigInt(feeMinor), waivedMinor: BigInt(waivedMinor), waiveReason: waive ?? null };
  const about = { orderId, merchantId, currency, policyVersion: version, by: by.actor, valueMinor: BigInt(valueMinor) };
  orders.keepFee(world.orders, order, { ...about, ...fee }, ctx);
  if (feeMinor > 0) postFor(world, order, [feeTransfer(order, fee.amountMinor, 'kept')], ctx);
  settleOrder(world, order, null, ctx);
  if (feeMinor > 0) sayKept(world, order, ctx);
}

/** The fee is paid for, now or already: whoever documents it hears so. What is still owed is said when it was taken. */
export function sayKept(world: World, order: orders.Order, ctx: Ctx): void {
  const { cancellationFeeMinor: amountMinor, receivableMinor } = order.row;
  if (amountMinor > 0n && receivableMinor <= 0n) tell(world, order, 'order.cancellation_fee_kept', { amountMinor }, ctx);
}

export function feeTransfer({ row }: orders.Order, amountMinor: bigint, what: 'kept' | 'dropped'): TransferSpec {
  const { id: orderId, merchantId, currency } = row;
  const receivable = chart.receivable(merchantId, currency).code;
  const payable = chart.merchantPayable(merchantId, currency).code;
  const [kind, debit, credit] =
    what === 'kept'
      ? (['cancellation_fee', receivable, payable] as const)
      : (['cancellation_fee_dropped', payable, receivable] as const);
  return { id: newId(), kind, phase: 'single', debit, credit, amountMinor, currency, orderId, paymentId: null };
}
