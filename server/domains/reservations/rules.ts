import { DomainError } from '../../kernel/errors.ts';
import { LONGEST_RESERVATION_MS, RESERVATION_SECONDS } from './schema.ts';

export const RESERVATION_STATUSES = ['open', 'used', 'expired', 'released'] as const;
export type ReservationStatus = (typeof RESERVATION_STATUSES)[number];

/** Units promised to a cart until a time. */
export interface Reservation {
  readonly id: string;
  readonly home: string;
  readonly merchantId: string;
  readonly channel: string;
  readonly reference: string | null;
  readonly createdAt: Date;
  /** One per SKU. */
  readonly lines: readonly { readonly skuId: string; readonly quantity: bigint }[];
  status: ReservationStatus;
  expiresAt: Date;
  orderId: string | null;
  updatedAt: Date;
  version: bigint;
}

const ENDED: Readonly<Record<Exclude<ReservationStatus, 'open'>, string>> = {
  used: 'An order has used this reservation already.',
  expired: 'This reservation has expired and its units are for sale again. Reserve again, or order without it.',
  released: 'This reservation was released. Reserve again, or order without it.',
};

/** What it is to everybody who looks: over at its time, whether or not anybody has swept it up yet. */
export function statusAt({ status, expiresAt }: Pick<Reservation, 'status' | 'expiresAt'>, now: Date): ReservationStatus {
  return status === 'open' && expiresAt <= now ? 'expired' : status;
}

/** Refuses what is over. */
export function demandOpen(reservation: Reservation, now: Date): void {
  const status = statusAt(reservation, now);
  if (status !== 'open')
    throw new DomainError('state_refuses', ENDED[status], { reservation: reservation.id, reservationStatus: status });
}

/** Refuses an order that may not use the reservation: of another merchant (which is none), over, or for another channel. */
export function demandUsable(
  reservation: Reservation | undefined,
  order: { readonly merchantId: string; readonly channel: string },
  now: Date,
): asserts reservation is Reservation {
  if (reservation?.merchantId !== order.merchantId)
    throw new DomainError('not_found', 'There is no such reservation.', { field: 'reservation_id' });
  demandOpen(reservation, now);
  if (reservation.channel !== order.channel)
    throw new DomainError('state_refuses', `This reservation is for the channel ${reservation.channel}, not ${order.channel}.`);
}

/** When a reservation that is made or extended now ends. However often it is extended, it lasts no longer than a day. */
export function expiryOf(createdAt: Date, now: Date, ttlSeconds: number = RESERVATION_SECONDS.usual): Date {
  const last = createdAt.getTime() + LONGEST_RESERVATION_MS;
  if (last <= now.getTime())
    throw new DomainError('limit_exceeded', 'A reservation lasts a day at most. Order now, or release it and reserve again.');
  return new Date(Math.min(last, now.getTime() + ttlSeconds * 1_000));
}

/** The reserved units by SKU. */
export function heldBy(reservation: Reservation): ReadonlyMap<string, bigint> {
  return new Map(reservation.lines.map(({ skuId, quantity }) => [skuId, quantity]));
}
