import type { App } from '../../server/app.ts';
import type { TaskHandler } from '../../server/platform/worker.ts';

/** Sends the mails that are due. Running twice is harmless: each is taken once. */
export function sendNotices({ flows }: Pick<App, 'flows'>): TaskHandler<'send-notices'> {
  return async (_payload, { log, signal }) => {
    const tried = await flows.sendNotices(signal);
    if (tried > 0) log.info({ tried }, 'mails were handed to the mail server');
  };
}
