import type { Order } from '../domains/orders/service.ts';
import { disputedAwayMinor } from '../domains/payments/rules.ts';
import * as payments from '../domains/payments/service.ts';
import { CANCELLED, isOnItsWay, onItsWayMinor, onItsWayOfCancelled } from '../domains/refunds/rules.ts';
import * as refunds from '../domains/refunds/service.ts';
import type { Ctx } from '../kernel/context.ts';
import type { SagaBirth } from '../platform/saga.ts';
import { sagasOf } from '../platform/saga-rows.ts';
import { setOffLosses } from './disputes/set-off.ts';
import { isPaidAtDoor } from './payments/at-door.ts';
import { isSecurity } from './returns/advance-intent.ts';
import { startRefund } from './start-refund.ts';
import { voidSaga } from './void-payment.ts';
import { begin, type World } from './world.ts';

/**
 * What an order has too much of: money taken for units that were cancelled, and authorization that nothing is left to take. A cancel
 * looks at both, and so does whatever was on its way when the cancel came.
 */

/**
 * What the customer has paid too much, in minor units, once a further `valueMinor` is cancelled. The receivable is what the order still
 * owes: below zero, too much was taken, less what earlier cancellations are giving back at this moment.
 */
export function paidTooMuch(world: World, order: Order, valueMinor = 0n): bigint {
  const { owed, left } = surplusOf(world, order, valueMinor);
  // What a bank has taken back is not there to be given back.
  const mine = left - disputedAwayMinor(payments.ofOrder(world.payments, order.row.id));
  const most = mine > 0n ? mine : 0n;
  return owed < most ? owed : most;
}

/**
 * Whether the customer would be owed more than is left of what was taken: earlier refunds gave back more than the units that stay are
 * worth. Such a cancellation could never be settled.
 */
export function isBeyondReturn(world: World, order: Order, valueMinor: bigint): boolean {
  const { owed, left } = surplusOf(world, order, valueMinor);
  return owed > left;
}

function surplusOf(world: World, order: Order, valueMinor: bigint): { readonly owed: bigint; readonly left: bigint } {
  const { receivableMinor, capturedMinor, refundedMinor, confirmedAt } = order.row;
  const own = refunds.ofOrder(world.refunds, order.row.id);
  // Before it is confirmed nothing is owed for its units: whatever was taken is the customer's, should they be cancelled.
  if (!confirmedAt && !order.row.cancellation) return { owed: 0n, left: 0n };
  const tooMuch = (confirmedAt ? valueMinor : 0n) - receivableMinor - onItsWayOfCancelled(own);
  const left = capturedMinor - refundedMinor - onItsWayMinor(own);
  return { owed: tooMuch > 0n ? tooMuch : 0n, left: left > 0n ? left : 0n };
}

/**
 * What the customer still has to pay, in minor units: what the order is worth, less what was taken, and what of that goes back for units that
 * were cancelled is not theirs any more. Below zero it is too much.
 */
export function owedMinor(world: World, order: Order): bigint {
  const returning = new Set(
    refunds
      .ofOrder(world.refunds, order.row.id)
      .filter((refund) => refund.reason === CANCELLED && isOnItsWay(refund))
      .map((refund) => refund.id),
  );
  return world.refunds.legs
    .filter((leg) => leg.status === 'pending' && returning.has(leg.refundId))
    .reduce((sum, leg) => sum + leg.amountMinor, order.row.receivableMinor);
}

/** Gives back what was paid too much; returns the refund's id, or null where nothing was. */
export function returnSurplus(world: World, order: Order, amountMinor: bigint, note: string | null, ctx: Ctx): string | null {
  // What a bank took back for good and what is owed are the same money.
  if (world.disputes.byId.size > 0) setOffLosses(world, order, ctx);
  if (amountMinor <= 0n) return null;
  return startRefund(world, order, { kind: 'amount', amountMinor, reason: CANCELLED, note, ranges: [] }, ctx);
}

/** The saga that takes what is kept of cancellations out of what is still held: its steps are in keep-fee.ts. */
export const KEEP_FEE = {
  kind: 'keep-fee',
  version: 1,
  steps: [{ name: 'release' }, { name: 'keep' }, { name: 'capture' }, { name: 'tell' }, { name: 'rest' }],
} as const satisfies SagaBirth;

/**
 * Has the rest of an authorization released when no unit waits any more for which it could be taken. What is kept of cancellations is taken
 * of it first.
 */
export function releaseSurplus(world: World, order: Order, ctx: Ctx): void {
  const waits = order.spans.some((span) => span.state === 'open' || span.state === 'backordered' || span.state === 'allocated');
  // What is paid at the door is on its way there.
  const onItsWay = order.spans.some((span) => span.state === 'shipped');
  const held = payments
    .ofOrder(world.payments, order.row.id)
    .some((payment) => payment.holdId !== null && !isSecurity(world, payment) && !(onItsWay && isPaidAtDoor(payment)));
  const owesFee = order.row.cancellationFeeMinor > 0n && order.row.receivableMinor > 0n;
  const begun = sagasOf(world.sagas, order.row.id).some((saga) => saga.kind === voidSaga.kind || saga.kind === KEEP_FEE.kind);
  if (waits || begun || !(held || owesFee)) return;
  begin(world, owesFee ? KEEP_FEE : voidSaga, order, {}, ctx);
}
