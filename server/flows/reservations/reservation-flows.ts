import type pg from 'pg';
import type { ExtendReservationInput, ReleaseReservationInput, ReserveStockInput } from '../../domains/reservations/schema.ts';
import type { Ctx } from '../../kernel/context.ts';
import type { Call, Locked, Verb } from '../../platform/verb.ts';
import { expireReservations } from './expire-reservations.ts';
import {
  type ChangedReservation,
  extendReservation,
  type ReservedStock,
  releaseReservation,
  reserveStock,
} from './reserve-stock.ts';

/** Units promised to carts for a while. */
export interface ReservationFlows {
  readonly reserve: Call<ReserveStockInput, ReservedStock>;
  readonly extend: Call<ExtendReservationInput, ChangedReservation>;
  readonly release: Call<ReleaseReservationInput, ChangedReservation>;
  /** Ends those whose time is over; what a job does. Returns how many. */
  expire(ctx: Ctx, signal?: AbortSignal): Promise<number>;
}

interface Deps {
  readonly pool: pg.Pool;
  readonly verb: <I, W extends Locked, R>(definition: Verb<I, W, R>) => Call<I, R>;
}

export function createReservationFlows({ pool, verb }: Deps): ReservationFlows {
  return {
    reserve: verb(reserveStock),
    extend: verb(extendReservation),
    release: verb(releaseReservation),
    expire: (ctx, signal) => expireReservations(pool, ctx, signal),
  };
}
