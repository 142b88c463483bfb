import { next, type SagaDefinition } from '../../platform/saga.ts';
import { allocate } from '../allocate-order.ts';
import type { Outside } from '../outside.ts';
import type { World } from '../world.ts';
import { REROUTE_SAGA } from './exclusions.ts';

/** Finds another node for units that were taken from one. It carries what they must avoid, and waits until some node has them. */
export const rerouteSaga: SagaDefinition<World, Outside> = {
  kind: REROUTE_SAGA,
  version: 1,
  // The units have left their node: there is no way back to it, only on.
  irreversible: 'release',
  steps: [
    { name: 'release', run: () => next },
    { name: 'allocate', run: allocate, heavy: 'run' },
  ],
};
