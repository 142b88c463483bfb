import { sagasOf } from '../../platform/saga-rows.ts';
import type { World } from '../world.ts';

/** The saga that finds another node for units that were taken from one. */
export const REROUTE_SAGA = 'reroute-order';

/** Units of a line and the node that they must not be given to again. */
export interface Barred {
  readonly lineId: string;
  readonly from: number;
  readonly to: number;
  readonly nodeId: string;
}

/**
 * What an order's units must avoid. The sagas that look for their new nodes carry it, and come with the order's lock: an order that was
 * never rerouted costs no statement.
 */
export function barredOf(world: World, orderId: string): readonly Barred[] {
  return sagasOf(world.sagas, orderId)
    .filter((saga) => saga.kind === REROUTE_SAGA && saga.status !== 'done')
    .flatMap((saga) => (saga.state.barred ?? []) as readonly Barred[]);
}
