import type { Queryable } from '../platform/db.ts';
import { Conditions, prepared } from './conditions.ts';
import type { Scope } from './scope.ts';

/** What a channel that is told of stock was last told of a SKU. */
export interface ToldChannel {
  readonly connectionId: string;
  readonly name: string;
  readonly channel: string;
  readonly status: 'on' | 'paused';
  /** As it says that it has it; null where it never answered. */
  readonly quantity: bigint | null;
  readonly at: Date | null;
  /** Something changed since and is on its way. */
  readonly behind: boolean;
  readonly problem: string | null;
  readonly takenOff: boolean;
}

/** The connections that list a SKU, with what each was told and answered to. */
export async function toldChannels(db: Queryable, scope: Scope, skuId: string): Promise<ToldChannel[]> {
  const where = new Conditions().add((p) => `l.sku_id = ${p}`, skuId).scope(scope, 'c', null);
  const text = `SELECT c.id AS "connectionId", c.name, c.channel, c.status, l.acked_quantity AS quantity, l.acked_at AS at,
      (l.dirty_since IS NOT NULL OR l.sent_version IS DISTINCT FROM l.acked_version) AS behind, l.problem, l.taken_off AS "takenOff"
    FROM channel_listings l JOIN channel_connections c ON c.id = l.connection_id WHERE ${where.where} ORDER BY c.name, c.id LIMIT 100`;
  return (await db.query<ToldChannel>(prepared('told-channels', text, where.values))).rows;
}
