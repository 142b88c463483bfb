import * as catalog from '../domains/catalog/service.ts';
import { checkMethod, planMethodEdit, type ShippingMethod } from '../domains/shipping/rules.ts';
import type { SaveShippingMethodInput } from '../domains/shipping/schema.ts';
import * as shipping from '../domains/shipping/service.ts';
import type { Ctx } from '../kernel/context.ts';
import { DomainError } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import type { Tx } from '../platform/db.ts';
import { audit, emit, newOutbox, type Outbox, writeOutbox } from '../platform/outbox.ts';
import type { Locked, Request, Verb } from '../platform/verb.ts';
import { type LastChanges, readLastChanges, refuseStale } from './stale.ts';

/**
 * Describes a way to send goods, or changes one. Quotes that were given hold their price until they expire or it changes; placed orders
 * keep what they were placed with.
 */
export interface SavedShippingMethod {
  readonly id: string;
  readonly code: string;
  readonly version: number;
  /** Names of the fields that changed; empty for a new one, and where nothing differs. */
  readonly changed: readonly string[];
}

interface SavingMethods extends Locked {
  readonly merchants: catalog.EditingState['merchants'];
  readonly shipping: shipping.ShippingState;
  readonly changes: LastChanges;
  readonly outbox: Outbox;
  readonly now: Date;
}

async function lock(tx: Tx, requests: readonly Request<SaveShippingMethodInput>[]): Promise<SavingMethods> {
  const pairs = requests.map(({ input: { merchantId, code } }) => ({ merchantId, code }));
  const { merchants } = await catalog.lockForEditing(tx, {
    merchantIds: pairs.map((pair) => pair.merchantId),
    skuIds: [],
    codes: [],
  });
  const locked = await shipping.lock(tx, pairs);
  const seen = requests.flatMap(({ input }) => {
    const method = locked.byCode.get(shipping.keyOf(input));
    return method && input.version !== undefined ? [{ id: method.id, version: input.version }] : [];
  });
  const byId = new Map([...locked.byCode.values()].map((method) => [method.id, method]));
  const changes = await readLastChanges(tx, 'shipping_method', seen, byId);
  const { ctx } = requests[0] as Request<SaveShippingMethodInput>;
  return { applied: 0, merchants, shipping: locked, changes, outbox: newOutbox(), now: ctx.now };
}

function decide(world: SavingMethods, { input, ctx }: Request<SaveShippingMethodInput>): SavedShippingMethod {
  const { merchantId, code, version, ...facts } = input;
  const merchant = world.merchants.get(merchantId);
  if (!merchant) throw new DomainError('not_found', 'There is no such merchant.');
  checkMethod(facts);
  const known = world.shipping.byCode.get(shipping.keyOf(input));
  if (version === undefined) {
    if (known)
      throw new DomainError('already_exists', `${merchant.name} has a shipping method ${code} already. Choose another code.`);
    const method: ShippingMethod = { id: newId(), merchantId, code, ...facts, version: 1n };
    record(world, method, 'created', { after: { code, ...facts } }, ctx);
    return { id: method.id, code, version: 1, changed: [] };
  }
  if (!known) throw new DomainError('not_found', 'There is no such shipping method.');
  refuseStale(known.name, known, version, world.changes);
  const change = planMethodEdit(known, facts);
  if (!change) return { id: known.id, code, version: Number(known.version), changed: [] };
  const next: ShippingMethod = { ...known, ...facts, version: known.version + 1n };
  record(world, next, 'changed', change, ctx);
  return { id: next.id, code, version: Number(next.version), changed: Object.keys(change.after) };
}

function record(
  world: SavingMethods,
  method: ShippingMethod,
  what: 'created' | 'changed',
  change: { readonly before?: Record<string, unknown>; readonly after: Record<string, unknown> },
  ctx: Ctx,
): void {
  shipping.put(world.shipping, method);
  world.applied++;
  const { id, merchantId, version, code } = method;
  const type = `shipping_method.${what}` as const;
  const about = { aggregate: 'shipping_method', aggregateId: id, aggregateVersion: version, merchantId } as const;
  emit(world.outbox, { ...about, type, data: { code, fields: Object.keys(change.after) } }, ctx);
  audit(world.outbox, { action: type, entity: 'shipping_method', entityId: id, merchantId, ...change }, ctx);
}

export const saveShippingMethod: Verb<SaveShippingMethodInput, SavingMethods, SavedShippingMethod> = {
  name: 'save-shipping-method',
  lock,
  decide,
  async write(tx, world) {
    await shipping.write(tx, world.shipping, world.now);
    await writeOutbox(tx, world.outbox);
  },
};
