import type { App } from '../../server/app.ts';
import { systemContext } from '../../server/platform/system-context.ts';
import type { TaskHandler } from '../../server/platform/worker.ts';

/** Follows the orders that checkouts wait for, and ends checkouts that nobody paid in time. */
export function sweepCheckouts({ flows, settings }: Pick<App, 'flows' | 'settings'>): TaskHandler<'sweep-checkouts'> {
  return async () => {
    await flows.checkouts.sweep(systemContext('checkouts', settings.region));
  };
}
