import type { SaveReturnPolicyInput } from '../../domains/returns/schema.ts';
import * as returns from '../../domains/returns/service.ts';
import { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import type { Tx } from '../../platform/db.ts';
import { audit, emit, newOutbox, type Outbox, writeOutbox } from '../../platform/outbox.ts';
import type { Locked, Request, Verb } from '../../platform/verb.ts';

/**
 * Says on which terms a merchant takes goods back. Each change is a version with the moment from which it counts; what was asked for before
 * keeps the terms that it was asked for on.
 */
export interface SavedReturnPolicy {
  readonly merchantId: string;
  readonly version: number;
  readonly effectiveFrom: string;
}

interface Saving extends Locked {
  readonly policies: returns.PoliciesState;
  readonly outbox: Outbox;
}

function decide(world: Saving, { input, ctx }: Request<SaveReturnPolicyInput>): SavedReturnPolicy {
  const { merchantId, effectiveFrom, seenVersion, ...terms } = input;
  const last = world.policies.last.get(merchantId);
  if (!last) throw new DomainError('not_found', 'There is no such merchant.');
  if (last.version !== seenVersion)
    throw new DomainError('conflict', 'Somebody else changed the return policy meanwhile. Look at it again.', {
      version: last.version,
    });
  const from = effectiveFrom ?? ctx.now;
  if (from.getTime() < ctx.now.getTime() - 60_000)
    throw new DomainError('invalid_request', 'A policy counts from now on, or from a later day.', { field: 'effectiveFrom' });
  const version = last.version + 1;
  const id = newId();
  world.applied++;
  returns.addPolicy(world.policies, {
    ...{ id, merchantId, version, effectiveFrom: from, currency: last.currency, terms },
    ...{ createdBy: ctx.actor, createdAt: ctx.now },
  });
  const said = { version, effectiveFrom: from.toISOString() };
  const about = { aggregate: 'return_policy', aggregateId: merchantId, aggregateVersion: BigInt(version), merchantId } as const;
  emit(world.outbox, { ...about, type: 'return_policy.changed', data: said }, ctx);
  const after = { ...terms, labelFeeMinor: Number(terms.labelFeeMinor), ...said };
  const noted = { action: 'return_policy.changed', entity: 'merchant', entityId: merchantId, merchantId } as const;
  audit(world.outbox, { ...noted, before: { version: last.version }, after }, ctx);
  return { merchantId, ...said };
}

export const saveReturnPolicy: Verb<SaveReturnPolicyInput, Saving, SavedReturnPolicy> = {
  name: 'save-return-policy',
  lock: async (tx: Tx, requests) => ({
    applied: 0,
    policies: await returns.lockPoliciesOf(
      tx,
      requests.map((request) => request.input.merchantId),
    ),
    outbox: newOutbox(),
  }),
  decide,
  async write(tx, world) {
    await returns.writePolicies(tx, world.policies);
    await writeOutbox(tx, world.outbox);
  },
};
