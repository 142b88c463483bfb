import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
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

const TOLERANCE_S = 300;

/** Whether a call is signed with a secret by the same scheme, at most five minutes ago. */
export function isSigned(headers: IncomingHttpHeaders, body: string, secret: string): boolean {
  const [id, seconds, signature] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => headers[name]);
  if (typeof id !== 'string' || typeof seconds !== 'string' || typeof signature !== 'string') return false;
  if (!(Math.abs(Date.now() / 1000 - Number(seconds)) <= TOLERANCE_S)) return false;
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const expected = Buffer.from(`v1,${createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64')}`);
  const given = Buffer.from(signature);
  return given.length === expected.length && timingSafeEqual(given, expected);
}
