import type { App } from '../../server/app.ts';
import { deliverEvents } from '../../server/platform/consumers.ts';
import type { TaskHandler } from '../../server/platform/worker.ts';
import { CONSUMER_LIST } from '../consumers.ts';

/** Tells the consumers of a few events. What a consumer fails at is put off and does not fail the job. */
export function deliverEvent(app: App): TaskHandler<'deliver-event'> {
  return ({ eventIds }, { log }) => deliverEvents({ pool: app.pool, log, consumers: CONSUMER_LIST }, app, eventIds);
}
