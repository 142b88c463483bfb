import { userFacts } from '../../domains/people/rules.ts';
import type { ProfileInput } from '../../domains/people/schema.ts';
import { changeUser, lockPeople, userOf } from '../../domains/people/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import { type Audited, writeAudits } from '../../platform/audit.ts';
import { Concealed } from '../../platform/auth/concealed.ts';
import { hashPassword, verifyPassword } from '../../platform/auth/passwords.ts';
import { digestSecret } from '../../platform/auth/secrets.ts';
import { revokeSessions, sessionsOf } from '../../platform/auth/sessions.ts';
import { isDecided } from '../../platform/idempotency.ts';
import { createVerb, type Locked } from '../../platform/verb.ts';
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
  /** What was typed, so that a repeat is told from another wish under the same key. */
  readonly digest: string;
}

const NAME = 'change-password';

/** Changes a user's own password, for who knows the present one. Every other session of theirs ends. */
export function changePassword(deps: PeopleDeps) {
  const call = peopleVerb<NewPassword, { userId: string }>(deps, {
    name: NAME,
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
    const known = await verifyPassword(present, input.current);
    // The present password is another one when this was done already: then the answer is the one that was given.
    if (!known && !(key && (await isDecided(deps.pool, { principal: ctx.actor, operation: NAME, key })))) {
      throw new DomainError('invalid_request', 'Your present password is not right. Enter it again.');
    }
    const passwordHash = new Concealed(await hashPassword(input.password));
    const digest = digestSecret(JSON.stringify([input.current, input.password]), NAME, deps.dataKey);
    return call({ userId, sessionId, comparedWith: new Concealed(present), passwordHash, digest }, ctx, key);
  };
}

export interface EndSessionsInput {
  readonly userId: string;
  readonly only?: string;
  readonly keep?: string | null;
}

interface Ending extends Locked {
  readonly sessions: { readonly id: string; readonly userId: string; live: boolean }[];
  readonly ended: { userId: string; only: string }[];
  readonly audits: Audited[];
  readonly now: Date;
}

/** Ends one of the user's sessions, or all but the present one. A session of somebody else is `not_found`. */
export function endSessions(deps: PeopleDeps) {
  return createVerb<EndSessionsInput, Ending, { ended: number }>(deps, {
    name: 'end-sessions',
    async lock(tx, requests) {
      const userIds = requests.map(({ input }) => input.userId);
      const now = new Date(Math.max(...requests.map(({ ctx }) => ctx.now.getTime())));
      // Whoever ends a user's sessions holds the user.
      await lockPeople(tx, { userIds });
      return { applied: 0, sessions: await sessionsOf(tx, userIds, now), ended: [], audits: [], now };
    },
    decide(world, { input: { userId, only, keep }, ctx }) {
      const own = world.sessions.filter((session) => session.userId === userId);
      if (only !== undefined && !own.some(({ id }) => id === only))
        throw new DomainError('not_found', 'There is no such session.');
      const ending = own.filter(({ id, live }) => live && (only === undefined || id === only) && id !== keep);
      for (const session of ending) {
        session.live = false;
        world.applied++;
        world.ended.push({ userId, only: session.id });
        world.audits.push({
          ctx,
          entry: { action: 'session.revoked', entity: 'session', entityId: session.id, after: { userId } },
        });
      }
      return { ended: ending.length };
    },
    async write(tx, world) {
      for (const ended of world.ended) await revokeSessions(tx, ended, world.now);
      await writeAudits(tx, world.audits);
    },
  }).call;
}
