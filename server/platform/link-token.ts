import { createHmac, timingSafeEqual } from 'node:crypto';
import { isId } from '../kernel/ids.ts';

/**
 * The token of a link that needs no account: a record's id and twelve bytes of HMAC-SHA256 under WAYBILL_SECRET, both base64url. Whoever
 * holds the link may do what it is for; nobody can make one for another record, or use one for another purpose. 96 bits cannot be
 * guessed over a rate-limited page.
 */
const MAC_BYTES = 12;

/** track: follow an order's parcels. pay: see a checkout and pay for it. wait: answer for what of an order comes later. */
export type LinkPurpose = 'track' | 'pay' | 'wait';

function mac(purpose: LinkPurpose, id: string, secret: string): Buffer {
  return createHmac('sha256', secret).update(`${purpose}:${id}`).digest().subarray(0, MAC_BYTES);
}

/** The token of a record's link. */
export function linkToken(purpose: LinkPurpose, id: string, secret: string): string {
  const packed = Buffer.from(id.replaceAll('-', ''), 'hex').toString('base64url');
  return `${packed}.${mac(purpose, id, secret).toString('base64url')}`;
}

/** The record's id, or null where the token is not one of ours for this purpose. Compares in constant time. */
export function verifyLinkToken(purpose: LinkPurpose, token: string, secret: string): string | null {
  const match = /^([\w-]{22})\.([\w-]{16})$/.exec(token);
  if (!match?.[1] || !match[2]) return null;
  const hex = Buffer.from(match[1], 'base64url').toString('hex');
  const id = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  const given = Buffer.from(match[2], 'base64url');
  const expected = mac(purpose, id, secret);
  return isId(id) && given.length === expected.length && timingSafeEqual(given, expected) ? id : null;
}
