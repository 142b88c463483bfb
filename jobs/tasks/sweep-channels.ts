import type { App } from '../../server/app.ts';
import type { TaskHandler } from '../../server/platform/worker.ts';

/** Lists what is new at channels, and sends whatever was left behind. */
export function sweepChannels({ flows }: Pick<App, 'flows'>): TaskHandler<'sweep-channels'> {
  return async (_payload, { log, signal }) => {
    const found = await flows.channels.sweep(signal);
    if (found > 0) log.info({ found }, 'listings and connections that were due');
  };
}
