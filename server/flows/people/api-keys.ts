import { apiKeyFacts } from '../../domains/people/rules.ts';
import type { ApiKeyInput } from '../../domains/people/schema.ts';
import type { Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { newApiKey } from '../../platform/auth/api-keys.ts';
import { open, seal } from '../../platform/auth/secrets.ts';
import { audit, type PeopleDeps, peopleVerb } from './people-world.ts';

const PURPOSE = 'answer:create-api-key';

/**
 * Makes an API key of a merchant. The key itself is in this answer and nowhere else: what is stored is its hash (and, as long as
 * the idempotency key lives, the encrypted answer).
 */
export function createApiKey(deps: PeopleDeps) {
  const call = peopleVerb<ApiKeyInput, { id: string; sealed: string }>(deps, {
    name: 'create-api-key',
    wants: (input) => ({ merchantIds: [input.merchantId] }),
    decide: (world, { input, ctx }) => {
      if (!world.people.merchants.has(input.merchantId)) throw new DomainError('not_found', 'There is no such merchant.');
      const made = newApiKey(input.mode);
      const scopes = [...new Set(input.scopes)];
      const key = { id: newId(), merchantId: input.merchantId, name: input.name, mode: input.mode, scopes, revokedAt: null };
      world.people.newApiKeys.push({ ...key, prefix: made.prefix, hash: made.hash, createdBy: ctx.actor, createdAt: ctx.now });
      audit(world, ctx, {
        action: 'api_key.created',
        entity: 'api_key',
        entityId: key.id,
        merchantId: key.merchantId,
        after: apiKeyFacts(key),
      });
      return { id: key.id, sealed: seal(made.key, PURPOSE, deps.dataKey) };
    },
  });
  return async (input: ApiKeyInput, ctx: Ctx, key?: string): Promise<{ id: string; key: string }> => {
    const made = await call(input, ctx, key);
    return { id: made.id, key: open(made.sealed, PURPOSE, deps.dataKey) };
  };
}

/** Ends an API key at once. `merchantId` null: any merchant's; otherwise another merchant's key is `not_found`. */
export function revokeApiKey(deps: PeopleDeps) {
  return peopleVerb<{ apiKeyId: string; merchantId: string | null }, { id: string }>(deps, {
    name: 'revoke-api-key',
    wants: (input) => ({ apiKeyIds: [input.apiKeyId] }),
    decide: (world, { input, ctx }) => {
      const key = world.people.apiKeys.get(input.apiKeyId);
      if (!key || (input.merchantId !== null && key.merchantId !== input.merchantId)) {
        throw new DomainError('not_found', 'There is no such API key.');
      }
      if (key.revokedAt !== null) return { id: key.id };
      const next = { ...key, revokedAt: ctx.now };
      world.people.apiKeys.set(key.id, next);
      world.people.revokedApiKeys.add(key.id);
      audit(world, ctx, {
        action: 'api_key.revoked',
        entity: 'api_key',
        entityId: key.id,
        merchantId: key.merchantId,
        before: apiKeyFacts(key),
        after: apiKeyFacts(next),
      });
      return { id: key.id };
    },
  });
}
