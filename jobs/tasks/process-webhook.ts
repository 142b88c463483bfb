import type { App } from '../../server/app.ts';
import { processWebhook } from '../../server/flows/process-webhook.ts';
import { systemContext } from '../../server/platform/system-context.ts';
import type { TaskHandler } from '../../server/platform/worker.ts';

/** Acts on a stored webhook, once. */
export function processWebhookTask({
  pool,
  flows,
  settings,
}: Pick<App, 'pool' | 'flows' | 'settings'>): TaskHandler<'process-webhook'> {
  return ({ webhookId }, { lastTry }) =>
    processWebhook(pool, flows, webhookId, systemContext('webhook', settings.region), { lastTry });
}
