import type { App } from '../../server/app.ts';
import type { TaskHandler } from '../../server/platform/worker.ts';

/** Has channels told of what was counted for them, asks them what they have, and compares it with what they were told. */
export function sweepChannelReports({ flows }: Pick<App, 'flows'>): TaskHandler<'sweep-channel-reports'> {
  return async (_payload, { log, signal }) => {
    const settled = await flows.channels.settleCounted(signal);
    if (settled > 0) log.info({ settled }, 'differences of channels were counted');
    const compared = await flows.channels.fetchReports(signal);
    if (compared > 0) log.info({ compared }, 'reports of channels were compared');
  };
}
