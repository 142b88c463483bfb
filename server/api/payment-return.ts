import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { DomainError } from '../kernel/errors.ts';
import { requestInfo } from '../platform/http.ts';
import type { WebhookStore } from '../platform/stored-webhooks.ts';
import { returnAddress } from '../views/return-address.ts';
import type { App } from './app.ts';

/**
 * GET /api/payment-return: where a browser comes back to from its bank, for a gateway that wants to be told so by us. What it carries is
 * kept as that gateway's news of the attempt: its saga hands it in, and only what the gateway answers counts. The browser goes on to where
 * the shop wanted it.
 */
const input = z.object({ operation: z.uuid(), redirectResult: z.string().min(1).max(4_000) });

export async function handlePaymentReturn(
  app: App,
  store: WebhookStore,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  if (req.method !== 'GET') throw new DomainError('invalid_request', 'A browser comes back here with GET.');
  const query = new URL(req.url ?? '', app.settings.origin).searchParams;
  const parsed = input.safeParse(Object.fromEntries(query));
  if (!parsed.success) throw new DomainError('invalid_request', 'This is not where your bank sent you. Go back to the shop.');
  const { operation: operationId, redirectResult } = parsed.data;
  const back = await returnAddress(app.pool, operationId);
  if (!back) throw new DomainError('not_found', 'There is no such payment. Go back to the shop.');
  const externalId = `return:${createHash('sha256').update(redirectResult).digest('base64url')}`;
  const payload = { orderId: null, paymentRef: null, operationId, payload: { redirectResult } };
  await store.store({ source: back.gateway, externalId, topic: 'payment.returned', payload, receivedAt: new Date() });
  requestInfo(req).log.info({ gateway: back.gateway, operationId }, 'a browser came back from its bank');
  res.writeHead(303, { location: back.url ?? app.settings.origin }).end();
}
