import type { App } from '../../server/app.ts';
import { systemContext } from '../../server/platform/system-context.ts';
import type { TaskHandler } from '../../server/platform/worker.ts';

/** Reads a provider's report and compares it with the books. Running twice stores one result. */
export function readReport({ flows, settings }: Pick<App, 'flows' | 'settings'>): TaskHandler<'read-report'> {
  return ({ runId }, { signal }) => flows.reconciliation.read(runId, systemContext('reconciliation', settings.region), signal);
}
