import type { App } from '../../server/app.ts';
import type { TaskHandler } from '../../server/platform/worker.ts';

/** Takes a saga as far as it goes. Running twice is harmless: its position decides. */
export function advanceSaga({ flows }: Pick<App, 'flows'>): TaskHandler<'advance-saga'> {
  return ({ sagaId }, { signal }) => flows.advanceSaga(sagaId, signal);
}
