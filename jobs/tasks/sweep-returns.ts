import type { App } from '../../server/app.ts';
import { systemContext } from '../../server/platform/system-context.ts';
import type { TaskHandler } from '../../server/platform/worker.ts';

/** Ends approved returns that were never sent, and closes settled ones. */
export function sweepReturnsTask({ flows, settings }: Pick<App, 'flows' | 'settings'>): TaskHandler<'sweep-returns'> {
  return async (_payload, { log }) => {
    const ended = await flows.returns.endOverdue(systemContext('returns', settings.region));
    if (ended > 0) log.info({ ended }, 'returns ended');
  };
}
