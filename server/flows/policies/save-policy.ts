import * as catalog from '../../domains/catalog/service.ts';
import { DEFAULTS } from '../../domains/policies/rules.ts';
import type { SavePolicyInput } from '../../domains/policies/schema.ts';
import * as policies from '../../domains/policies/service.ts';
import type { ReturnTerms } from '../../domains/returns/schema.ts';
import * as returns from '../../domains/returns/service.ts';
import { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import type { PolicyKind } from '../../kernel/vocabulary.ts';
import type { Tx } from '../../platform/db.ts';
import { audit, emit, newOutbox, type Outbox, writeOutbox } from '../../platform/outbox.ts';
import type { Locked, Request, Verb } from '../../platform/verb.ts';

/**
 * Says how a merchant does business: cancellations, refunds, when money is taken, what needs a second person, returns. Each change is a version
 * with the moment from which it counts; what was decided before keeps the terms that it was decided under. What placing an order has to know
 * is kept with the merchant's row, which it reads anyway.
 */
export type PolicyWish =
  | SavePolicyInput
  | (Pick<SavePolicyInput, 'merchantId' | 'effectiveFrom' | 'seenVersion'> & {
      readonly kind: 'returns';
      readonly terms: ReturnTerms;
    });

export interface SavedPolicy {
  readonly merchantId: string;
  readonly kind: PolicyKind;
  readonly version: number;
  /** ISO time. */
  readonly effectiveFrom: string;
}

interface Saving extends Locked {
  readonly merchants: catalog.EditingState['merchants'];
  readonly policies: policies.PoliciesState;
  readonly returns: returns.PoliciesState;
  readonly outbox: Outbox;
}

/** A moment of this much ago is now: clocks differ, and forms take their time. */
const SLACK_MS = 60_000;

async function lock(tx: Tx, requests: readonly Request<PolicyWish>[]): Promise<Saving> {
  const idsOf = (returning: boolean): string[] =>
    requests.filter(({ input }) => (input.kind === 'returns') === returning).map(({ input }) => input.merchantId);
  const merchantIds = [...idsOf(false), ...idsOf(true)];
  const { merchants } = await catalog.lockForEditing(tx, { merchantIds, skuIds: [], codes: [] });
  return {
    applied: 0,
    merchants,
    policies: await policies.load(tx, idsOf(false)),
    returns: await returns.lockPoliciesOf(tx, idsOf(true)),
    outbox: newOutbox(),
  };
}

function decide(world: Saving, { input, ctx }: Request<PolicyWish>): SavedPolicy {
  const { merchantId, kind, seenVersion } = input;
  const merchant = world.merchants.get(merchantId);
  if (!merchant) throw new DomainError('not_found', 'There is no such merchant.');
  const before = kind === 'returns' ? world.returns.last.get(merchantId) : policies.lastVersion(world.policies, merchantId, kind);
  const last = before?.version ?? 0;
  if (last !== seenVersion)
    throw new DomainError('conflict', `Somebody else changed the ${NAMES[kind]} policy meanwhile. Look at it again.`, {
      version: last,
    });
  const effectiveFrom = input.effectiveFrom ?? ctx.now;
  if (effectiveFrom.getTime() < ctx.now.getTime() - SLACK_MS)
    throw new DomainError('invalid_request', 'A policy counts from now on, or from a later day.', { field: 'effective_from' });
  const version = last + 1;
  const made = { id: newId(), merchantId, version, effectiveFrom, createdBy: ctx.actor, createdAt: ctx.now };
  if (input.kind === 'returns') returns.addPolicy(world.returns, { ...made, currency: merchant.currency, terms: input.terms });
  else policies.add(world.policies, { ...made, kind: input.kind, terms: input.terms });
  world.applied++;
  const said = { version, effectiveFrom: effectiveFrom.toISOString() };
  const type = kind === 'returns' ? 'return_policy.changed' : 'policy.changed';
  // Returns count their versions by merchant. Each other kind counts its own: there every version is something new.
  const about =
    kind === 'returns'
      ? ({ aggregate: 'return_policy', aggregateId: merchantId, aggregateVersion: BigInt(version) } as const)
      : ({ aggregate: 'policy', aggregateId: made.id, aggregateVersion: 1n } as const);
  emit(world.outbox, { ...about, merchantId, type, data: kind === 'returns' ? said : { kind, ...said } }, ctx);
  audit(
    world.outbox,
    {
      action: type,
      entity: 'merchant',
      entityId: merchantId,
      merchantId,
      before: { version: last, ...termsBefore(world, input) },
      after: { kind, ...plain(input.terms), ...said },
    },
    ctx,
  );
  return { merchantId, kind, ...said };
}

const NAMES: Readonly<Record<PolicyKind, string>> = {
  cancellation: 'cancellation',
  refund: 'refund',
  capture: 'capture',
  approval: 'approval',
  returns: 'return',
};

/** What held before, for the audit log; of returns the log has it with the version before. */
function termsBefore(world: Saving, { kind, merchantId }: PolicyWish): Record<string, unknown> {
  if (kind === 'returns') return {};
  const own = world.policies.versions.filter((one) => one.merchantId === merchantId && one.kind === kind);
  return { ...(own.at(-2)?.terms ?? DEFAULTS[kind]) };
}

/** JSON knows no bigint. */
const plain = (terms: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(terms).map(([name, value]) => [name, typeof value === 'bigint' ? Number(value) : value]));

export const savePolicy: Verb<PolicyWish, Saving, SavedPolicy> = {
  name: 'save-policy',
  lock,
  decide,
  async write(tx, world) {
    await policies.write(tx, world.policies);
    await returns.writePolicies(tx, world.returns);
    await catalog.setOrderTerms(tx, policies.placingOf(world.policies));
    await writeOutbox(tx, world.outbox);
  },
};
