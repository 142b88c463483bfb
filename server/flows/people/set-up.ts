import { usableToken, userFacts } from '../../domains/people/rules.ts';
import { normalizeEmail, type SetUpInput } from '../../domains/people/schema.ts';
import { addUser, tokenByHash, userByEmail, useToken } from '../../domains/people/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { Concealed } from '../../platform/auth/concealed.ts';
import { hashPassword } from '../../platform/auth/passwords.ts';
import { digestSecret } from '../../platform/auth/secrets.ts';
import { newUser } from './invite-user.ts';
import { audit, type PeopleDeps, type PeopleWorld, peopleVerb, tokenHash } from './people-world.ts';

interface FirstPeople {
  readonly hash: string;
  readonly admin: {
    readonly email: string;
    readonly name: string;
    readonly passwordHash: Concealed<string>;
    /** Of the password: another one under the same key is another request. */
    readonly digest: string;
  };
  readonly merchant: SetUpInput['merchant'];
  readonly node: SetUpInput['node'];
  readonly sku: SetUpInput['sku'];
}

/** Makes the first administrator, merchant, node and SKU, for whoever holds the token that the server printed. */
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
      furnish(world, actor, merchant, input);
      return { userId: admin.id, merchantId: merchant.id };
    },
  });
  return async (input: SetUpInput, ctx: Ctx, key?: string) => {
    const { password, ...admin } = input.admin;
    const passwordHash = new Concealed(await hashPassword(password));
    return call(
      {
        hash: tokenHash(input.token),
        admin: { ...admin, passwordHash, digest: digestSecret(password, 'set-up', deps.dataKey) },
        merchant: input.merchant,
        node: input.node,
        sku: input.sku,
      },
      ctx,
      key,
    );
  };
}

/** The merchant's first node and SKU, so that it can be sold from at once. */
function furnish(
  world: PeopleWorld,
  ctx: Ctx,
  merchant: { id: string; currency: string; home: string },
  input: FirstPeople,
): void {
  const merchantId = merchant.id;
  const node = { id: newId(), merchantId, home: merchant.home, ...input.node, kind: 'warehouse' };
  const sku = {
    id: newId(),
    merchantId,
    ...input.sku,
    currency: merchant.currency,
    stocked: true,
    taxClass: 'standard',
    weightGrams: 0,
    active: true,
  };
  world.nodes.push(node);
  world.skus.push(sku);
  audit(world, ctx, { action: 'node.created', entity: 'node', entityId: node.id, merchantId, after: input.node });
  audit(world, ctx, { action: 'sku.created', entity: 'sku', entityId: sku.id, merchantId, after: input.sku });
}
