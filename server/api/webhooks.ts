import type { IncomingMessage, ServerResponse } from 'node:http';
import { DomainError } from '../kernel/errors.ts';
import { readBody, requestInfo, sendJson } from '../platform/http.ts';
import type { WebhookStore } from '../platform/stored-webhooks.ts';

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
) => VerifiedWebhook | readonly VerifiedWebhook[] | Promise<VerifiedWebhook>;

export interface WebhookDeps {
  readonly store: WebhookStore;
  /** By the name in /api/webhooks/<name>. */
  readonly sources: ReadonlyMap<string, WebhookVerifier>;
  /** What a source wants to hear when its delivery was taken, where it is not the usual. */
  readonly answers?: ReadonlyMap<string, string>;
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
  const told = await verify(body, req.headers, now);
  const events: readonly VerifiedWebhook[] = Array.isArray(told) ? told : [told];
  await Promise.all(
    events.map(async (webhook) => {
      const { id: externalId, topic } = webhook;
      const known = await deps.store.store({ source, externalId, topic, payload: webhook, receivedAt: now });
      requestInfo(req).log.info({ source, webhookId: externalId, topic, known }, 'webhook received');
    }),
  );
  const answer = deps.answers?.get(source);
  if (answer === undefined) sendJson(res, 200, { received: true });
  else res.writeHead(200, { 'content-type': 'text/plain' }).end(answer);
}
