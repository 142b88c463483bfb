import type { App } from '../../server/app.ts';
import { sweepDeliveries } from '../../server/platform/consumers.ts';
import type { TaskHandler } from '../../server/platform/worker.ts';

/** Adds the jobs of overdue deliveries again. */
export function sweepDeliveriesTask({ pool }: App): TaskHandler<'sweep-deliveries'> {
  return async (_payload, { log }) => {
    const found = await sweepDeliveries(pool);
    if (found > 0) log.warn({ deliveries: found }, 'overdue deliveries got new jobs');
  };
}
