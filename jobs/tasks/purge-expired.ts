import type { App } from '../../server/app.ts';
import { purgeExpiredRows } from '../../server/platform/retention.ts';
import type { TaskHandler } from '../../server/platform/worker.ts';

/** Removes what has been kept long enough. */
export function purgeExpired({ pool }: App): TaskHandler<'purge-expired'> {
  return async (_payload, { log, signal }) => {
    const purged = await purgeExpiredRows(pool, new Date(), signal);
    log.info({ purged }, 'expired rows removed');
  };
}
