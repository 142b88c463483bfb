import type { App } from '../../server/app.ts';
import { systemContext } from '../../server/platform/system-context.ts';
import type { TaskHandler } from '../../server/platform/worker.ts';

const DAY_MS = 86_400_000;

/** Has reports read whose job was lost; once a day, the reports of the day before. */
export function sweepReports({ flows, settings, bank }: Pick<App, 'flows' | 'settings' | 'bank'>): TaskHandler<'sweep-reports'> {
  return async ({ daily = false }, { log }) => {
    const ctx = systemContext('reconciliation', settings.region);
    const again = await flows.reconciliation.sweep(ctx);
    if (again > 0) log.warn({ again }, 'reports whose job was lost');
    if (!daily) return;
    const day = new Date(ctx.now.getTime() - DAY_MS).toISOString().slice(0, 10);
    for (const provider of bank ? (['card', 'bank'] as const) : (['card'] as const))
      await flows.reconciliation.start({ provider, from: day, to: day }, ctx, `daily:${provider}:${day}`);
  };
}
