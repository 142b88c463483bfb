import { userFacts } from '../../domains/people/rules.ts';
import type { ProfileInput } from '../../domains/people/schema.ts';
import { changeUser, userOf } from '../../domains/people/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import { writeAudit } from '../../platform/audit.ts';
import { Concealed } from '../../platform/auth/concealed.ts';
import { hashPassword, verifyPassword } from '../../platform/auth/passwords.ts';
import { revokeSessions } from '../../platform/auth/sessions.ts';
import { withTx } from '../../platform/db.ts';
import { audit, type PeopleDeps, peopleVerb } from './people-world.ts';

/** Changes a user's own name, language and time zone. */
export function changeProfile(deps: PeopleDeps) {
  return peopleVerb<ProfileInput & { userId: string }, { userId: string }>(deps, {
    name: 'change-profile',
    wants: (input) => ({ userIds: [input.userId] }),
    decide: (world, { input, ctx }) => {
      const user = userOf(world.people, input.userId);
      const next = changeUser(world.people, { ...user, name: input.name, locale: input.locale, timeZone: input.timeZone });
      audit(world, ctx, {
        action: 'user.changed',
        entity: 'user',
        entityId: user.id,
        before: userFacts(user),
        after: userFacts(next),
      });
      return { userId: user.id };
    },
  });
}

interface NewPassword {
  readonly userId: string;
  readonly sessionId: string | null;
  /** The hash that the present password was compared with: if it is another by now, the comparison no longer counts. */
  readonly comparedWith: Concealed<string | null>;
  readonly passwordHash: Concealed<string>;
}

/** Changes a user's own password, for who knows the present one. Every other session of theirs ends. */
export function changePassword(deps: PeopleDeps) {
  const call = peopleVerb<NewPassword, { userId: string }>(deps, {
    name: 'change-password',
    wants: (input) => ({ userIds: [input.userId] }),
    decide: (world, { input, ctx }) => {
      const user = userOf(world.people, input.userId);
      if (user.passwordHash !== input.comparedWith.reveal()) throw new DomainError('conflict');
      changeUser(world.people, { ...user, passwordHash: input.passwordHash.reveal() });
      world.endedSessions.push({ userId: user.id, keep: input.sessionId });
      audit(world, ctx, { action: 'user.password_changed', entity: 'user', entityId: user.id });
      return { userId: user.id };
    },
  });
  return async (
    input: { userId: string; sessionId: string | null; current: string; password: string },
    ctx: Ctx,
    key?: string,
  ) => {
    const { userId, sessionId } = input;
    const found = await deps.pool.query<{ passwordHash: string | null }>(
      'SELECT password_hash AS "passwordHash" FROM users WHERE id = $1',
      [userId],
    );
    const present = found.rows[0]?.passwordHash ?? null;
    if (!(await verifyPassword(present, input.current))) {
      throw new DomainError('invalid_request', 'Your present password is not right. Enter it again.');
    }
    const passwordHash = new Concealed(await hashPassword(input.password));
    return call({ userId, sessionId, comparedWith: new Concealed(present), passwordHash }, ctx, key);
  };
}

/**
 * Ends one of the user's sessions, or all but the present one. Ending what has ended changes nothing, so a repeat needs no key.
 * A session of somebody else is `not_found`.
 */
export function endSessions(deps: PeopleDeps) {
  return (input: { userId: string; only?: string; keep?: string | null }, ctx: Ctx): Promise<{ ended: number }> =>
    withTx(deps.pool, async (tx) => {
      if (input.only !== undefined) {
        const known = await tx.query('SELECT FROM sessions WHERE id = $1 AND user_id = $2', [input.only, input.userId]);
        if (known.rowCount === 0) throw new DomainError('not_found', 'There is no such session.');
      }
      const ended = await revokeSessions(tx, input, ctx.now);
      await writeAudit(
        tx,
        ctx,
        ended.map((id) => ({ action: 'session.revoked', entity: 'session', entityId: id, after: { userId: input.userId } })),
      );
      return { ended: ended.length };
    });
}
