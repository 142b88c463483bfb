import type { RemoteAction, SagaDefinition, StepResult } from '../../platform/saga.ts';
import { capture } from '../capture-payment.ts';
import type { Outside } from '../outside.ts';
import { dispatch } from '../shipment-saga.ts';
import type { World } from '../world.ts';

/**
 * A parcel that somebody else has sent already: its money is taken and its units leave the books. It cannot be unpacked any more, so a
 * capture that is refused waits for a person instead of undoing anything.
 */
export const PARCEL_SAGA = 'send-parcel';

/** A refusal is a person's to settle. */
function stay<R extends StepResult | { readonly kind: 'call' }>(result: R): R | StepResult {
  return result.kind === 'fail' ? { kind: 'stuck', error: result.error } : result;
}

const { prepare, call, settle } = capture;
const captureSent: RemoteAction<World, Outside> = {
  prepare: (world, saga, ctx) => stay(prepare(world, saga, ctx)),
  call,
  settle: (world, saga, args, outcome, ctx) => stay(settle(world, saga, args, outcome, ctx)),
};

export const parcelSaga: SagaDefinition<World, Outside> = {
  kind: PARCEL_SAGA,
  version: 1,
  irreversible: 'capture',
  steps: [
    { name: 'capture', run: captureSent },
    { name: 'dispatch', run: dispatch, heavy: 'run' },
  ],
};
