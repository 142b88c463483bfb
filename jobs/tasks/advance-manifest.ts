import type { App } from '../../server/app.ts';
import type { TaskHandler } from '../../server/platform/worker.ts';

/** Takes a manifest that is being closed one step further. Running twice is harmless: its version decides. */
export function advanceManifest({ flows }: Pick<App, 'flows'>): TaskHandler<'advance-manifest'> {
  return ({ manifestId }, { signal }) => flows.parcels.advanceManifest(manifestId, signal);
}
