import type { App } from '../../server/app.ts';
import { processWebhooks } from '../../server/flows/process-webhook.ts';
import { systemContext } from '../../server/platform/system-context.ts';
import type { TaskHandler } from '../../server/platform/worker.ts';

/** Acts on several stored webhooks, each once. */
export function processWebhooksTask({
  pool,
  flows,
  settings,
}: Pick<App, 'pool' | 'flows' | 'settings'>): TaskHandler<'process-webhooks'> {
  return ({ webhookIds }, { lastTry }) =>
    processWebhooks(pool, flows, webhookIds, systemContext('webhook', settings.region), { lastTry });
}
