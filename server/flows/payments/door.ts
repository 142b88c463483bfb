import { chart } from '../../domains/ledger/schema.ts';
import type { Order } from '../../domains/orders/service.ts';
import * as orders from '../../domains/orders/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { newId } from '../../kernel/ids.ts';
import { unitsIn, worthOf } from '../../kernel/units.ts';
import { next, type Saga, type SagaDefinition, type StepResult } from '../../platform/saga.ts';
import { capture } from '../capture-payment.ts';
import type { Outside } from '../outside.ts';
import { releaseSurplus } from '../surplus.ts';
import { orderOf, postFor, settleOrder, tell, type World } from '../world.ts';
import { COLLECT_CASH, REFUSED_AT_DOOR } from './births.ts';

/** What is paid at the door: taken when the carrier says that it delivered, given up when the parcel came back. */
export const collectCashSaga: SagaDefinition<World, Outside> = { ...COLLECT_CASH, steps: [{ name: 'capture', run: capture }] };

/**
 * Nobody took the parcel, and nobody paid: its units, which are back at a node, are cancelled without a fee, and with its last goods what
 * travelled along. The carrier was not paid either, so there is nothing to give back.
 */
function giveUp(world: World, saga: Saga, ctx: Ctx): StepResult {
  const order = orderOf(world, saga.orderId);
  const own = order.spans.filter((span) => span.shipmentId === saga.state.shipmentId && span.refundId === null);
  const goods = new Set(order.lines.filter((line) => line.stocked).map((line) => line.id));
  const outside = own.some((span) => goods.has(span.lineId) && span.state !== 'returned' && span.state !== 'cancelled');
  const ranges = own
    .filter((span) => span.state === 'returned' || (!outside && span.state !== 'cancelled'))
    .map(({ lineId, from, to }) => ({ lineId, from, to }));
  if (ranges.length === 0) return next;
  const valueMinor = worthOf(order.lines, ranges).totalMinor;
  orders.change(order, ranges, () => ({ state: 'cancelled', nodeId: null }));
  order.row.cancelledMinor += valueMinor;
  write(world, order, valueMinor, ctx);
  settleOrder(world, order, null, ctx);
  const type = order.row.status === 'CANCELLED' ? 'order.cancelled' : 'order.units_cancelled';
  const data = { reason: 'refused_at_door', by: 'system:saga', valueMinor, units: unitsIn(ranges), ranges };
  tell(world, order, type, data, ctx);
  releaseSurplus(world, order, ctx);
  return next;
}

/** What the order is worth less is owed by nobody. */
function write(world: World, order: Order, amountMinor: bigint, ctx: Ctx): void {
  if (amountMinor <= 0n) return;
  const { id: orderId, merchantId, currency } = order.row;
  const debit = chart.merchantPayable(merchantId, currency).code;
  const credit = chart.receivable(merchantId, currency).code;
  const about = { orderId, paymentId: null, amountMinor, currency };
  postFor(world, order, [{ ...about, id: newId(), kind: 'cancellation', phase: 'single', debit, credit }], ctx);
}

export const refusedAtDoorSaga: SagaDefinition<World, Outside> = {
  ...REFUSED_AT_DOOR,
  steps: [{ name: 'give-up', run: giveUp }],
};
