import { type Dispute, isLost } from '../../domains/disputes/rules.ts';
import * as disputes from '../../domains/disputes/service.ts';
import { chart, type TransferSpec } from '../../domains/ledger/schema.ts';
import type { Order } from '../../domains/orders/service.ts';
import { onItsWayOfCancelled } from '../../domains/refunds/rules.ts';
import * as refunds from '../../domains/refunds/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { newId } from '../../kernel/ids.ts';
import { postFor, settleOrder, type World } from '../world.ts';

/** A transfer of a dispute's money, or none where nothing moves. Its reference is the dispute's number. */
export function move(dispute: Dispute, kind: string, debit: string, credit: string, amountMinor: bigint): TransferSpec[] {
  if (amountMinor <= 0n) return [];
  const { orderId, paymentId, currency, number: reference } = dispute;
  return [{ id: newId(), kind, phase: 'single', debit, credit, amountMinor, currency, orderId, paymentId, reference }];
}

/**
 * What was lost and what the customer is owed for cancelled units are the same money: it went back by way of the bank, and is no loss. Looks
 * at an order whose disputes are locked; nothing happens where nobody is owed anything.
 */
export function setOffLosses(world: World, order: Order, ctx: Ctx): void {
  if (!order.row.confirmedAt) return;
  let owed = -order.row.receivableMinor - onItsWayOfCancelled(refunds.ofOrder(world.refunds, order.row.id));
  for (const dispute of disputes.ofOrder(world.disputes, order.row.id)) {
    const left = isLost(dispute.status) ? dispute.takenMinor - dispute.setOffMinor : 0n;
    const part = left < owed ? left : owed;
    if (part <= 0n) continue;
    owed -= part;
    setOff(world, order, dispute, part, ctx);
    settleOrder(world, order, null, ctx);
  }
}

/** Takes a part of a loss out of it, or puts it back where the amount is negative. */
export function setOff(world: World, order: Order, dispute: Dispute, amountMinor: bigint, ctx: Ctx): void {
  const { merchantId, currency } = order.row;
  const losses = chart.merchantChargebacks(merchantId, currency).code;
  const receivable = chart.receivable(merchantId, currency).code;
  postFor(
    world,
    order,
    [
      ...move(dispute, 'dispute_set_off', receivable, losses, amountMinor),
      ...move(dispute, 'dispute_set_off', losses, receivable, -amountMinor),
    ],
    ctx,
  );
  dispute.setOffMinor += amountMinor;
  disputes.changed(world.disputes, dispute);
}
