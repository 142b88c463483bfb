import type { FulfilmentStatus, OrderStatus, PaymentStatus } from '../kernel/vocabulary.ts';
import type { Conditions } from './conditions.ts';

export interface StatusFilter {
  readonly status?: readonly OrderStatus[] | undefined;
  readonly paymentStatus?: readonly PaymentStatus[] | undefined;
  readonly fulfilmentStatus?: readonly FulfilmentStatus[] | undefined;
  readonly channel?: string | undefined;
}

// What the partial indexes hold, as the migration lists_by_index says it: a planner uses one only where it is told as much, and that
// must not depend on a value it may not know yet.
const UNUSUAL_PAYMENT = `(o.payment_status <> 'CAPTURED' AND o.status <> 'PENDING' AND NOT (o.status = 'CONFIRMED' AND o.payment_status = 'AUTHORIZED'))`;
const UNUSUAL_FULFILMENT = `o.fulfilment_status NOT IN ('UNALLOCATED', 'ALLOCATED', 'DELIVERED')`;

/** Limits orders (`o`) to these statuses. Each comes with what narrows it to an index, where its orders may be few. */
export function addStatuses(where: Conditions, { status, paymentStatus, fulfilmentStatus, channel }: StatusFilter): void {
  // One value is worth saying: its orders then come out of the index in the order of their time.
  if (status?.length === 1) where.add((p) => `o.status = ${p}`, status[0]);
  else if (status?.length) where.add((p) => `o.status = ANY(${p})`, status);
  if (paymentStatus?.length) {
    where.add((p) => `o.payment_status = ANY(${p})`, paymentStatus);
    if (!paymentStatus.includes('CAPTURED')) {
      const open = paymentStatus.includes('AUTHORIZED') ? `o.status IN ('PENDING', 'CONFIRMED')` : `o.status = 'PENDING'`;
      where.plain(`(${open} OR ${UNUSUAL_PAYMENT})`);
    }
  }
  if (fulfilmentStatus?.length) {
    where.add((p) => `o.fulfilment_status = ANY(${p})`, fulfilmentStatus);
    if (!fulfilmentStatus.some((one) => one === 'UNALLOCATED' || one === 'ALLOCATED' || one === 'DELIVERED'))
      where.plain(UNUSUAL_FULFILMENT);
    // Units that wait belong to an order that is not fulfilled, or to one of which nothing is left.
    else if (!fulfilmentStatus.includes('DELIVERED'))
      where.plain(`(o.status IN ('PENDING', 'CONFIRMED', 'PARTIALLY_FULFILLED', 'CANCELLED') OR ${UNUSUAL_FULFILMENT})`);
  }
  if (channel) where.add((p) => `o.channel = ${p}`, channel);
  if (channel && channel !== 'api') where.plain(`o.channel <> 'api'`);
}
