import type { App } from '../../server/app.ts';
import type { TaskHandler } from '../../server/platform/worker.ts';

/** Replays a draft of routing rules over past orders. Running twice stores one result. */
export function simulateRouting({ flows }: Pick<App, 'flows'>): TaskHandler<'simulate-routing'> {
  return ({ simulationId }, { signal }) => flows.routing.runSimulation(simulationId, signal);
}
