import * as catalog from '../domains/catalog/service.ts';
import { mayChangeAddress } from '../domains/orders/rules.ts';
import { type Address, type ReaddressOrderInput, sameAddress } from '../domains/orders/schema.ts';
import * as orders from '../domains/orders/service.ts';
import { DomainError } from '../kernel/errors.ts';
import { lastChanges } from '../platform/audit.ts';
import type { Tx } from '../platform/db.ts';
import { audit } from '../platform/outbox.ts';
import type { Request, Verb } from '../platform/verb.ts';
import { wakeAllocation } from './cancel-saga.ts';
import type { LastChanges } from './stale.ts';
import { lockWorld, orderOf, settleOrder, tell, type World, writeWorld } from './world.ts';

/**
 * Changes where an order goes, before units are set aside for it. Its tax was worked out for a country and does not change silently:
 * another country is refused. Whoever changed the address first is named to whoever comes second.
 */
export interface ReaddressedOrder {
  readonly orderId: string;
  readonly number: string;
  readonly changed: readonly string[];
  readonly holds: readonly string[];
}

interface Readdressing extends World {
  readonly merchants: catalog.CatalogState['merchants'];
  readonly changes: LastChanges;
}

async function lock(tx: Tx, requests: readonly Request<ReaddressOrderInput>[]): Promise<Readdressing> {
  const orderIds = requests.map((request) => request.input.orderId);
  const world = await lockWorld(tx, { orderIds }, (requests[0] as Request<ReaddressOrderInput>).ctx);
  const locked = [...world.orders.byId.values()];
  const { merchants } = await catalog.load(
    tx,
    locked.map((order) => order.row.merchantId),
    [],
  );
  const stale = requests.flatMap(({ input }) => {
    const order = world.orders.byId.get(input.orderId);
    return order && !sameAddress(addressOf(order), input.seen) ? [input.orderId] : [];
  });
  const changes = stale.length > 0 ? await lastChanges(tx, 'order', ['order.readdressed'], stale) : new Map();
  return { ...world, merchants, changes };
}

const addressOf = (order: orders.Order): Partial<Address> | null => order.row.shipTo as Partial<Address> | null;

function decide(world: Readdressing, { input, ctx }: Request<ReaddressOrderInput>): ReaddressedOrder {
  const order = orderOf(world, input.orderId);
  const allowed = mayChangeAddress(orders.facts(order));
  if (!allowed.allowed) throw new DomainError('state_refuses', allowed.why);
  const before = addressOf(order);
  refuseStale(world, order, input);
  const taxed = before?.country ?? world.merchants.get(order.row.merchantId)?.country;
  if (taxed !== undefined && input.address.country !== taxed) {
    throw new DomainError(
      'state_refuses',
      `This order’s tax is that of ${taxed}. For ${input.address.country} it may be another: cancel the order, and place it again with the new address.`,
      { field: 'country' },
    );
  }
  const after: Readonly<Record<string, unknown>> = input.address;
  const was: Readonly<Record<string, unknown>> = before ?? {};
  const changed = [...new Set([...Object.keys(was), ...Object.keys(after)])]
    .filter((name) => (was[name] ?? '') !== (after[name] ?? ''))
    .sort();
  const releases = input.releaseHold && order.row.holds.includes('address');
  if (changed.length > 0) {
    order.row.shipTo = input.address;
    order.row.updatedAt = ctx.now;
    // Events say which parts changed; what they say is personal, and stays on the order and in the audit log.
    tell(world, order, 'order.readdressed', { fields: changed }, ctx);
    record(world, order, 'order.readdressed', { shipTo: before }, { shipTo: input.address }, input, ctx);
  }
  if (releases) release(world, order, input, ctx);
  return { orderId: order.row.id, number: order.row.number, changed, holds: order.row.holds };
}

function refuseStale(world: Readdressing, order: orders.Order, input: ReaddressOrderInput): void {
  if (sameAddress(addressOf(order), input.seen)) return;
  const last = world.changes.get(order.row.id);
  throw new DomainError('conflict', 'The address changed since you opened it. Look at it again and repeat your change.', {
    ...(last ? { changedBy: last.actor, changedAt: last.at.toISOString() } : {}),
  });
}

function release(world: World, order: orders.Order, input: ReaddressOrderInput, ctx: Request<ReaddressOrderInput>['ctx']): void {
  const before = order.row.holds;
  order.row.holds = before.filter((name) => name !== 'address');
  settleOrder(world, order, 'release', ctx);
  tell(world, order, 'order.released', { hold: 'address', reason: input.reason ?? 'The address was changed.' }, ctx);
  record(world, order, 'order.released', { holds: before }, { holds: order.row.holds }, input, ctx);
  wakeAllocation(world, order.row.id, ctx);
}

function record(
  world: World,
  order: orders.Order,
  action: string,
  before: Record<string, unknown>,
  after: Record<string, unknown>,
  { reason = null }: { readonly reason?: string | null | undefined },
  ctx: Request<ReaddressOrderInput>['ctx'],
): void {
  const { id: entityId, merchantId } = order.row;
  audit(world.outbox, { action, entity: 'order', entityId, merchantId, before, after, reason }, ctx);
}

export const readdressOrder: Verb<ReaddressOrderInput, Readdressing, ReaddressedOrder> = {
  name: 'readdress-order',
  lock,
  decide,
  write: writeWorld,
};
