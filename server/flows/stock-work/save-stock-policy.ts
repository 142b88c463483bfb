import * as catalog from '../../domains/catalog/service.ts';
import type { SaveStockPolicyInput } from '../../domains/purchasing/schema.ts';
import * as purchasing from '../../domains/purchasing/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { Tx } from '../../platform/db.ts';
import { audit, emit, newOutbox, type Outbox, writeOutbox } from '../../platform/outbox.ts';
import type { Locked, Request, Verb } from '../../platform/verb.ts';

/** How a merchant wants its stock looked after. What was ordered or counted before keeps the policy of its day. */
interface SavingPolicies extends Locked {
  readonly merchants: catalog.EditingState['merchants'];
  readonly purchasing: purchasing.PurchasingState;
  readonly outbox: Outbox;
}

export interface SavedStockPolicy {
  readonly merchantId: string;
  readonly version: number;
}

async function lock(tx: Tx, requests: readonly Request<SaveStockPolicyInput>[]): Promise<SavingPolicies> {
  const merchantIds = requests.map(({ input }) => input.merchantId);
  // The merchant's lock guards its policy, which may not be there yet.
  const { merchants } = await catalog.lockForEditing(tx, { merchantIds, skuIds: [], codes: [] });
  return { applied: 0, merchants, purchasing: await purchasing.lock(tx, [], merchantIds), outbox: newOutbox() };
}

function decide(world: SavingPolicies, { input, ctx }: Request<SaveStockPolicyInput>): SavedStockPolicy {
  const { merchantId, version, ...facts } = input;
  if (!world.merchants.has(merchantId)) throw new DomainError('not_found', 'There is no such merchant.');
  const known = purchasing.policyOf(world.purchasing, merchantId);
  if (known.version !== version)
    throw new DomainError('conflict', 'The policy changed since you opened it. Look at it again and repeat your change.', {
      version: Number(known.version),
    });
  const units = facts.countLimitUnits;
  const next = {
    merchantId,
    ...facts,
    lowCountsInbound: facts.lowCountsInbound ?? known.lowCountsInbound,
    cartMinutes: facts.cartMinutes ?? known.cartMinutes,
    countLimitUnits: units === null ? null : BigInt(units),
    version: known.version + 1n,
  };
  purchasing.savePolicy(world.purchasing, next);
  record(world, { before: known, after: next }, ctx);
  return { merchantId, version: Number(next.version) };
}

type Policy = ReturnType<typeof purchasing.policyOf>;

function record(world: SavingPolicies, change: { readonly before: Policy; readonly after: Policy }, ctx: Ctx): void {
  world.applied++;
  const { merchantId, version } = change.after;
  const about = { aggregate: 'stock_policy', aggregateId: merchantId, aggregateVersion: version, merchantId } as const;
  const facts = ({ countLimitUnits, overReceiptPercent, expiryWarningDays, lowCountsInbound, cartMinutes }: Policy) => {
    const units = countLimitUnits === null ? null : Number(countLimitUnits);
    return { overReceiptPercent, countLimitUnits: units, expiryWarningDays, lowCountsInbound, cartMinutes };
  };
  const type = 'stock_policy.changed';
  emit(world.outbox, { ...about, type, data: facts(change.after) }, ctx);
  const entry = { action: type, entity: 'stock_policy', entityId: merchantId, merchantId };
  audit(world.outbox, { ...entry, before: facts(change.before), after: facts(change.after) }, ctx);
}

export const saveStockPolicy: Verb<SaveStockPolicyInput, SavingPolicies, SavedStockPolicy> = {
  name: 'save-stock-policy',
  lock,
  decide,
  async write(tx, world) {
    await purchasing.write(tx, world.purchasing);
    await writeOutbox(tx, world.outbox);
  },
};
