import { usableToken, userFacts } from '../../domains/people/rules.ts';
import { normalizeEmail } from '../../domains/people/schema.ts';
import { addLink, changeUser, tokenByHash, userByEmail, userOf, useToken } from '../../domains/people/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import { Concealed } from '../../platform/auth/concealed.ts';
import { hashPassword } from '../../platform/auth/passwords.ts';
import { digestSecret, newSecret, open, seal } from '../../platform/auth/secrets.ts';
import type { MadeLink } from './invite-user.ts';
import { audit, type PeopleDeps, type PeopleWorld, peopleVerb, tokenHash } from './people-world.ts';

const PURPOSE = 'answer:reset-link';

interface SealedLink {
  readonly id: string;
  readonly sealed: string;
  readonly expiresAt: string;
}

/**
 * Makes the link that somebody asked for who forgot their password; null where the address has no account. `email` is the account's
 * own address and not what was typed: the link goes nowhere else. The caller must answer the same either way, and not wait for this
 * before it does.
 */
export function requestReset(deps: PeopleDeps) {
  const call = peopleVerb<{ email: string }, SealedLink | null>(deps, {
    name: 'request-reset',
    wants: (input) => ({ emails: [normalizeEmail(input.email)] }),
    decide: (world, { input, ctx }) => {
      const user = userByEmail(world.people, normalizeEmail(input.email));
      return user && user.disabledAt === null ? makeLink(deps, world, ctx, user.id) : null;
    },
  });
  return async (input: { email: string }, ctx: Ctx, key?: string): Promise<(MadeLink & { readonly email: string }) | null> => {
    const made = await call(input, ctx, key);
    if (!made) return null;
    const owner = 'SELECT u.email FROM user_tokens t JOIN users u ON u.id = t.user_id WHERE t.id = $1';
    const [user] = (await deps.pool.query<{ email: string }>(owner, [made.id])).rows;
    return user ? { ...unsealed(deps, made), email: user.email } : null;
  };
}

/** Makes a reset link for a user on behalf of an administrator, who passes it on. */
export function makeResetLink(deps: PeopleDeps) {
  const call = peopleVerb<{ userId: string }, SealedLink>(deps, {
    name: 'make-reset-link',
    wants: (input) => ({ userIds: [input.userId] }),
    decide: (world, { input, ctx }) => {
      const user = userOf(world.people, input.userId);
      if (user.disabledAt !== null) throw new DomainError('state_refuses', 'This user is disabled. Enable them first.');
      return makeLink(deps, world, ctx, user.id);
    },
  });
  return async (input: { userId: string }, ctx: Ctx, key?: string): Promise<MadeLink> =>
    unsealed(deps, await call(input, ctx, key));
}

interface Reset {
  readonly hash: string;
  readonly passwordHash: Concealed<string>;
  /** Of the password: another one under the same key is another request. */
  readonly digest: string;
}

/** Sets a new password by a link. Every session of the user ends: whoever knew the old one is out. */
export function resetPassword(deps: PeopleDeps) {
  const call = peopleVerb<Reset, { userId: string }>(deps, {
    name: 'reset-password',
    wants: (input) => ({ tokenHashes: [input.hash] }),
    decide: (world, { input, ctx }) => {
      const found = tokenByHash(world.people, input.hash);
      const token = usableToken(found, 'reset', ctx.now);
      if (!found || token.userId === null) throw new Error(`Reset link ${token.id} names nobody`);
      const user = userOf(world.people, token.userId);
      if (user.disabledAt !== null) throw new DomainError('state_refuses', 'This account is disabled. Ask your administrator.');
      changeUser(world.people, { ...user, passwordHash: input.passwordHash.reveal() });
      useToken(world.people, found, ctx.now);
      world.people.endedLinks.push({ kind: 'reset', userId: user.id });
      world.endedSessions.push({ userId: user.id });
      audit(
        world,
        { ...ctx, actor: `user:${user.id}` },
        {
          action: 'user.password_reset',
          entity: 'user',
          entityId: user.id,
          merchantId: user.merchantId,
          after: userFacts(user),
        },
      );
      return { userId: user.id };
    },
  });
  return async ({ token, password }: { token: string; password: string }, ctx: Ctx, key?: string) => {
    const digest = digestSecret(password, 'reset-password', deps.dataKey);
    return call({ hash: tokenHash(token), passwordHash: new Concealed(await hashPassword(password)), digest }, ctx, key);
  };
}

function makeLink(deps: PeopleDeps, world: PeopleWorld, ctx: Ctx, userId: string): SealedLink {
  const token = newSecret();
  const link = addLink(world.people, ctx, { kind: 'reset', hash: tokenHash(token), userId });
  audit(world, ctx, { action: 'user.reset_requested', entity: 'user', entityId: userId });
  return { id: link.id, sealed: seal(token, PURPOSE, deps.dataKey), expiresAt: link.expiresAt.toISOString() };
}

function unsealed(deps: PeopleDeps, made: SealedLink): MadeLink {
  return { id: made.id, token: open(made.sealed, PURPOSE, deps.dataKey), expiresAt: new Date(made.expiresAt) };
}
