import type { App } from '../../server/app.ts';
import { systemContext } from '../../server/platform/system-context.ts';
import type { TaskHandler } from '../../server/platform/worker.ts';

/** Gives back money that was held for a time that is over. */
export function sweepHolds({ flows, settings }: Pick<App, 'flows' | 'settings'>): TaskHandler<'sweep-holds'> {
  return async () => {
    await flows.ledger.expireHolds(systemContext('holds', settings.region));
  };
}
