import type { App } from '../../server/app.ts';
import { systemContext } from '../../server/platform/system-context.ts';
import type { TaskHandler } from '../../server/platform/worker.ts';

/** Ends requests for money that nobody answered in time. */
export function sweepMoneyRequests({ flows, settings }: Pick<App, 'flows' | 'settings'>): TaskHandler<'sweep-money-requests'> {
  return async (_payload, { log }) => {
    const expired = await flows.wallets.expireRequests(systemContext('wallets', settings.region));
    if (expired > 0) log.info({ expired }, 'requests for money expired');
  };
}
