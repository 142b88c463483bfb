import type { App } from '../../server/app.ts';
import { systemContext } from '../../server/platform/system-context.ts';
import type { TaskHandler } from '../../server/platform/worker.ts';

/** Stops and resumes selling beyond stock, and asks again for money that lapses before its units come. */
export function sweepBackorders({ flows, settings }: Pick<App, 'flows' | 'settings'>): TaskHandler<'sweep-backorders'> {
  return async (_payload, { log }) => {
    const done = await flows.reviewBackorders(systemContext('backorders', settings.region));
    if (done.limits + done.woken + done.renewals > 0) log.info(done, 'backorders reviewed');
  };
}
