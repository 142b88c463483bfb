import type { App } from '../../server/app.ts';
import { systemContext } from '../../server/platform/system-context.ts';
import type { TaskHandler } from '../../server/platform/worker.ts';

/** Tells merchants' people once a day what runs low and what expires soon. */
export function sendStockDigestsTask({ flows, settings }: Pick<App, 'flows' | 'settings'>): TaskHandler<'send-stock-digests'> {
  return async (_payload, { log }) => {
    const told = await flows.stockWork.sendDigests(systemContext('stock', settings.region));
    if (told > 0) log.info({ told }, 'stock digests queued');
  };
}
