import type { Saga } from '../platform/saga.ts';
import { sagasOf } from '../platform/saga-rows.ts';
import type { World } from './world.ts';

/** The saga that carries the wish to cancel while it can be undone. */
export const CANCEL_SAGA = 'cancel-order';
/** Its step that waits for partners to give units back. */
export const RECALL_STEP = 'recall';

/** The wish to cancel that waits on a locked order, if there is one. Nothing of the order may be packed meanwhile. */
export function cancelIntent(world: World, orderId: string): Saga | undefined {
  return sagasOf(world.sagas, orderId).find((saga) => saga.kind === CANCEL_SAGA);
}
