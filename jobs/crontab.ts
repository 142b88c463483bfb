import { type ParsedCronItem, parseCronItems } from 'graphile-worker';
import type { TaskName } from '../server/kernel/tasks.ts';
import type { Tick } from '../server/platform/ticks.ts';

interface Scheduled {
  readonly task: TaskName;
  /** Tells apart two schedules of one task. */
  readonly as?: string;
  readonly match: string;
  readonly payload?: Record<string, unknown>;
}

/** What runs by the clock, in UTC. One worker of all adds each job. */
const SCHEDULE: readonly Scheduled[] = [
  { task: 'purge-expired', match: '17 * * * *' },
  { task: 'seal-rows', match: '* * * * *' },
  { task: 'check-integrity', match: '* * * * *' },
  { task: 'mark-accounts', match: '* * * * *' },
  { task: 'check-integrity', as: 'check-integrity-in-full', match: '30 2 * * *', payload: { full: true } },
  { task: 'send-stock-digests', match: '0 6 * * *' },
  // When every provider has closed its day.
  { task: 'sweep-reports', as: 'read-daily-reports', match: '10 4 * * *', payload: { daily: true } },
  { task: 'sweep-disputes', as: 'read-disputes-of-reports', match: '40 4 * * *', payload: { reports: true } },
];

/** What runs every few seconds: whatever was lost is found again this soon. */
export const TICKS: readonly Tick[] = [
  { task: 'sweep-sagas', everySeconds: 5 },
  { task: 'sweep-deliveries', everySeconds: 15 },
  { task: 'sweep-webhooks', everySeconds: 15 },
  { task: 'sweep-notices', everySeconds: 15 },
  { task: 'expire-approvals', everySeconds: 60 },
  { task: 'sweep-returns', everySeconds: 600 },
  { task: 'sweep-disputes', everySeconds: 600 },
  { task: 'sweep-reports', everySeconds: 60 },
  { task: 'expire-gift-cards', everySeconds: 60 },
  { task: 'sweep-pickups', everySeconds: 60 },
  { task: 'expire-lots', everySeconds: 3_600 },
  { task: 'sweep-low-stock', everySeconds: 30 },
  { task: 'sweep-rails', everySeconds: 10 },
  { task: 'sweep-manifests', everySeconds: 15 },
  { task: 'sweep-checkouts', everySeconds: 10 },
  { task: 'sweep-reservations', everySeconds: 5 },
  { task: 'sweep-money-requests', everySeconds: 60 },
  { task: 'sweep-holds', everySeconds: 10 },
  { task: 'sweep-backorders', everySeconds: 60 },
  { task: 'sweep-channels', everySeconds: 15 },
  { task: 'sweep-channel-reports', everySeconds: 5 },
];

/** The schedule in graphile-worker’s words. */
export function crontab(): ParsedCronItem[] {
  return parseCronItems(
    SCHEDULE.map(({ task, as = task, match, payload }) => ({
      task,
      match,
      identifier: as,
      // Keyed: a slow run delays the next one instead of running beside it.
      options: { jobKey: `cron:${as}`, jobKeyMode: 'preserve_run_at', maxAttempts: 3, backfillPeriod: 0 },
      ...(payload ? { payload } : {}),
    })),
  );
}
