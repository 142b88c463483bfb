import { z } from 'zod';
import { mayCancel } from '../../domains/orders/rules.ts';
import * as orders from '../../domains/orders/service.ts';
import { DomainError } from '../../kernel/errors.ts';
import { unitsIn } from '../../kernel/units.ts';
import type { Tx } from '../../platform/db.ts';
import type { Request, Verb } from '../../platform/verb.ts';
import { bySystem, carryOutCancel, previewCancel } from '../cancel-plan.ts';
import { lockWorld, orderOf, type World, writeWorld } from '../world.ts';

/**
 * A customer who does not want to wait cancels the units that are not here, and keeps the rest. It is the shop that is late: whatever its
 * policy says, this is free.
 */
export const cancelWaitingInput = z.object({ orderId: z.uuid() });
export type CancelWaitingInput = z.infer<typeof cancelWaitingInput>;

export interface CancelledWaiting {
  readonly orderId: string;
  readonly number: string;
  readonly status: string;
  readonly units: number;
  readonly cancelledMinor: number;
}

function lock(tx: Tx, requests: readonly Request<CancelWaitingInput>[]): Promise<World> {
  const orderIds = requests.map(({ input }) => input.orderId);
  const { ctx } = requests[0] as Request<CancelWaitingInput>;
  return lockWorld(tx, { orderIds, supply: true, stock: true, ledger: true, numbers: { refund: requests.length } }, ctx);
}

function decide(world: World, { input, ctx }: Request<CancelWaitingInput>): CancelledWaiting {
  const order = orderOf(world, input.orderId);
  const allowed = mayCancel(orders.facts(order));
  if (!allowed.allowed) throw new DomainError('state_refuses', allowed.why);
  const waiting = order.spans.filter((span) => span.state === 'backordered');
  if (waiting.length === 0) throw new DomainError('state_refuses', 'Nothing of this order waits any more.');
  const why = { orderId: input.orderId, reason: 'customer_request' } as const;
  const preview = previewCancel(world, order, why, bySystem(ctx), (span) => span.state === 'backordered');
  carryOutCancel(world, order, preview, why, bySystem(ctx), ctx);
  const { id, number, status } = order.row;
  return { orderId: id, number, status, units: unitsIn(waiting), cancelledMinor: preview.valueMinor };
}

export const cancelWaiting: Verb<CancelWaitingInput, World, CancelledWaiting> = {
  name: 'cancel-waiting',
  lock,
  decide,
  write: writeWorld,
};
