import { z } from 'zod';
import { mayHappen } from '../domains/orders/rules.ts';
import { capturableMinor } from '../domains/payments/rules.ts';
import * as payments from '../domains/payments/service.ts';
import { DomainError } from '../kernel/errors.ts';
import type { Tx } from '../platform/db.ts';
import { audit } from '../platform/outbox.ts';
import type { SagaDefinition } from '../platform/saga.ts';
import { sagasOf } from '../platform/saga-rows.ts';
import type { Request, Verb } from '../platform/verb.ts';
import { captureOwed } from './capture-owed.ts';
import type { Outside } from './outside.ts';
import { isPaidAtDoor } from './payments/at-door.ts';
import { owedMinor } from './surplus.ts';
import { begin, lockWorld, orderOf, tell, type World, writeWorld } from './world.ts';

/**
 * Takes the money of an order before anything of it leaves: when it is confirmed or when somebody says so, as the policy said when it was
 * placed. Where the provider refuses, the money is taken with the shipments, as ever.
 */
export const captureOrderInput = z.object({ orderId: z.uuid() });
export type CaptureOrderInput = z.infer<typeof captureOrderInput>;

export interface CapturingOrder {
  readonly orderId: string;
  readonly number: string;
  readonly amountMinor: number;
  readonly currency: string;
}

export const captureOrderSaga: SagaDefinition<World, Outside> = {
  kind: 'capture-order',
  version: 1,
  irreversible: 'capture',
  steps: [{ name: 'capture', run: captureOwed }],
};

function lock(tx: Tx, requests: readonly Request<CaptureOrderInput>[]): Promise<World> {
  const { ctx } = requests[0] as Request<CaptureOrderInput>;
  return lockWorld(tx, { orderIds: requests.map(({ input }) => input.orderId) }, ctx);
}

function decide(world: World, { input, ctx }: Request<CaptureOrderInput>): CapturingOrder {
  const order = orderOf(world, input.orderId);
  const { id: orderId, number, merchantId, currency, status } = order.row;
  const allowed = mayHappen(status, 'capture');
  if (!allowed.allowed) throw new DomainError('state_refuses', allowed.why);
  if (sagasOf(world.sagas, orderId).some((saga) => saga.kind === captureOrderSaga.kind))
    throw new DomainError('state_refuses', 'The money of this order is being taken already.');
  const owed = owedMinor(world, order);
  if (owed <= 0n) throw new DomainError('state_refuses', 'All of the money of this order was taken already.');
  if (payments.ofOrder(world.payments, orderId).some(isPaidAtDoor))
    throw new DomainError('state_refuses', 'This order is paid at the door: its money is taken when the carrier has delivered.');
  if (!payments.ofOrder(world.payments, orderId).some((payment) => capturableMinor(payment) > 0n))
    throw new DomainError('state_refuses', 'No bank holds money for this order: there is nothing to take.');
  begin(world, captureOrderSaga, order, {}, ctx);
  tell(world, order, 'order.capture_asked', { amountMinor: owed }, ctx);
  const after = { amountMinor: owed };
  audit(world.outbox, { action: 'order.capture_asked', entity: 'order', entityId: orderId, merchantId, after }, ctx);
  return { orderId, number, amountMinor: Number(owed), currency };
}

export const captureOrder: Verb<CaptureOrderInput, World, CapturingOrder> = {
  name: 'capture-order',
  lock,
  decide,
  write: writeWorld,
};
