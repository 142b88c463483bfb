import type { Booking } from '../domains/reconciliation/rules.ts';
import type { ItemKind, ItemStatus, Reconciled } from '../domains/reconciliation/schema.ts';
import { DomainError } from '../kernel/errors.ts';
import { isId } from '../kernel/ids.ts';
import type { Queryable } from '../platform/db.ts';
import { type Actor, resolveActors } from './actors.ts';
import { Conditions, prepared } from './conditions.ts';
import { keysetPage, type PageRequest } from './keyset.ts';
import { COUNT_CAP, type Page } from './pages.ts';

/** One booking of theirs, one of ours, or the pair of them. Amounts are net of the provider's fee; what came is positive. */
export interface ReconciliationItem {
  readonly id: string;
  readonly provider: Reconciled;
  readonly runId: string;
  readonly kind: ItemKind;
  readonly status: ItemStatus;
  readonly booking: Booking;
  readonly externalId: string | null;
  readonly journalId: string | null;
  /** Our first transfer of the journal. */
  readonly transferId: string | null;
  readonly orderId: string | null;
  readonly orderNumber: string | null;
  readonly reference: string | null;
  readonly currency: string;
  readonly theirsMinor: bigint;
  readonly oursMinor: bigint;
  readonly occurredAt: Date;
  readonly seenAt: Date;
  readonly resolvedBy: Actor | null;
  readonly resolvedAt: Date | null;
  readonly note: string | null;
  readonly approvalId: string | null;
  readonly writeOffId: string | null;
  readonly version: bigint;
}

export interface ItemFilter {
  readonly status?: readonly ItemStatus[] | undefined;
  readonly kind?: readonly ItemKind[] | undefined;
  readonly provider?: Reconciled | undefined;
  readonly runId?: string | undefined;
  /** Part of a payment's or booking's id, or an order's number. */
  readonly q?: string | undefined;
}

const COLUMNS = `i.id, i.provider, i.run_id AS "runId", i.kind, i.status, i.booking, i.external_id AS "externalId", i.journal_id AS "journalId",
  t.id AS "transferId", i.order_id AS "orderId", o.number AS "orderNumber", i.reference, i.currency, i.theirs_minor AS "theirsMinor",
  i.ours_minor AS "oursMinor", i.occurred_at AS "occurredAt", i.seen_at AS "seenAt", i.resolved_by AS "resolvedBy",
  i.resolved_at AS "resolvedAt", i.note, i.approval_id AS "approvalId", i.write_off_id AS "writeOffId", i.version`;
// A journal's transfers were made within moments of it: ids are times.
const FROM = `reconciliation_items i LEFT JOIN orders o ON o.id = i.order_id
  LEFT JOIN LATERAL (SELECT t.id FROM transfers t WHERE t.order_id = i.order_id AND t.journal_id = i.journal_id ORDER BY t.id LIMIT 1) t ON true`;

type Raw = Omit<ReconciliationItem, 'resolvedBy'> & { readonly resolvedBy: string | null };

/** Items, newest first; the work list is those that are open. */
export async function listReconciliation(db: Queryable, request: ItemFilter & PageRequest): Promise<Page<ReconciliationItem>> {
  const where = new Conditions();
  if (request.status?.length) where.add((p) => `i.status = ANY(${p})`, request.status);
  if (request.kind?.length) where.add((p) => `i.kind = ANY(${p})`, request.kind);
  if (request.provider) where.add((p) => `i.provider = ${p}`, request.provider);
  if (request.runId) where.add((p) => `i.run_id = ${p}`, request.runId);
  if (request.q) where.add((p) => `(i.reference = ${p} OR i.external_id = ${p} OR o.number = upper(${p}))`, request.q);
  const page = await keysetPage<Raw>(
    db,
    { label: 'reconciliation-list', columns: COLUMNS, from: FROM, where, by: 'i.occurred_at', id: 'i.id' },
    request,
  );
  const name = await resolveActors(
    db,
    page.items.map((row) => row.resolvedBy),
  );
  return { ...page, items: page.items.map((row) => named(row, name)) };
}

const named = (row: Raw, name: (actor: string) => Actor): ReconciliationItem => ({
  ...row,
  resolvedBy: row.resolvedBy === null ? null : name(row.resolvedBy),
});

/** One item. Throws `not_found`. */
export async function readReconciliationItem(db: Queryable, id: string): Promise<ReconciliationItem> {
  if (!isId(id)) throw new DomainError('not_found');
  const { rows } = await db.query<Raw>(prepared('reconciliation-item', `SELECT ${COLUMNS} FROM ${FROM} WHERE i.id = $1`, [id]));
  const [row] = rows;
  if (row === undefined) throw new DomainError('not_found', 'There is no such item.');
  return named(row, await resolveActors(db, [row.resolvedBy]));
}

/** How many differences wait for a person, to `COUNT_CAP`. */
export async function countDifferences(db: Queryable): Promise<number> {
  const text = `SELECT count(*)::int AS n FROM (SELECT 1 FROM reconciliation_items WHERE status IN ('open', 'awaiting_approval') LIMIT ${COUNT_CAP}) c`;
  const { rows } = await db.query<{ n: number }>(prepared('reconciliation-count', text, []));
  return rows[0]?.n ?? 0;
}

/** One reading of a report. */
export interface ReconciliationRun {
  readonly id: string;
  readonly provider: Reconciled;
  readonly from: Date;
  readonly to: Date;
  readonly status: 'running' | 'done' | 'failed';
  readonly requestedBy: Actor;
  readonly error: string | null;
  readonly matched: number;
  readonly missingHere: number;
  readonly missingThere: number;
  readonly amountDiffers: number;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
}

const RUN_COLUMNS = `r.id, r.provider, r.period_from AS "from", r.period_to AS "to", r.status, r.requested_by AS "requestedBy", r.error, r.matched,
  r.missing_here AS "missingHere", r.missing_there AS "missingThere", r.amount_differs AS "amountDiffers", r.started_at AS "startedAt",
  r.finished_at AS "finishedAt"`;

/** Readings, newest first. */
export async function listReconciliationRuns(db: Queryable, request: PageRequest): Promise<Page<ReconciliationRun>> {
  const page = await keysetPage<Omit<ReconciliationRun, 'requestedBy'> & { requestedBy: string }>(
    db,
    {
      label: 'reconciliation-runs',
      columns: RUN_COLUMNS,
      from: 'reconciliation_runs r',
      where: new Conditions(),
      by: 'r.started_at',
      id: 'r.id',
    },
    request,
  );
  const name = await resolveActors(
    db,
    page.items.map((row) => row.requestedBy),
  );
  return { ...page, items: page.items.map((row) => ({ ...row, requestedBy: name(row.requestedBy) })) };
}
