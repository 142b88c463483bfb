import type { Aggregate, EventType } from '../kernel/events.ts';
import type { Queryable } from './db.ts';

/** An event as it lies in the events table. */
export interface StoredEvent {
  readonly id: string;
  readonly home: string;
  readonly merchantId: string | null;
  readonly aggregate: Aggregate;
  readonly aggregateId: string;
  /** Gap-free per aggregate: it orders that object's history. */
  readonly aggregateVersion: bigint;
  readonly type: EventType;
  readonly data: Readonly<Record<string, unknown>>;
  readonly actor: string;
  readonly cause: string | null;
  readonly traceId: string;
  readonly at: Date;
}

/** The select list whose rows are StoredEvents. */
export const EVENT_COLUMNS = `id, home, merchant_id AS "merchantId", aggregate, aggregate_id AS "aggregateId",
  aggregate_version AS "aggregateVersion", type, data, actor, cause, trace_id AS "traceId", at`;

/** Events by id, each object's own in the order of its history. Ids that do not exist are left out. */
export async function readEvents(db: Queryable, ids: readonly string[]): Promise<StoredEvent[]> {
  const { rows } = await db.query<StoredEvent>({
    name: 'events-by-id',
    text: `SELECT ${EVENT_COLUMNS} FROM events WHERE id = ANY($1::uuid[]) ORDER BY aggregate_id, aggregate_version, id`,
    values: [ids],
  });
  return rows;
}
