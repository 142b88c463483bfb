import type { App } from '../../server/app.ts';
import type { TaskHandler } from '../../server/platform/worker.ts';

/** Finds manifests whose job was lost while they were being closed. */
export function sweepManifests({ flows }: Pick<App, 'flows'>): TaskHandler<'sweep-manifests'> {
  return async (_payload, { log }) => {
    const found = await flows.parcels.sweepManifests();
    if (found > 0) log.info({ found }, 'manifests that were due to be looked at');
  };
}
