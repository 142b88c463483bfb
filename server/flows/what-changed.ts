import type { Order } from '../domains/orders/service.ts';
import { disputedAwayMinor } from '../domains/payments/rules.ts';
import * as payments from '../domains/payments/service.ts';
import { onItsWayMinor } from '../domains/refunds/rules.ts';
import * as refunds from '../domains/refunds/service.ts';
import { toMajor } from '../kernel/money.ts';
import { unitsIn } from '../kernel/units.ts';
import type { World } from './world.ts';

/** How an order's money and units stand, in one sentence: what somebody is told whose plan is not the plan any more. */
export function standsNow(world: World, order: Order): string {
  const { capturedMinor, refundedMinor, currency, id } = order.row;
  const onItsWay = onItsWayMinor(refunds.ofOrder(world.refunds, id));
  const disputed = disputedAwayMinor(payments.ofOrder(world.payments, id));
  const money = (amountMinor: bigint): string => `${toMajor({ amountMinor, currency })} ${currency}`;
  const left = capturedMinor - refundedMinor - onItsWay - disputed;
  const cancelled = unitsIn(order.spans.filter((span) => span.state === 'cancelled'));
  const parts = [
    `${money(refundedMinor + onItsWay)} went back or is on its way`,
    ...(disputed > 0n ? [`${money(disputed)} was taken back by the cardholder’s bank`] : []),
    `${cancelled} units are cancelled`,
    `${money(left > 0n ? left : 0n)} is left to refund`,
  ];
  return `By now ${parts.join(', ')}.`;
}
