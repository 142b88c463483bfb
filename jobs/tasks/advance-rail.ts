import type { App } from '../../server/app.ts';
import type { TaskHandler } from '../../server/platform/worker.ts';

/** Takes a top up or a payout one step further. Running twice is harmless: its version decides. */
export function advanceRail({ flows }: Pick<App, 'flows'>): TaskHandler<'advance-rail'> {
  return ({ kind, id }, { signal }) => flows.rails.advance(kind, id, signal);
}
