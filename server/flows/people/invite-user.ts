import { checkMerchant, type User, usableToken, userFacts } from '../../domains/people/rules.ts';
import { type InviteInput, normalizeEmail } from '../../domains/people/schema.ts';
import { addLink, addUser, tokenByHash, userByEmail, useToken } from '../../domains/people/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import type { Role } from '../../kernel/vocabulary.ts';
import { Concealed } from '../../platform/auth/concealed.ts';
import { hashPassword } from '../../platform/auth/passwords.ts';
import { digestSecret, newSecret, open, seal } from '../../platform/auth/secrets.ts';
import { audit, type PeopleDeps, peopleVerb, tokenHash } from './people-world.ts';

/** A link that lets somebody in, shown to whoever made it and kept nowhere else in readable form. */
export interface MadeLink {
  readonly id: string;
  readonly token: string;
  readonly expiresAt: Date;
}

/**
 * Invites somebody by e-mail: a link that may be used once, within a week, by whoever holds it. A second invitation to the same
 * address ends the first. A replay of the key answers with the same link, so the link is kept, encrypted, with the key's outcome.
 */
export function inviteUser(deps: PeopleDeps) {
  const call = peopleVerb<InviteInput, { id: string; sealed: string; expiresAt: string }>(deps, {
    name: 'invite-user',
    wants: (input) => ({
      emails: [normalizeEmail(input.email)],
      merchantIds: input.merchantId === null ? [] : [input.merchantId],
    }),
    decide: (world, { input, ctx }) => {
      checkMerchant(input.role, input.merchantId);
      if (input.merchantId !== null && !world.people.merchants.has(input.merchantId)) {
        throw new DomainError('not_found', 'There is no such merchant.');
      }
      if (userByEmail(world.people, normalizeEmail(input.email))) {
        throw new DomainError(
          'already_exists',
          'Somebody with this e-mail address has an account already. Change their role instead.',
        );
      }
      const token = newSecret();
      const link = addLink(world.people, ctx, { kind: 'invite', hash: tokenHash(token), ...input, email: input.email });
      const { email, role, merchantId } = input;
      audit(world, ctx, {
        action: 'user.invited',
        entity: 'invitation',
        entityId: link.id,
        merchantId,
        after: { email, role, merchantId },
      });
      return { id: link.id, sealed: seal(token, PURPOSE, deps.dataKey), expiresAt: link.expiresAt.toISOString() };
    },
  });
  return async (input: InviteInput, ctx: Ctx, key?: string): Promise<MadeLink> => {
    const made = await call(input, ctx, key);
    return { id: made.id, token: open(made.sealed, PURPOSE, deps.dataKey), expiresAt: new Date(made.expiresAt) };
  };
}

const PURPOSE = 'answer:invite-user';

/** Ends an invitation before it is used. */
export function revokeInvitation(deps: PeopleDeps) {
  return peopleVerb<{ invitationId: string }, { id: string }>(deps, {
    name: 'revoke-invitation',
    wants: (input) => ({ tokenIds: [input.invitationId] }),
    decide: (world, { input, ctx }) => {
      const token = world.people.tokens.get(input.invitationId);
      if (token?.kind !== 'invite') throw new DomainError('not_found', 'There is no such invitation.');
      if (token.usedAt !== null) throw new DomainError('state_refuses', 'This invitation was used or revoked already.');
      useToken(world.people, token, ctx.now);
      const before = { email: token.email, role: token.role, merchantId: token.merchantId };
      audit(world, ctx, {
        action: 'invitation.revoked',
        entity: 'invitation',
        entityId: token.id,
        merchantId: token.merchantId,
        before,
      });
      return { id: token.id };
    },
  });
}

interface Acceptance {
  readonly hash: string;
  readonly name: string;
  readonly passwordHash: Concealed<string>;
  /** Of the password: another one under the same key is another request. */
  readonly digest: string;
}

/** Turns an invitation into an account. Whoever opened the link has shown that the address is theirs. */
export function acceptInvite(deps: PeopleDeps) {
  const call = peopleVerb<Acceptance, { userId: string; email: string }>(deps, {
    name: 'accept-invite',
    wants: (input) => ({ tokenHashes: [input.hash] }),
    decide: (world, { input, ctx }) => {
      const found = tokenByHash(world.people, input.hash);
      const token = usableToken(found, 'invite', ctx.now);
      if (!found || token.email === null || token.role === null) throw new Error(`Invitation ${token.id} names nobody`);
      if (userByEmail(world.people, normalizeEmail(token.email))) {
        throw new DomainError('already_exists', 'This e-mail address has an account already. Sign in instead.');
      }
      const user = newUser({ email: token.email, name: input.name, role: token.role, merchantId: token.merchantId });
      addUser(world.people, { ...user, passwordHash: input.passwordHash.reveal() });
      useToken(world.people, found, ctx.now);
      audit(
        world,
        { ...ctx, actor: `user:${user.id}` },
        {
          action: 'user.joined',
          entity: 'user',
          entityId: user.id,
          merchantId: user.merchantId,
          after: userFacts(user),
        },
      );
      return { userId: user.id, email: user.email };
    },
  });
  return async ({ token, name, password }: { token: string; name: string; password: string }, ctx: Ctx, key?: string) => {
    const digest = digestSecret(password, 'accept-invite', deps.dataKey);
    return call({ hash: tokenHash(token), name, passwordHash: new Concealed(await hashPassword(password)), digest }, ctx, key);
  };
}

/** A user as they begin: no second factor, English, UTC. */
export function newUser(facts: { email: string; name: string; role: Role; merchantId: string | null }): User {
  return {
    id: newId(),
    email: facts.email,
    emailNormalized: normalizeEmail(facts.email),
    name: facts.name,
    role: facts.role,
    merchantId: facts.merchantId,
    customerId: null,
    passwordHash: null,
    totpSecret: null,
    totpEnabledAt: null,
    totpLastStep: null,
    locale: 'en',
    timeZone: 'UTC',
    disabledAt: null,
    version: 1n,
  };
}
