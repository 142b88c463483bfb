import type { App } from '../../server/app.ts';
import { checkAndRecord } from '../../server/flows/check-integrity.ts';
import { gatewayLogs } from '../../server/payment-gateways.ts';
import type { TaskHandler } from '../../server/platform/worker.ts';
import { createPspLogs } from '../../server/views/integrity/psp-log.ts';

/** Looks at the books: what changed since the last verified look, or everything. A finding is logged and kept, never thrown. */
export function checkIntegrityTask({ pool, env }: Pick<App, 'pool' | 'env'>): TaskHandler<'check-integrity'> {
  const provider = createPspLogs(gatewayLogs(env));
  return async ({ full = false }, { log }) => {
    const { invariants, ...figures } = await checkAndRecord(pool, { full, now: new Date(), provider });
    const broken = invariants.filter((finding) => finding.state === 'violated');
    if (broken.length > 0) log.error({ ...figures, broken }, 'the books do not agree');
    else log.debug(figures, 'the books agree');
  };
}
