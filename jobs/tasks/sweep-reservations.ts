import type { App } from '../../server/app.ts';
import { systemContext } from '../../server/platform/system-context.ts';
import type { TaskHandler } from '../../server/platform/worker.ts';

/** Puts the units of carts whose time is over up for sale again. */
export function sweepReservations({ flows, settings }: Pick<App, 'flows' | 'settings'>): TaskHandler<'sweep-reservations'> {
  return async (_payload, { log, signal }) => {
    const expired = await flows.reservations.expire(systemContext('reservations', settings.region), signal);
    if (expired > 0) log.info({ expired }, 'reservations expired');
  };
}
