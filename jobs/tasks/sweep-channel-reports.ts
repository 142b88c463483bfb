import type { App } from '../../server/app.ts';
import type { TaskHandler } from '../../server/platform/worker.ts';

/** Asks channels what they have, and compares it with what they were told. */
export function sweepChannelReports({ flows }: Pick<App, 'flows'>): TaskHandler<'sweep-channel-reports'> {
  return async (_payload, { log, signal }) => {
    const compared = await flows.channels.fetchReports(signal);
    if (compared > 0) log.info({ compared }, 'reports of channels were compared');
  };
}
