import { createHmac } from 'node:crypto';
import type { Message } from './webhooks.ts';

/** A message signed by the Standard Webhooks scheme (https://www.standardwebhooks.com) when it is sent, so that a late retry is fresh. */
export function standardMessage(id: string, body: string, secret: string): Message {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  return {
    id,
    render: () => {
      const seconds = String(Math.floor(Date.now() / 1000));
      const signature = createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64');
      return { body, headers: { 'webhook-id': id, 'webhook-timestamp': seconds, 'webhook-signature': `v1,${signature}` } };
    },
  };
}
