import type { App } from '../../server/app.ts';
import type { TaskHandler } from '../../server/platform/worker.ts';

/** Finds top ups and payouts whose job was lost, and transfers that nobody told us of. */
export function sweepRails({ flows }: Pick<App, 'flows'>): TaskHandler<'sweep-rails'> {
  return async (_payload, { log }) => {
    const found = await flows.rails.sweep();
    if (found > 0) log.info({ found }, 'money on its way that was due to be looked at');
  };
}
