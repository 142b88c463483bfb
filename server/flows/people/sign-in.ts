import { withTotpStep } from '../../domains/people/rules.ts';
import { normalizeEmail } from '../../domains/people/schema.ts';
import { changeUser, lockPeople, userByEmail, userOf, writePeople } from '../../domains/people/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { writeAudit } from '../../platform/audit.ts';
import { LIMITS } from '../../platform/auth/limits.ts';
import { verifyPassword } from '../../platform/auth/passwords.ts';
import { createSession } from '../../platform/auth/sessions.ts';
import { withTx } from '../../platform/db.ts';
import type { RateLimiter } from '../../platform/rate-limit.ts';
import type { PeopleDeps } from './people-world.ts';
import { stepOf } from './second-factor.ts';

export interface SignInInput {
  readonly email: string;
  readonly password: string;
  /** Six digits, where an authenticator app is set up. */
  readonly code: string | null;
  readonly ip: string | null;
  readonly userAgent: string | null;
}

export interface SignedIn {
  readonly userId: string;
  readonly sessionId: string;
}

const WRONG = 'The e-mail address or the password is wrong.';

/**
 * Opens a session for who knows the password and, where one is set up, holds the authenticator. Unknown e-mail, wrong password and
 * disabled account take the same work and get the same sentence. Throws `unauthenticated`, `second_factor_required` (the password
 * was right, a code is missing), `invalid_request` (the code is wrong or used) or `too_many_requests`.
 */
export function signIn(deps: PeopleDeps, limits: RateLimiter) {
  return async (input: SignInInput, ctx: Ctx): Promise<SignedIn> => {
    const email = normalizeEmail(input.email);
    limits.take(LIMITS.signInByIp, input.ip ?? 'unknown');
    limits.take(LIMITS.signInByEmail, email);
    const found = await deps.pool.query<{ id: string; passwordHash: string | null }>(
      'SELECT id, password_hash AS "passwordHash" FROM users WHERE email_normalized = $1 AND disabled_at IS NULL',
      [email],
    );
    const row = found.rows[0];
    const right = await verifyPassword(row?.passwordHash ?? null, input.password);
    if (!row || !right) throw new DomainError('unauthenticated', WRONG);
    if (input.code !== null) limits.take(LIMITS.totpByUser, row.id);
    const session = await openSession(deps, input, row, ctx);
    limits.clear(LIMITS.signInByEmail, email);
    if (input.code !== null) limits.clear(LIMITS.totpByUser, row.id);
    return session;
  };
}

/** The user is locked while the code is checked, so that of two requests with one code one is refused. */
function openSession(
  deps: PeopleDeps,
  input: SignInInput,
  checked: { id: string; passwordHash: string | null },
  ctx: Ctx,
): Promise<SignedIn> {
  return withTx(deps.pool, async (tx) => {
    const people = await lockPeople(tx, { userIds: [checked.id] });
    const user = userOf(people, checked.id);
    if (user.disabledAt !== null || user.passwordHash !== checked.passwordHash) throw new DomainError('unauthenticated', WRONG);
    const needsCode = user.totpEnabledAt !== null;
    if (needsCode) {
      if (input.code === null) throw new DomainError('second_factor_required', 'Enter the code of your authenticator app.');
      changeUser(people, withTotpStep(user, stepOf(user, input.code, deps.dataKey, ctx.now)));
    }
    await writePeople(tx, people, ctx.now);
    const session = { id: newId(), userId: user.id, secondFactor: needsCode, ip: input.ip, userAgent: input.userAgent };
    await createSession(tx, session, ctx.now);
    await writeAudit(tx, { ...ctx, actor: `user:${user.id}` }, [
      {
        action: 'session.opened',
        entity: 'session',
        entityId: session.id,
        merchantId: user.merchantId,
        after: { userId: user.id, ip: input.ip, secondFactor: needsCode },
      },
    ]);
    return { userId: user.id, sessionId: session.id };
  });
}

/**
 * Opens a session for somebody whom the identity provider vouches for: the owner of a *verified* e-mail address that has an account
 * here. Nobody gets an account this way. A second factor that a role needs is still asked for afterwards.
 */
export function signInByProvider(deps: PeopleDeps) {
  return (input: { email: string; ip: string | null; userAgent: string | null }, ctx: Ctx): Promise<SignedIn> =>
    withTx(deps.pool, async (tx) => {
      const people = await lockPeople(tx, { emails: [normalizeEmail(input.email)] });
      const user = userByEmail(people, normalizeEmail(input.email));
      if (!user || user.disabledAt !== null) {
        throw new DomainError('unauthenticated', 'No account here has this e-mail address. Ask an administrator to invite you.');
      }
      const session = { id: newId(), userId: user.id, secondFactor: false, ip: input.ip, userAgent: input.userAgent };
      await createSession(tx, session, ctx.now);
      const after = { userId: user.id, ip: input.ip, by: 'identity provider' };
      await writeAudit(tx, { ...ctx, actor: `user:${user.id}` }, [
        { action: 'session.opened', entity: 'session', entityId: session.id, merchantId: user.merchantId, after },
      ]);
      return { userId: user.id, sessionId: session.id };
    });
}
