import type { Evidence } from '../domains/disputes/rules.ts';
import type { DisputeListView, FileKind, FileType } from '../domains/disputes/schema.ts';
import { answersOf } from '../domains/payments/rules.ts';
import { DomainError } from '../kernel/errors.ts';
import { isId } from '../kernel/ids.ts';
import type { DisputeStatus } from '../kernel/vocabulary.ts';
import type { Queryable } from '../platform/db.ts';
import { Conditions, prepared } from './conditions.ts';
import { suggestEvidence } from './dispute-evidence.ts';
import { keysetPage, type PageRequest } from './keyset.ts';
import type { Page } from './pages.ts';
import type { Scope } from './scope.ts';

/** What cardholders' banks ask about, and take back, as lists and pages show it. */
export interface DisputeRow {
  readonly id: string;
  readonly number: string;
  readonly status: DisputeStatus;
  readonly reason: string;
  readonly orderId: string;
  readonly orderNumber: string;
  readonly merchantName: string;
  readonly customerName: string | null;
  readonly provider: string;
  readonly currency: string;
  readonly amountMinor: bigint;
  readonly takenMinor: bigint;
  readonly feeMinor: bigint;
  readonly evidenceDueAt: Date | null;
  readonly openedAt: Date;
}

export interface DisputeFilter {
  readonly view?: DisputeListView | undefined;
  readonly status?: DisputeStatus | undefined;
  readonly orderId?: string | undefined;
  /** Number of a dispute or of its order. */
  readonly q?: string | undefined;
}

const COLUMNS = `d.id, d.number, d.status, d.reason, d.order_id AS "orderId", o.number AS "orderNumber", m.name AS "merchantName",
  o.customer_name AS "customerName", d.provider, d.currency, d.amount_minor AS "amountMinor", d.taken_minor AS "takenMinor",
  d.fee_minor - d.fee_back_minor AS "feeMinor", d.evidence_due_at AS "evidenceDueAt", d.opened_at AS "openedAt"`;
const FROM = 'disputes d JOIN orders o ON o.id = d.order_id JOIN merchants m ON m.id = d.merchant_id';
const STATUSES: Readonly<Record<Exclude<DisputeListView, 'all'>, readonly DisputeStatus[]>> = {
  to_answer: ['inquiry', 'open'],
  waiting: ['submitted'],
  decided: ['won', 'lost', 'accepted', 'withdrawn'],
};

/** Disputes: those that wait for an answer by their deadline, the others newest first. */
export function listDisputes(
  db: Queryable,
  scope: Scope,
  { view = 'all', status, orderId, q }: DisputeFilter,
  request: PageRequest,
): Promise<Page<DisputeRow>> {
  const where = new Conditions().scope(scope, 'd', null);
  if (view !== 'all') where.add((p) => `d.status = ANY(${p}::text[])`, STATUSES[view]);
  if (status) where.add((p) => `d.status = ${p}`, status);
  if (orderId) where.add((p) => `d.order_id = ${p}`, orderId);
  if (q) where.add((p) => `(d.number = ${p} OR o.number = ${p})`, q.toUpperCase());
  const waits = view === 'to_answer';
  const by = waits ? 'COALESCE(d.evidence_due_at, d.opened_at)' : 'd.opened_at';
  return keysetPage(
    db,
    { label: `disputes-${view}`, columns: COLUMNS, from: FROM, where, by, id: 'd.id', descending: !waits },
    request,
  );
}

export interface EvidenceFileView {
  readonly id: string;
  readonly kind: FileKind;
  readonly contentType: FileType;
  readonly bytes: number;
  readonly addedAt: Date;
}

export interface DisputeView extends DisputeRow {
  readonly merchantId: string;
  readonly paymentId: string;
  readonly providerRef: string;
  readonly brand: string | null;
  readonly last4: string | null;
  readonly setOffMinor: bigint;
  /** Of the payment, what was given back and not by the bank. */
  readonly refundedMinor: bigint;
  readonly capturedMinor: bigint;
  readonly answer: 'evidence' | 'accept' | null;
  readonly answeredBy: string | null;
  readonly answeredAt: Date | null;
  readonly answerError: { readonly code: string; readonly message: string } | null;
  readonly closedAt: Date | null;
  readonly version: bigint;
  /** Where it is answered. */
  readonly answers: 'api' | 'dashboard';
  readonly evidence: Evidence;
  /** What the order, its parcels and its mails say, to begin with. */
  readonly suggested: Evidence;
  /** The newest of each kind. */
  readonly files: readonly EvidenceFileView[];
  readonly story: readonly {
    readonly id: string;
    readonly type: string;
    readonly at: Date;
    readonly data: Readonly<Record<string, unknown>>;
  }[];
}

/** A dispute by its number or its id, with what may go into its answer. Throws `not_found` for what is not there or not the reader's. */
export async function readDispute(db: Queryable, scope: Scope, ref: string): Promise<DisputeView> {
  const where = new Conditions().scope(scope, 'd', null);
  where.add((p) => (isId(ref) ? `d.id = ${p}` : `d.number = ${p}`), isId(ref) ? ref : ref.toUpperCase());
  const text = `SELECT ${COLUMNS}, d.merchant_id AS "merchantId", d.payment_id AS "paymentId", d.provider_ref AS "providerRef", p.brand, p.last4,
      d.set_off_minor AS "setOffMinor", COALESCE(p.refunded_minor, 0) AS "refundedMinor", COALESCE(p.captured_minor, 0) AS "capturedMinor", d.answer,
      d.answered_by AS "answeredBy", d.answered_at AS "answeredAt", d.answer_error AS "answerError", d.closed_at AS "closedAt", d.version, d.evidence
    FROM ${FROM} LEFT JOIN payments p ON p.id = d.payment_id WHERE ${where.where}`;
  const { rows } = await db.query<Omit<DisputeView, 'answers' | 'suggested' | 'files' | 'story'>>(
    prepared('dispute-head', text, where.values),
  );
  const [head] = rows;
  if (!head) throw new DomainError('not_found', 'There is no such dispute.');
  const [files, story, suggested] = await Promise.all([
    db.query<EvidenceFileView>(
      prepared(
        'dispute-files-view',
        `SELECT DISTINCT ON (kind) id, kind, content_type AS "contentType", octet_length(bytes) AS bytes, added_at AS "addedAt"
         FROM dispute_files WHERE dispute_id = $1 ORDER BY kind, id DESC`,
        [head.id],
      ),
    ),
    db.query<DisputeView['story'][number]>(
      prepared(
        'dispute-story',
        `SELECT id, type, at, data FROM events
         WHERE aggregate = 'order' AND aggregate_id = $1 AND type LIKE 'dispute.%' AND data->>'disputeId' = $2 ORDER BY aggregate_version`,
        [head.orderId, head.id],
      ),
    ),
    suggestEvidence(db, head.orderId),
  ]);
  return { ...head, answers: answersOf(head.provider), suggested, files: files.rows, story: story.rows };
}

/** A file's bytes, for whoever may see its dispute. */
export async function readEvidenceFile(
  db: Queryable,
  scope: Scope,
  id: string,
): Promise<{ readonly contentType: FileType; readonly data: string }> {
  const where = new Conditions().scope(scope, 'd', null).add((p) => `f.id = ${p}`, id);
  const text = `SELECT f.content_type AS "contentType", encode(f.bytes, 'base64') AS data
                FROM dispute_files f JOIN disputes d ON d.id = f.dispute_id WHERE ${where.where}`;
  const { rows } = await db.query<{ contentType: FileType; data: string }>(prepared('dispute-file', text, where.values));
  const [file] = rows;
  if (!file) throw new DomainError('not_found', 'There is no such file.');
  return { ...file, data: file.data.replaceAll('\n', '') };
}
