import { type User, userFacts, withTotpStep } from '../../domains/people/rules.ts';
import { changeUser, userOf } from '../../domains/people/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import { open, seal } from '../../platform/auth/secrets.ts';
import { newTotpSecret, totpAddress, totpStep } from '../../platform/auth/totp.ts';
import { audit, type PeopleDeps, peopleVerb } from './people-world.ts';

/** A TOTP secret is encrypted for its user: copied to another row it opens nothing. */
function purpose(userId: string): string {
  return `totp:${userId}`;
}

/** The time step of a code for this user, or null where the code is wrong or there is no secret. */
export function stepOf(user: Pick<User, 'id' | 'totpSecret'>, code: string, dataKey: string, now: Date): bigint | null {
  return user.totpSecret === null ? null : totpStep(open(user.totpSecret, purpose(user.id), dataKey), code, now);
}

/** Starts setting up an authenticator app: a new secret that counts once its first code is confirmed. */
export function beginTotp(deps: PeopleDeps) {
  const call = peopleVerb<{ userId: string }, { sealed: string; email: string }>(deps, {
    name: 'begin-totp',
    wants: (input) => ({ userIds: [input.userId] }),
    decide: (world, { input, ctx }) => {
      const user = userOf(world.people, input.userId);
      if (user.totpEnabledAt !== null) {
        throw new DomainError('state_refuses', 'An authenticator app is set up already. Remove it before you set up another.');
      }
      const sealed = seal(newTotpSecret(), purpose(user.id), deps.dataKey);
      changeUser(world.people, { ...user, totpSecret: sealed, totpLastStep: null });
      audit(world, ctx, { action: 'user.totp_begun', entity: 'user', entityId: user.id });
      return { sealed, email: user.email };
    },
  });
  return async (input: { userId: string }, ctx: Ctx, key?: string): Promise<{ secret: string; address: string }> => {
    const made = await call(input, ctx, key);
    const secret = open(made.sealed, purpose(input.userId), deps.dataKey);
    return { secret, address: totpAddress(secret, made.email) };
  };
}

export interface CodeInput {
  readonly userId: string;
  readonly sessionId: string | null;
  readonly code: string;
}

/** Switches the authenticator on with its first code. The present session has thereby proven it; the others end. */
export function confirmTotp(deps: PeopleDeps) {
  return peopleVerb<CodeInput, { userId: string }>(deps, {
    name: 'confirm-totp',
    wants: (input) => ({ userIds: [input.userId] }),
    decide: (world, { input, ctx }) => {
      const user = userOf(world.people, input.userId);
      if (user.totpSecret === null || user.totpEnabledAt !== null) {
        throw new DomainError('state_refuses', 'Start setting up an authenticator app first.');
      }
      const proven = withTotpStep(user, stepOf(user, input.code, deps.dataKey, ctx.now));
      const next = changeUser(world.people, { ...proven, totpEnabledAt: ctx.now });
      if (input.sessionId !== null) world.provenSessions.push(input.sessionId);
      world.endedSessions.push({ userId: user.id, keep: input.sessionId });
      audit(world, ctx, {
        action: 'user.totp_enabled',
        entity: 'user',
        entityId: user.id,
        before: userFacts(user),
        after: userFacts(next),
      });
      return { userId: user.id };
    },
  });
}

/** Gives a code within a session that began without one (a sign-in through an identity provider). */
export function verifyTotp(deps: PeopleDeps) {
  return peopleVerb<CodeInput, { userId: string }>(deps, {
    name: 'verify-totp',
    wants: (input) => ({ userIds: [input.userId] }),
    decide: (world, { input, ctx }) => {
      const user = userOf(world.people, input.userId);
      if (user.totpEnabledAt === null) throw new DomainError('state_refuses', 'No authenticator app is set up.');
      changeUser(world.people, withTotpStep(user, stepOf(user, input.code, deps.dataKey, ctx.now)));
      if (input.sessionId !== null) world.provenSessions.push(input.sessionId);
      audit(world, ctx, { action: 'user.totp_proven', entity: 'user', entityId: user.id });
      return { userId: user.id };
    },
  });
}

/** Removes the authenticator, with a last code from it. */
export function disableTotp(deps: PeopleDeps) {
  return peopleVerb<CodeInput, { userId: string }>(deps, {
    name: 'disable-totp',
    wants: (input) => ({ userIds: [input.userId] }),
    decide: (world, { input, ctx }) => {
      const user = userOf(world.people, input.userId);
      if (user.totpEnabledAt === null) throw new DomainError('state_refuses', 'No authenticator app is set up.');
      const proven = withTotpStep(user, stepOf(user, input.code, deps.dataKey, ctx.now));
      const next = changeUser(world.people, { ...proven, totpSecret: null, totpEnabledAt: null, totpLastStep: null });
      audit(world, ctx, {
        action: 'user.totp_disabled',
        entity: 'user',
        entityId: user.id,
        before: userFacts(user),
        after: userFacts(next),
      });
      return { userId: user.id };
    },
  });
}
