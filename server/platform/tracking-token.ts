import { createHmac, timingSafeEqual } from 'node:crypto';
import { isId } from '../kernel/ids.ts';

/**
 * The token of a tracking link: the order's id and twelve bytes of HMAC-SHA256 under WAYBILL_SECRET, both base64url. Whoever holds
 * the link may follow the parcel; nobody can make one for another order. 96 bits cannot be guessed over a rate-limited page.
 */
const MAC_BYTES = 12;

function mac(orderId: string, secret: string): Buffer {
  return createHmac('sha256', secret).update(`track:${orderId}`).digest().subarray(0, MAC_BYTES);
}

/** The token of an order's tracking link. */
export function trackingToken(orderId: string, secret: string): string {
  const id = Buffer.from(orderId.replaceAll('-', ''), 'hex').toString('base64url');
  return `${id}.${mac(orderId, secret).toString('base64url')}`;
}

/** The order's id, or null where the token is not one of ours. Compares in constant time. */
export function verifyTrackingToken(token: string, secret: string): string | null {
  const match = /^([\w-]{22})\.([\w-]{16})$/.exec(token);
  if (!match?.[1] || !match[2]) return null;
  const hex = Buffer.from(match[1], 'base64url').toString('hex');
  const orderId = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  const given = Buffer.from(match[2], 'base64url');
  const expected = mac(orderId, secret);
  return isId(orderId) && given.length === expected.length && timingSafeEqual(given, expected) ? orderId : null;
}
