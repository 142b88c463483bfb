import { randomBytes } from 'node:crypto';
import { codeFrom, collectBy, mayMakeReady } from '../../domains/pickups/rules.ts';
import type { MakeReadyInput } from '../../domains/pickups/schema.ts';
import * as pickups from '../../domains/pickups/service.ts';
import { DomainError } from '../../kernel/errors.ts';
import { audit } from '../../platform/outbox.ts';
import type { Request, Verb } from '../../platform/verb.ts';
import { orderOf, tell, type World, writeWorld } from '../world.ts';
import { fetchedOrder, lockPickups, pickupOf } from './fetched-order.ts';

/** The order lies at the counter, complete: its customer is told to come, with a code to show. */
export interface ReadyPickup {
  readonly orderId: string;
  readonly number: string;
  readonly collectBy: string;
}

function decide(world: World, { input, ctx }: Request<MakeReadyInput>): ReadyPickup {
  const order = orderOf(world, input.orderId);
  const pickup = pickupOf(world, input.orderId);
  const allowed = mayMakeReady(pickup, fetchedOrder(world, order));
  if (!allowed.allowed) throw new DomainError('state_refuses', allowed.why);
  const until = collectBy(ctx.now);
  pickups.change(world.pickups, pickup, { status: 'ready', code: codeFrom(randomBytes(16)), readyAt: ctx.now, collectBy: until });
  const { id, number, merchantId } = order.row;
  tell(world, order, 'order.ready_for_pickup', { nodeId: pickup.nodeId, collectBy: until.toISOString() }, ctx);
  const after = { status: 'ready', nodeId: pickup.nodeId, collectBy: until.toISOString() };
  audit(
    world.outbox,
    { action: 'order.ready_for_pickup', entity: 'order', entityId: id, merchantId, before: { status: 'waiting' }, after },
    ctx,
  );
  return { orderId: id, number, collectBy: until.toISOString() };
}

export const makeReady: Verb<MakeReadyInput, World, ReadyPickup> = {
  name: 'make-pickup-ready',
  lock: (tx, requests) => lockPickups(tx, requests),
  decide,
  write: writeWorld,
};
