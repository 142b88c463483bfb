import type { Shipment } from '../../domains/fulfilment/rules.ts';
import type { Order } from '../../domains/orders/service.ts';
import { traitsOf } from '../../domains/payments/provider.ts';
import type { Payment } from '../../domains/payments/rules.ts';
import * as payments from '../../domains/payments/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { begin, type World } from '../world.ts';
import { COLLECT_CASH, REFUSED_AT_DOOR } from './births.ts';

/** Whether the goods leave first, and the money is taken as they are handed over. */
export const isPaidAtDoor = ({ provider }: Pick<Payment, 'provider'>): boolean => traitsOf(provider).takes === 'at_delivery';

/** Whether a parcel's money is still to be taken at the door. */
function isDue(world: World, { id, orderId }: Shipment): boolean {
  const open = payments.ofOrder(world.payments, orderId).some((payment) => payment.holdId !== null && isPaidAtDoor(payment));
  const taken = payments
    .operationsOf(world.payments, orderId)
    .some(({ kind, status, subjectId }) => kind === 'capture' && status === 'succeeded' && subjectId === id);
  return open && !taken;
}

/** A parcel that is paid at the door has arrived, all of it. */
export function arrivedAtDoor(world: World, order: Order, shipment: Shipment, ctx: Ctx): void {
  if (shipment.status === 'DELIVERED' && isDue(world, shipment))
    begin(world, COLLECT_CASH, order, { state: { shipmentId: shipment.id } }, ctx);
}

/** A parcel that was to be paid at the door is back. */
export function backFromDoor(world: World, order: Order, shipment: Shipment, ctx: Ctx): void {
  if (isDue(world, shipment)) begin(world, REFUSED_AT_DOOR, order, { state: { shipmentId: shipment.id } }, ctx);
}
