import * as pickups from '../../domains/pickups/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { next, type Saga, type SagaBirth, type SagaDefinition, type StepResult } from '../../platform/saga.ts';
import { capture } from '../capture-payment.ts';
import type { Outside } from '../outside.ts';
import { dispatch, unpack } from '../shipment-saga.ts';
import { orderOf, tell, type World } from '../world.ts';

/** A shipment without a parcel: the money is taken, and the goods cross the counter. */
export const HAND_OVER_SAGA: SagaBirth = { kind: 'hand-over', version: 1, steps: [{ name: 'pack' }] };

function collect(world: World, saga: Saga, ctx: Ctx): StepResult {
  const left = dispatch(world, saga, ctx);
  const pickup = world.pickups.byOrder.get(saga.orderId);
  if (left.kind !== 'next' || pickup?.status !== 'handing_over') return left;
  pickups.change(world.pickups, pickup, { status: 'collected', collectedAt: ctx.now });
  tell(world, orderOf(world, saga.orderId), 'order.collected', { nodeId: pickup.nodeId, shipmentId: saga.state.shipmentId }, ctx);
  return next;
}

/** The card refused: the goods are behind the counter again, and the order is held for a person. */
function putBack(world: World, saga: Saga, ctx: Ctx): StepResult {
  const pickup = world.pickups.byOrder.get(saga.orderId);
  if (pickup?.status === 'handing_over') pickups.change(world.pickups, pickup, { status: 'ready' });
  return unpack(world, saga, ctx);
}

export const handOverSaga: SagaDefinition<World, Outside> = {
  ...HAND_OVER_SAGA,
  irreversible: 'capture',
  steps: [
    { name: 'pack', run: () => next, undo: putBack },
    { name: 'capture', run: capture },
    { name: 'dispatch', run: collect, heavy: 'run' },
  ],
};
