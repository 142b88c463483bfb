import { DomainError } from '../kernel/errors.ts';
import { signedInAt } from '../platform/auth/sessions.ts';
import type { ApiContext } from './context.ts';

/** How long after signing in somebody still counts as the one who signed in. */
const FRESH_MS = 10 * 60_000;

/**
 * Refuses what whoever finds an unlocked phone should not be able to do. `doing` completes "Sign in again, then … within ten minutes".
 * Throws `fresh_sign_in_required`.
 */
export async function assertFreshSignIn({ pool, principal, ctx }: ApiContext, doing: string): Promise<void> {
  const at = principal.sessionId === null ? null : await signedInAt(pool, principal.sessionId);
  if (at === null || ctx().now.getTime() - at.getTime() > FRESH_MS)
    throw new DomainError('fresh_sign_in_required', `Sign in again, then ${doing} within ten minutes.`);
}
