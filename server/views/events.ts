import { DomainError } from '../kernel/errors.ts';
import type { Aggregate, EventType } from '../kernel/events.ts';
import { isId } from '../kernel/ids.ts';
import type { Queryable } from '../platform/db.ts';
import { EVENT_COLUMNS, type StoredEvent } from '../platform/stored-events.ts';
import { prepared } from './conditions.ts';
import { badCursor, decodeCursor, encodeCursor, limitOf, type Position } from './pages.ts';

export interface EventRequest {
  readonly merchantId: string;
  readonly aggregates: readonly Aggregate[];
  readonly types?: readonly EventType[] | undefined;
  readonly aggregateId?: string | undefined;
  readonly after?: string | undefined;
  readonly limit?: number | undefined;
}

/** A page of events. `next` is always there: where the list ends, it is where to go on later. */
export interface EventPage {
  readonly items: readonly StoredEvent[];
  readonly next: string | null;
  readonly more: boolean;
}

const THE_BEGINNING: Position = { value: '0', id: '00000000-0000-0000-0000-000000000000' };
const isXid = (value: string): boolean => /^\d{1,20}$/.test(value) && BigInt(value) < 2n ** 64n;

/**
 * Where the event of a cursor stands. After a restore its transaction has another number (docs/decisions/070); and where it happened after
 * the backup, it never happened. Whoever has a copy with events that are not here has to start again.
 */
async function placeOf(db: Queryable, { id }: Position): Promise<Position> {
  const { rows } = await db.query<{ xid: string }>(
    prepared('events-place', 'SELECT xid::text AS xid FROM events WHERE id = $1', [id]),
  );
  if (!rows[0]) throw badCursor();
  return { value: rows[0].xid, id };
}

/**
 * A merchant's events in commit-safe order: by transaction, and only of transactions before the oldest that still runs, so that
 * nothing can appear later before a place that was read already. Throws `invalid_request` for a cursor that is not ours.
 */
export async function listEvents(db: Queryable, request: EventRequest): Promise<EventPage> {
  const { merchantId, aggregates, types, aggregateId, after } = request;
  const limit = limitOf(request.limit);
  if (aggregateId !== undefined && !isId(aggregateId)) throw new DomainError('not_found');
  const from = after === undefined ? THE_BEGINNING : await placeOf(db, decodeCursor(after, isXid));
  const text = `SELECT ${EVENT_COLUMNS}, xid::text AS xid FROM events
    WHERE merchant_id = $1 AND (xid, id) > ($2::text::xid8, $3::uuid) AND xid < pg_snapshot_xmin(pg_current_snapshot())
      AND aggregate = ANY($4::text[]) AND ($5::text[] IS NULL OR type = ANY($5::text[])) AND ($6::uuid IS NULL OR aggregate_id = $6::uuid)
    ORDER BY events.xid, events.id LIMIT $7`;
  const values = [merchantId, from.value, from.id, aggregates, types?.length ? types : null, aggregateId ?? null, limit + 1];
  const { rows } = await db.query<StoredEvent & { xid: string }>(prepared('events-list', text, values));
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(({ xid: _, ...event }) => event),
    next: last ? encodeCursor({ value: last.xid, id: last.id }) : (after ?? null),
    more: rows.length > limit,
  };
}
