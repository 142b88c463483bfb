import { beyondStock, dayOf, planPolicy } from '../../domains/backorders/rules.ts';
import type { PolicyKind, SetBackorderPolicyInput } from '../../domains/backorders/schema.ts';
import * as backorders from '../../domains/backorders/service.ts';
import type { SkuRecord } from '../../domains/catalog/rules.ts';
import * as catalog from '../../domains/catalog/service.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { Tx } from '../../platform/db.ts';
import { audit, emit } from '../../platform/outbox.ts';
import type { Request, Verb } from '../../platform/verb.ts';
import { lockWorld, type World, writeWorld } from '../world.ts';
import { readArrivals } from './arrivals.ts';
import { setLimit } from './sell-beyond-stock.ts';

/**
 * Says what may be sold of a SKU beyond its stock. A policy that sells less than before takes nothing back: units that were promised keep
 * their promise, and nothing more is promised until fewer wait.
 */
export interface SetPolicy {
  readonly skuId: string;
  readonly version: number;
  readonly kind: PolicyKind;
  /** What may be promised beyond stock now: the policy's limit, or what is promised already where that is more. */
  readonly limitOver: number;
  /** Units that are promised and not here: they stay promised. */
  readonly promisedBeyond: number;
}

interface SettingPolicies extends World {
  readonly skus: ReadonlyMap<string, SkuRecord>;
}

async function lock(tx: Tx, requests: readonly Request<SetBackorderPolicyInput>[]): Promise<SettingPolicies> {
  const { ctx } = requests[0] as Request<SetBackorderPolicyInput>;
  const wanted = requests.map(({ input }) => input);
  const skus = await catalog.find(
    tx,
    wanted.map((input) => input.skuId),
  );
  const known = wanted.filter(
    (input) => skus.get(input.skuId)?.stocked && skus.get(input.skuId)?.merchantId === input.merchantId,
  );
  const world = await lockWorld(tx, { orderIds: [], supply: true, skus: known }, ctx);
  await backorders.loadSales(
    tx,
    world.backorders,
    ctx.home,
    known.map((input) => input.skuId),
    readArrivals,
  );
  return { ...world, skus };
}

function decide(world: SettingPolicies, { input, ctx }: Request<SetBackorderPolicyInput>): SetPolicy {
  const { skuId, merchantId } = input;
  const supply = world.inventory.supply.get(skuId);
  if (world.skus.get(skuId)?.merchantId !== merchantId || supply?.merchantId !== merchantId)
    throw new DomainError('not_found', 'This merchant has no such stocked SKU.');
  const before = world.backorders.policies.get(skuId);
  const policy = planPolicy(input, before, { region: ctx.home, today: dayOf(ctx.now) });
  if (policy.kind !== 'none' && supply.shortfall > 0n)
    throw new DomainError(
      'state_refuses',
      `${supply.shortfall} promised units are missing. Find or receive them, or cancel their orders, first.`,
    );
  backorders.put(world.backorders, policy, ctx);
  world.applied++;
  setLimit(world, skuId, ctx);
  const { version, kind, limitUnits } = policy;
  const facts = { version, kind, limitUnits, limitOver: supply.limitOver };
  emit(
    world.outbox,
    {
      aggregate: 'sku',
      aggregateId: skuId,
      aggregateVersion: supply.version,
      merchantId,
      type: 'backorder.policy_set',
      data: facts,
    },
    ctx,
  );
  const { note: _said, ...after } = policy;
  audit(
    world.outbox,
    {
      action: 'backorder.policy_set',
      entity: 'sku',
      entityId: skuId,
      merchantId,
      ...(before ? { before: { ...before } } : {}),
      after: { ...after, limitOver: supply.limitOver },
      ...(input.note ? { reason: input.note } : {}),
    },
    ctx,
  );
  return { skuId, version, kind, limitOver: Number(supply.limitOver), promisedBeyond: Number(beyondStock(supply)) };
}

export const setBackorderPolicy: Verb<SetBackorderPolicyInput, SettingPolicies, SetPolicy> = {
  name: 'set-backorder-policy',
  lock,
  decide,
  write: writeWorld,
};
