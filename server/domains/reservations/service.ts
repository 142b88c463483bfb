import type { Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import type { Tx } from '../../platform/db.ts';
import { lockStep } from '../../platform/locks.ts';
import type { Reservation, ReservationStatus } from './rules.ts';
import { insertReservations, lockDue, lockReservations, updateReservations } from './store.ts';

export { readHeld } from './store.ts';

export interface ReservationsState {
  readonly byId: Map<string, Reservation>;
  readonly fresh: Set<Reservation>;
  readonly dirty: Set<Reservation>;
}

function stateOf(found: readonly Reservation[]): ReservationsState {
  return { byId: new Map(found.map((one) => [one.id, one])), fresh: new Set(), dirty: new Set() };
}

/** Locks reservations; nothing is asked where none are named. */
export async function lock(tx: Tx, ids: readonly string[]): Promise<ReservationsState> {
  if (ids.length === 0) return stateOf([]);
  lockStep(tx, 'reservations');
  return stateOf(await lockReservations(tx, [...new Set(ids)]));
}

/** Locks open reservations of this home whose time is over, as many as a batch takes. */
export async function lockOverdue(tx: Tx, ctx: Ctx, limit: number): Promise<ReservationsState> {
  lockStep(tx, 'reservations');
  return stateOf(await lockDue(tx, ctx.home, ctx.now, limit));
}

/** The reservation under its lock, or `not_found`. */
export function reservationOf(state: ReservationsState, id: string): Reservation {
  const found = state.byId.get(id);
  if (!found) throw new DomainError('not_found', 'There is no such reservation.');
  return found;
}

export function add(
  state: ReservationsState,
  wish: Pick<Reservation, 'merchantId' | 'channel' | 'reference' | 'lines' | 'expiresAt'>,
  ctx: Ctx,
): Reservation {
  const times = { createdAt: ctx.now, updatedAt: ctx.now };
  const made: Reservation = { ...wish, ...times, id: newId(), home: ctx.home, status: 'open', orderId: null, version: 1n };
  state.byId.set(made.id, made);
  state.fresh.add(made);
  return made;
}

/** Ends a reservation, or moves its end. */
export function change(
  state: ReservationsState,
  reservation: Reservation,
  to: { readonly status?: ReservationStatus; readonly expiresAt?: Date; readonly orderId?: string },
  ctx: Ctx,
): void {
  Object.assign(reservation, to, { updatedAt: ctx.now, version: reservation.version + 1n });
  state.dirty.add(reservation);
}

export async function write(tx: Tx, state: ReservationsState): Promise<void> {
  await insertReservations(tx, [...state.fresh]);
  await updateReservations(
    tx,
    [...state.dirty].filter((one) => !state.fresh.has(one)),
  );
}
