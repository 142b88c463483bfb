import type { App } from '../../server/app.ts';
import { systemContext } from '../../server/platform/system-context.ts';
import type { TaskHandler } from '../../server/platform/worker.ts';

/** Opens alerts of what runs low, and closes those of what is there again. */
export function sweepLowStockTask({ flows, settings }: Pick<App, 'flows' | 'settings'>): TaskHandler<'sweep-low-stock'> {
  return async (_payload, { log }) => {
    const { opened, closed } = await flows.stockWork.sweepLowStock(systemContext('stock', settings.region));
    if (opened + closed > 0) log.info({ opened, closed }, 'low stock alerts');
  };
}
