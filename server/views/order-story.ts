import type { SagaStatus } from '../kernel/vocabulary.ts';
import type { Queryable } from '../platform/db.ts';
import { type Actor, resolveActors } from './actors.ts';
import { prepared } from './conditions.ts';
import type { Failure } from './order-money.ts';

export interface NoteView {
  readonly id: string;
  readonly body: string;
  readonly actor: Actor;
  readonly at: Date;
}

export interface SagaView {
  readonly id: string;
  readonly kind: string;
  readonly step: string;
  readonly status: SagaStatus;
  readonly outcome: 'completed' | 'compensated' | null;
  readonly attempt: number;
  readonly error: Failure | null;
  readonly wakeAt: Date;
  readonly deadline: Date | null;
  readonly traceId: string;
  readonly version: bigint;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** One entry of the timeline: an event of the order, or a note. */
export interface TimelineEntry {
  readonly id: string;
  /** The event's type, or `note`. */
  readonly type: string;
  readonly at: Date;
  readonly actor: Actor;
  /** Null for notes: they are not part of the order's versions. */
  readonly version: bigint | null;
  /** The type of the event that caused this one, null where a person or an outside call did. */
  readonly cause: string | null;
  readonly traceId: string | null;
  /** What the event carries (ids and amounts, never personal data), or the note's `body`. */
  readonly data: Readonly<Record<string, unknown>>;
}

interface EventRow {
  readonly id: string;
  readonly type: string;
  readonly at: Date;
  readonly actor: string;
  readonly version: bigint;
  readonly cause: string | null;
  readonly traceId: string;
  readonly data: Record<string, unknown>;
}

/** The newest events that a page shows; older ones are in the audit and over the API. */
export const TIMELINE_LIMIT = 200;

const EVENTS = `
  SELECT e.id, e.type, e.at, e.actor, e.aggregate_version AS version, c.type AS cause, e.trace_id AS "traceId", e.data
  FROM events e LEFT JOIN events c ON c.id = e.cause
  WHERE e.aggregate_id = $1 ORDER BY e.aggregate_version DESC, e.id DESC LIMIT $2`;

const NOTES = 'SELECT id, body, actor, at FROM order_notes WHERE order_id = $1 ORDER BY at DESC, id DESC LIMIT 200';

const SAGAS = `
  SELECT id, kind, step, status, outcome, attempt, error, wake_at AS "wakeAt", deadline, trace_id AS "traceId", version,
         created_at AS "createdAt", updated_at AS "updatedAt", actor, state->>'refundId' AS "refundId",
         CASE WHEN status <> 'done' AND step IN ('wait', 'reserve') THEN (state->>'undoUntil')::timestamptz END AS "undoUntil"
  FROM sagas WHERE order_id = $1 ORDER BY created_at, id`;

/** A refund or a cancel that waits, and what of it a page shows. */
export interface UndoableView {
  readonly kind: 'cancel' | 'refund';
  readonly sagaId: string;
  readonly refundId: string | null;
  readonly until: Date;
  readonly actor: string;
}

type SagaRow = SagaView & { readonly actor: string; readonly refundId: string | null; readonly undoUntil: Date | null };

/** The order's sagas, oldest first, and what of them can still be undone, newest first. */
export async function readSagas(
  db: Queryable,
  orderId: string,
): Promise<{ readonly sagas: SagaView[]; readonly undoable: UndoableView[] }> {
  const { rows } = await db.query<SagaRow>(prepared('order-sagas', SAGAS, [orderId]));
  const undoable = rows.flatMap(({ id, kind, refundId, undoUntil, actor }): UndoableView[] =>
    undoUntil === null || kind === 'edit-order' // an edit has a bar of its own, which also says what it waits for
      ? []
      : [{ kind: kind === 'cancel-order' ? 'cancel' : 'refund', sagaId: id, refundId, until: undoUntil, actor }],
  );
  const sagas = rows.map(({ actor: _actor, refundId: _refund, undoUntil: _until, ...saga }): SagaView => saga);
  return { sagas, undoable: undoable.reverse() };
}

export interface Story {
  /** Newest first. Events stand in the order of their versions; notes lie between them by time. */
  readonly timeline: TimelineEntry[];
  readonly notes: NoteView[];
}

/**
 * The order's events and notes as one timeline. The event that records a note gives way to the note itself. `others` are further
 * actors of the page, resolved in the same query; `name` answers for all of them.
 */
export async function readStory(
  db: Queryable,
  orderId: string,
  hasNotes: boolean,
  others: Iterable<string | null>,
): Promise<Story & { readonly name: (actor: string) => Actor }> {
  const events = await db.query<EventRow>(prepared('order-events', EVENTS, [orderId, TIMELINE_LIMIT]));
  const noteRows = hasNotes ? await readNotes(db, orderId) : [];
  const actors = [...events.rows.map((row) => row.actor), ...noteRows.map((row) => row.actor), ...others];
  const name = await resolveActors(db, actors);
  const notes = noteRows.map((row) => ({ ...row, actor: name(row.actor) }));
  const entries = events.rows
    .filter((row) => row.type !== 'order.noted')
    .map((row): TimelineEntry => ({ ...row, actor: name(row.actor) }));
  return { timeline: mergeNotes(entries, notes), notes, name };
}

async function readNotes(db: Queryable, orderId: string): Promise<(Omit<NoteView, 'actor'> & { readonly actor: string })[]> {
  return (await db.query<Omit<NoteView, 'actor'> & { actor: string }>(prepared('order-notes', NOTES, [orderId]))).rows;
}

/** Puts notes, newest first, between entries that are newest first by version. Time places a note; it never reorders events. */
export function mergeNotes(entries: readonly TimelineEntry[], notes: readonly NoteView[]): TimelineEntry[] {
  const merged: TimelineEntry[] = [];
  const waiting = [...notes];
  const take = (note: NoteView) =>
    merged.push({ ...note, type: 'note', version: null, cause: null, traceId: null, data: { body: note.body } });
  for (const entry of entries) {
    while (waiting[0] !== undefined && waiting[0].at >= entry.at) {
      take(waiting[0]);
      waiting.shift();
    }
    merged.push(entry);
  }
  waiting.forEach(take);
  return merged;
}
