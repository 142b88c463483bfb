import { localTime } from '../../domains/routing/calendar.ts';
import type { RoutingConfig } from '../../domains/routing/service.ts';
import * as routing from '../../domains/routing/service.ts';
import type { Queryable } from '../../platform/db.ts';

/**
 * What merchants say about routing, remembered by the process. The stamp of a merchant's nodes comes with every read of them and changes
 * with settings and rules, so a merchant without either costs no statement, and one with costs one after each change.
 */
const known = new Map<string, { readonly stamp: string; readonly config: RoutingConfig }>();
/** More merchants than a process meets in a day. */
const MOST = 10_000;

type Stamped = { readonly merchantId: string; readonly routingStamp: string | null };

export async function configsOf(
  db: Queryable,
  nodes: ReadonlyMap<string, readonly Stamped[]>,
): Promise<Map<string, RoutingConfig>> {
  const found = new Map<string, RoutingConfig>();
  for (const [merchantId, own] of nodes) {
    const stamp = own.find((node) => node.routingStamp !== null)?.routingStamp;
    if (!stamp) continue;
    const remembered = known.get(merchantId);
    const config = remembered?.stamp === stamp ? remembered.config : await routing.readConfig(db, merchantId);
    if (known.size >= MOST) known.clear();
    known.set(merchantId, { stamp, config });
    found.set(merchantId, config);
  }
  return found;
}

/** The nodes of these merchants whose days are counted, and the day it is there. */
export function countedNodes(
  configs: ReadonlyMap<string, RoutingConfig>,
  merchantIds: Iterable<string>,
  now: Date,
): { nodeId: string; day: string; unit: 'orders' | 'units' }[] {
  return [...new Set(merchantIds)].flatMap((merchantId) =>
    [...(configs.get(merchantId)?.settings.values() ?? [])].flatMap((settings) =>
      settings.capacityPerDay === null
        ? []
        : [{ nodeId: settings.nodeId, day: localTime(now, settings.timeZone).day, unit: settings.capacityUnit }],
    ),
  );
}
