import type { App } from '../../server/app.ts';
import { addJobs } from '../../server/platform/queue.ts';
import { findStalled } from '../../server/platform/saga-rows.ts';
import type { TaskHandler } from '../../server/platform/worker.ts';

/** A saga whose time came this long ago has lost its job. */
const LATE_MS = 10_000;
const BATCH = 1_000;

/** Gives sagas that should have moved a job again: whatever was lost, they go on. */
export function sweepSagas({ pool }: Pick<App, 'pool'>): TaskHandler<'sweep-sagas'> {
  return async (_payload, { log }) => {
    const stalled = await findStalled(pool, new Date(Date.now() - LATE_MS), BATCH);
    // Keyed, so that a sweep that runs before the last one's jobs did adds none twice.
    await addJobs(
      pool,
      stalled.map((sagaId) => ({ task: 'advance-saga', payload: { sagaId }, jobKey: `sweep:${sagaId}` })),
    );
    if (stalled.length > 0) log.warn({ sagas: stalled.length }, 'stalled sagas got new jobs');
  };
}
