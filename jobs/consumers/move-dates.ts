import type { App } from '../../server/app.ts';
import { CONSUMERS } from '../../server/kernel/consumers.ts';
import type { Consumer } from '../../server/platform/consumers.ts';
import type { StoredEvent } from '../../server/platform/stored-events.ts';
import { systemContext } from '../../server/platform/system-context.ts';

/** What is announced has changed: whoever waits for it is promised the day that holds now. */
export const moveDates: Consumer<App> = {
  name: 'move-dates',
  types: CONSUMERS['move-dates'],
  async handle(events, { flows, settings }) {
    const skuIds = [...new Set(events.flatMap(skusOf))];
    if (skuIds.length > 0) await flows.moveDates(skuIds, systemContext('backorders', settings.region));
  },
};

function skusOf({ type, aggregateId, data }: StoredEvent): string[] {
  if (type === 'backorder.policy_set') return [aggregateId];
  return Array.isArray(data.skuIds) ? data.skuIds.filter((id): id is string => typeof id === 'string') : [];
}
