import { DomainError } from '../kernel/errors.ts';
import { linkToken, verifyLinkToken } from '../platform/link-token.ts';
import type { ApiSettings } from './app.ts';

/** The public page on which the holder of this address pays for a checkout. */
export function payUrl({ origin, secret }: Pick<ApiSettings, 'origin' | 'secret'>, checkoutId: string): string {
  return `${origin}/pay/${linkToken('pay', checkoutId, secret)}`;
}

/** The checkout behind a link. Throws `not_found`. */
export function checkoutIdOf({ secret }: ApiSettings, token: string): string {
  const id = verifyLinkToken('pay', token, secret);
  if (id === null) throw new DomainError('not_found', 'This link is not complete. Copy the whole address.');
  return id;
}
