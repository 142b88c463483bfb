import type { App } from '../../server/app.ts';
import type { TaskHandler } from '../../server/platform/worker.ts';

/** Takes several sagas as far as they go, side by side. One that fails is tried again with the job; the others stand where they are by then. */
export function advanceSagas({ flows }: Pick<App, 'flows'>): TaskHandler<'advance-sagas'> {
  return async ({ sagaIds }, { signal }) => {
    const ended = await Promise.allSettled(sagaIds.map((sagaId) => flows.advanceSaga(sagaId, signal)));
    const failures = ended.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
    if (failures.length > 0)
      throw failures.length === 1 ? failures[0] : new AggregateError(failures, `${failures.length} sagas failed`);
  };
}
