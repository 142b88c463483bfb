import type { App } from '../../server/app.ts';
import type { TaskHandler } from '../../server/platform/worker.ts';

/** Adds up what busy accounts' entries came to. */
export function markAccountsTask({ flows }: Pick<App, 'flows'>): TaskHandler<'mark-accounts'> {
  return async (_payload, { log, signal }) => {
    const added = await flows.markAccounts(signal);
    if (added > 0) log.info({ added }, 'account marks added');
  };
}
