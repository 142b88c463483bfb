import type { App } from '../../server/app.ts';
import { systemContext } from '../../server/platform/system-context.ts';
import type { TaskHandler } from '../../server/platform/worker.ts';

/** Asks about disputes that nobody told of for long; once a day also about those that only a provider's report knows. */
export function sweepDisputesTask({ flows, settings }: Pick<App, 'flows' | 'settings'>): TaskHandler<'sweep-disputes'> {
  return async ({ reports = false }, { log }) => {
    const looked = await flows.disputes.sweep({ reports }, systemContext('disputes', settings.region));
    if (looked > 0) log.info({ looked }, 'disputes asked about');
  };
}
