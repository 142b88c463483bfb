import type { App } from '../../server/app.ts';
import { systemContext } from '../../server/platform/system-context.ts';
import type { TaskHandler } from '../../server/platform/worker.ts';

/** Gives up requests that nobody decided in time. */
export function expireApprovalsTask({ flows, settings }: Pick<App, 'flows' | 'settings'>): TaskHandler<'expire-approvals'> {
  return async (_payload, { log }) => {
    const expired = await flows.expireApprovals(systemContext('approvals', settings.region));
    if (expired > 0) log.info({ expired }, 'requests expired');
  };
}
