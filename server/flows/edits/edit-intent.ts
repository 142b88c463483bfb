import { EDIT_SAGA } from '../../domains/edits/rules.ts';
import type { Ctx } from '../../kernel/context.ts';
import type { Saga } from '../../platform/saga.ts';
import { sagasOf } from '../../platform/saga-rows.ts';
import { type World, wake } from '../world.ts';

/** The edit's saga on a locked order, as long as it has not ended. */
export function editSagaOf(world: World, orderId: string): Saga | undefined {
  return sagasOf(world.sagas, orderId).find((saga) => saga.kind === EDIT_SAGA && saga.state.applied !== true);
}

/** Has an edit that waits look again: what it was planned on has changed. */
export function wakeEdit(world: World, orderId: string, ctx: Ctx): void {
  const saga = editSagaOf(world, orderId);
  if (saga) wake(world, saga, ctx);
}
