import { usableToken, userFacts } from '../../domains/people/rules.ts';
import { normalizeEmail, type SetUpInput } from '../../domains/people/schema.ts';
import { addUser, tokenByHash, userByEmail, useToken } from '../../domains/people/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { Concealed } from '../../platform/auth/concealed.ts';
import { hashPassword } from '../../platform/auth/passwords.ts';
import { newUser } from './invite-user.ts';
import { audit, type PeopleDeps, peopleVerb, tokenHash } from './people-world.ts';

interface FirstPeople {
  readonly hash: string;
  readonly admin: { readonly email: string; readonly name: string; readonly passwordHash: Concealed<string> };
  readonly merchant: SetUpInput['merchant'];
}

/** Makes the first administrator and the first merchant, for whoever holds the token that the server printed. */
export function setUp(deps: PeopleDeps) {
  const call = peopleVerb<FirstPeople, { userId: string; merchantId: string }>(deps, {
    name: 'set-up',
    wants: (input) => ({
      tokenHashes: [input.hash],
      emails: [normalizeEmail(input.admin.email)],
      slugs: [input.merchant.slug],
      admins: true,
    }),
    decide: (world, { input, ctx }) => {
      const found = tokenByHash(world.people, input.hash);
      usableToken(found, 'setup', ctx.now);
      if (!found) throw new Error('A usable token is there');
      if (userByEmail(world.people, normalizeEmail(input.admin.email))) {
        throw new DomainError('already_exists', 'This e-mail address has an account already. Sign in instead.');
      }
      if ([...world.people.merchants.values()].some((merchant) => merchant.slug === input.merchant.slug)) {
        throw new DomainError('already_exists', 'A merchant with this short name exists already. Choose another.');
      }
      const merchant = { id: newId(), home: ctx.home, ...input.merchant, createdAt: ctx.now };
      const admin = newUser({ email: input.admin.email, name: input.admin.name, role: 'admin', merchantId: null });
      world.people.newMerchants.push(merchant);
      addUser(world.people, { ...admin, passwordHash: input.admin.passwordHash.reveal() });
      useToken(world.people, found, ctx.now);
      const actor = { ...ctx, actor: `user:${admin.id}` };
      audit(world, actor, { action: 'user.joined', entity: 'user', entityId: admin.id, after: userFacts(admin) });
      const { name, slug, currency, country } = merchant;
      const after = { name, slug, currency, country };
      audit(world, actor, {
        action: 'merchant.created',
        entity: 'merchant',
        entityId: merchant.id,
        merchantId: merchant.id,
        after,
      });
      return { userId: admin.id, merchantId: merchant.id };
    },
  });
  return async (input: SetUpInput, ctx: Ctx, key?: string) => {
    const { password, ...admin } = input.admin;
    const passwordHash = new Concealed(await hashPassword(password));
    return call({ hash: tokenHash(input.token), admin: { ...admin, passwordHash }, merchant: input.merchant }, ctx, key);
  };
}
