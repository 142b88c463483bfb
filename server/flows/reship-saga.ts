import { isCancellable } from '../domains/orders/rules.ts';
import type { Ctx } from '../kernel/context.ts';
import { next, type Saga, type SagaDefinition, type StepResult } from '../platform/saga.ts';
import { allocate } from './allocate-order.ts';
import { cancelUnits } from './give-up.ts';
import type { Outside } from './outside.ts';
import { orderOf, type World } from './world.ts';

/**
 * Finds stock for units that are sent once more. Their promise was made with the replacement, as a placement's is; once they are
 * allocated they wait for the warehouse like any others.
 */
export const RESHIP_SAGA = 'reship-order';

/** Gives the replacement up: its units are cancelled, which costs nobody anything. */
function unpromise(world: World, saga: Saga, ctx: Ctx): StepResult {
  const order = orderOf(world, saga.orderId);
  const lines = saga.state.lineIds as readonly string[];
  const ranges = order.spans
    .filter((span) => lines.includes(span.lineId) && isCancellable(span))
    .map(({ lineId, from, to }) => ({ lineId, from, to }));
  if (ranges.length > 0) cancelUnits(world, order, ranges, { reason: 'other', actor: saga.actor }, ctx);
  return next;
}

export const reshipSaga: SagaDefinition<World, Outside> = {
  kind: RESHIP_SAGA,
  version: 1,
  steps: [
    { name: 'promise', run: () => next, undo: unpromise, heavy: 'undo' },
    { name: 'allocate', run: allocate, heavy: 'run' },
  ],
};
