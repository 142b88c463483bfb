import { type ParsedCronItem, parseCronItems } from 'graphile-worker';
import type { TaskName } from '../server/kernel/tasks.ts';
import type { Tick } from '../server/platform/ticks.ts';

/** What runs by the clock, in UTC. One worker of all adds each job. */
const SCHEDULE: readonly { readonly task: TaskName; readonly match: string; readonly payload?: Record<string, unknown> }[] = [
  { task: 'purge-expired', match: '17 * * * *' },
];

/** What runs every few seconds: whatever was lost is found again this soon. */
export const TICKS: readonly Tick[] = [{ task: 'sweep-deliveries', everySeconds: 15 }];

export function crontab(): ParsedCronItem[] {
  return parseCronItems(
    SCHEDULE.map(({ task, match, payload }) => ({
      task,
      match,
      identifier: task,
      // Keyed: a slow run delays the next one instead of running beside it.
      options: { jobKey: `cron:${task}`, jobKeyMode: 'preserve_run_at', maxAttempts: 3, backfillPeriod: 0 },
      ...(payload ? { payload } : {}),
    })),
  );
}
