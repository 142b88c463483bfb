import { createHmac, timingSafeEqual } from 'node:crypto';
import { DomainError } from '../kernel/errors.ts';

export type SignedHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

const TOLERANCE_MS = 300_000;

/**
 * Checks a message against the Standard Webhooks scheme: HMAC-SHA256 over `id.timestamp.body` with the decoded secret, any one of
 * several `v1` signatures, at most five minutes from `now` in either direction. Throws `unauthenticated`.
 */
export function verifyStandardWebhook(
  rawBody: string | Buffer,
  headers: SignedHeaders,
  secret: string,
  now: Date,
): { id: string; body: unknown } {
  const refuse = (why: string) => new DomainError('unauthenticated', `The webhook was refused: ${why}`);
  const [id, timestamp, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => headers[name]);
  if (typeof id !== 'string' || typeof timestamp !== 'string' || typeof signatures !== 'string')
    throw refuse('it is not signed.');
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  if (key.length === 0) throw refuse('no secret is configured.');
  if (!/^\d{1,12}$/.test(timestamp)) throw refuse('its timestamp cannot be read.');
  if (Math.abs(now.getTime() - Number(timestamp) * 1000) > TOLERANCE_MS) throw refuse('its timestamp is too far from now.');
  const text = typeof rawBody === 'string' ? rawBody : rawBody.toString('utf8');
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.${text}`).digest();
  const matches = signatures.split(' ').some((part) => {
    const [version, value] = part.split(',');
    const given = Buffer.from(value ?? '', 'base64');
    return version === 'v1' && given.length === expected.length && timingSafeEqual(given, expected);
  });
  if (!matches) throw refuse('no signature fits.');
  try {
    return { id, body: JSON.parse(text) };
  } catch {
    throw refuse('it is not JSON.');
  }
}

/** The headers that sign a message of ours by the same scheme. */
export function signStandardWebhook(id: string, body: string, secret: string, now: Date): Record<string, string> {
  const seconds = String(Math.floor(now.getTime() / 1000));
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': seconds, 'webhook-signature': `v1,${signature}` };
}
