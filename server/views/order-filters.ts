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
const UNUSUAL_PAYMENT = `(o.payment_status <> 'CAPTURED' AND NOT (o.status = 'PENDING' AND o.payment_status = 'UNPAID')
  AND NOT (o.status = 'CONFIRMED' AND o.payment_status = 'AUTHORIZED'))`;
const UNUSUAL_FULFILMENT = `o.fulfilment_status NOT IN ('UNALLOCATED', 'ALLOCATED', 'DELIVERED')`;

/** Limits orders (`o`) to the values asked for. */
export function addStatuses(where: Conditions, { status, paymentStatus, fulfilmentStatus, channel }: StatusFilter): Conditions {
  // One value is worth saying: its orders then come out of the index in the order of their time.
  if (status?.length === 1) where.add((p) => `o.status = ${p}`, status[0]);
  else if (status?.length) where.add((p) => `o.status = ANY(${p})`, status);
  if (paymentStatus?.length) where.add((p) => `o.payment_status = ANY(${p})`, paymentStatus);
  if (fulfilmentStatus?.length) where.add((p) => `o.fulfilment_status = ANY(${p})`, fulfilmentStatus);
  if (channel) where.add((p) => `o.channel = ${p}`, channel);
  return where;
}

/** Follows from what is asked for, and leads a planner to the index in which its orders are, where they may be few; true where nothing does. */
export function narrowing(filter: StatusFilter, status?: OrderStatus): string {
  const { channel } = filter;
  const parts = [paymentNarrowing(filter, status), fulfilmentNarrowing(filter)];
  if (channel && channel !== 'api') parts.push(`o.channel <> 'api'`);
  return parts.filter((part) => part !== '').join(' AND ') || 'true';
}

/** The usual ones of a status are found by it; CAPTURED is nearly everything, and met at once wherever one looks. */
function paymentNarrowing({ paymentStatus }: StatusFilter, status: OrderStatus | undefined): string {
  if (!paymentStatus?.length || paymentStatus.includes('CAPTURED')) return '';
  const usual: OrderStatus[] = [];
  if (paymentStatus.includes('UNPAID')) usual.push('PENDING');
  if (paymentStatus.includes('AUTHORIZED')) usual.push('CONFIRMED');
  if (status !== undefined) return usual.includes(status) ? '' : UNUSUAL_PAYMENT;
  return usual.length === 0
    ? UNUSUAL_PAYMENT
    : `(o.status IN (${usual.map((one) => `'${one}'`).join(', ')}) OR ${UNUSUAL_PAYMENT})`;
}

function fulfilmentNarrowing({ fulfilmentStatus }: StatusFilter): string {
  if (!fulfilmentStatus?.length || fulfilmentStatus.includes('DELIVERED')) return '';
  if (!fulfilmentStatus.some((one) => one === 'UNALLOCATED' || one === 'ALLOCATED')) return UNUSUAL_FULFILMENT;
  // Units that wait belong to an order that is not fulfilled, or to one of which nothing is left.
  return `(o.status IN ('PENDING', 'CONFIRMED', 'PARTIALLY_FULFILLED', 'CANCELLED') OR ${UNUSUAL_FULFILMENT})`;
}
