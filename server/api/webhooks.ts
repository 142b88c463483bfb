import type { IncomingMessage, ServerResponse } from 'node:http';
import type pg from 'pg';
import { DomainError } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import { withTx } from '../platform/db.ts';
import { readBody, requestInfo, sendJson } from '../platform/http.ts';
import { addJobs } from '../platform/queue.ts';

/** What every provider's `verifyWebhook` makes of a delivery: signed ids, and a payload without personal data. */
export interface VerifiedWebhook {
  /** The same for every delivery of one event. */
  readonly id: string;
  readonly topic: string;
  readonly occurredAt: Date;
}

/** A source of webhooks. Throws `unauthenticated` where the signature or its time is wrong. */
export type WebhookVerifier = (
  rawBody: Buffer,
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
  now: Date,
) => VerifiedWebhook;

export interface WebhookDeps {
  readonly pool: pg.Pool;
  /** By the name in /api/webhooks/<name>. */
  readonly sources: ReadonlyMap<string, WebhookVerifier>;
}

const BODY_LIMIT_BYTES = 1024 * 1024;

/**
 * POST /api/webhooks/<source>: verifies the signature over the raw body, stores the event once with a job to process it, and
 * answers 2xx only after COMMIT, so that the provider sends again whatever we have not got. Nothing is acted upon here.
 */
export async function handleWebhook(deps: WebhookDeps, source: string, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const verify = deps.sources.get(source);
  if (!verify) throw new DomainError('not_found', `Nobody sends webhooks to "${source}".`);
  if (req.method !== 'POST') throw new DomainError('invalid_request', 'Send webhooks with POST.');
  const body = await readBody(req, BODY_LIMIT_BYTES);
  const now = new Date();
  const webhook = verify(body, req.headers, now);
  const known = await storeOnce(deps.pool, source, webhook, now);
  requestInfo(req).log.info({ source, webhookId: webhook.id, topic: webhook.topic, known }, 'webhook received');
  sendJson(res, 200, { received: true });
}

/** Returns whether the event was there already. */
async function storeOnce(pool: pg.Pool, source: string, webhook: VerifiedWebhook, now: Date): Promise<boolean> {
  return withTx(pool, async (tx) => {
    const { rows } = await tx.query<{ id: string }>({
      name: 'webhook-store',
      text: `INSERT INTO inbound_webhooks (id, source, external_id, topic, payload, received_at) VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (source, external_id) DO NOTHING RETURNING id`,
      values: [newId(), source, webhook.id, webhook.topic, JSON.stringify(webhook), now],
    });
    const [stored] = rows;
    if (!stored) return true;
    await addJobs(tx, [{ task: 'process-webhook', payload: { webhookId: stored.id } }]);
    return false;
  });
}
