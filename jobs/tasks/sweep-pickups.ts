import type { App } from '../../server/app.ts';
import { systemContext } from '../../server/platform/system-context.ts';
import type { TaskHandler } from '../../server/platform/worker.ts';

/** Reminds customers who have not fetched their orders, and gives back what nobody came for. */
export function sweepPickupsTask({ flows, settings }: Pick<App, 'flows' | 'settings'>): TaskHandler<'sweep-pickups'> {
  return async (_payload, { log }) => {
    const attended = await flows.attendPickups(systemContext('pickups', settings.region));
    if (attended > 0) log.info({ attended }, 'pick-ups attended to');
  };
}
