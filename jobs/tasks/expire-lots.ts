import type { App } from '../../server/app.ts';
import { systemContext } from '../../server/platform/system-context.ts';
import type { TaskHandler } from '../../server/platform/worker.ts';

/** Takes lots whose day is over off the shelf: they are not for sale any more. */
export function expireLotsTask({ flows, settings }: Pick<App, 'flows' | 'settings'>): TaskHandler<'expire-lots'> {
  return async (_payload, { log }) => {
    const expired = await flows.stockWork.expireLots(systemContext('lots', settings.region));
    if (expired > 0) log.info({ expired }, 'lots expired');
  };
}
