import type { App } from '../../server/app.ts';
import type { TaskHandler } from '../../server/platform/worker.ts';

/** Has waiting mails sent, and doubts those whose sender is gone. */
export function sweepNotices({ flows }: Pick<App, 'flows'>): TaskHandler<'sweep-notices'> {
  return async (_payload, { log }) => {
    const doubtful = await flows.sweepNotices();
    if (doubtful > 0) log.warn({ mails: doubtful }, 'mails are in doubt: whoever was sending them is gone');
  };
}
