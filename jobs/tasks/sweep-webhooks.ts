import type { App } from '../../server/app.ts';
import { addJobs } from '../../server/platform/queue.ts';
import { findUnprocessed } from '../../server/platform/stored-webhooks.ts';
import type { TaskHandler } from '../../server/platform/worker.ts';

const LATE_MS = 30_000;
const BATCH = 500;

/** Gives stored webhooks that nobody processed a job again. */
export function sweepWebhooks({ pool }: Pick<App, 'pool'>): TaskHandler<'sweep-webhooks'> {
  return async (_payload, { log }) => {
    const late = await findUnprocessed(pool, new Date(Date.now() - LATE_MS), BATCH);
    await addJobs(
      pool,
      late.map((webhookId) => ({ task: 'process-webhook', payload: { webhookId }, jobKey: `sweep:${webhookId}` })),
    );
    if (late.length > 0) log.warn({ webhooks: late.length }, 'unprocessed webhooks got new jobs');
  };
}
