import type { Queryable, Tx } from '../../platform/db.ts';
import { insertRows, type TableSpec, updateRows } from '../../platform/rows.ts';
import type { Dispute } from './rules.ts';
import type { FileKind, FileType } from './schema.ts';

const DISPUTES: TableSpec = {
  table: 'disputes',
  columns: {
    id: 'uuid',
    number: 'text',
    home: 'text',
    merchant_id: 'uuid',
    order_id: 'uuid',
    payment_id: 'uuid',
    provider: 'text',
    provider_ref: 'text',
    status: 'text',
    reason: 'text',
    currency: 'text',
    amount_minor: 'int8',
    taken_minor: 'int8',
    fee_minor: 'int8',
    fee_back_minor: 'int8',
    set_off_minor: 'int8',
    evidence: 'jsonb',
    evidence_due_at: 'timestamptz',
    answer: 'text',
    answer_id: 'uuid',
    answered_by: 'text',
    answered_at: 'timestamptz',
    answer_error: 'jsonb',
    opened_at: 'timestamptz',
    closed_at: 'timestamptz',
    said_at: 'timestamptz',
    version: 'int8',
  },
};
const CHANGING = [
  'status',
  'reason',
  'taken_minor',
  'fee_minor',
  'fee_back_minor',
  'set_off_minor',
  'evidence',
  'evidence_due_at',
  'answer',
  'answer_id',
  'answered_by',
  'answered_at',
  'answer_error',
  'closed_at',
  'said_at',
  'version',
];
/** Disputes are children of their orders: read, and changed, under the orders' locks. */
export async function readDisputes(tx: Tx, orderIds: readonly string[]): Promise<Dispute[]> {
  const { rows } = await tx.query<Dispute>({
    name: 'disputes-of-orders',
    text: `SELECT id, number, merchant_id AS "merchantId", order_id AS "orderId", payment_id AS "paymentId", provider, provider_ref AS "providerRef",
                  status, reason, currency, amount_minor AS "amountMinor", taken_minor AS "takenMinor", fee_minor AS "feeMinor",
                  fee_back_minor AS "feeBackMinor", set_off_minor AS "setOffMinor", evidence, evidence_due_at AS "evidenceDueAt", answer,
                  answer_id AS "answerId", answered_by AS "answeredBy", answered_at AS "answeredAt", answer_error AS "answerError",
                  opened_at AS "openedAt", closed_at AS "closedAt", said_at AS "saidAt", version
           FROM disputes WHERE order_id = ANY($1::uuid[]) ORDER BY id`,
    values: [orderIds],
  });
  return rows;
}

export async function insertDisputes(tx: Tx, disputes: readonly Dispute[], home: string): Promise<void> {
  await insertRows(
    tx,
    DISPUTES,
    disputes.map((one) => ({ ...columns(one), home })),
  );
}

export async function updateDisputes(tx: Tx, disputes: readonly Dispute[]): Promise<void> {
  await updateRows(tx, DISPUTES, ['id'], CHANGING, disputes.map(columns));
}

function columns(d: Dispute): Record<string, unknown> {
  return {
    id: d.id,
    number: d.number,
    merchant_id: d.merchantId,
    order_id: d.orderId,
    payment_id: d.paymentId,
    provider: d.provider,
    provider_ref: d.providerRef,
    status: d.status,
    reason: d.reason,
    currency: d.currency,
    amount_minor: d.amountMinor,
    taken_minor: d.takenMinor,
    fee_minor: d.feeMinor,
    fee_back_minor: d.feeBackMinor,
    set_off_minor: d.setOffMinor,
    evidence: d.evidence,
    evidence_due_at: d.evidenceDueAt,
    answer: d.answer,
    answer_id: d.answerId,
    answered_by: d.answeredBy,
    answered_at: d.answeredAt,
    answer_error: d.answerError,
    opened_at: d.openedAt,
    closed_at: d.closedAt,
    said_at: d.saidAt,
    version: d.version,
  };
}

/** A file as it is sent with an answer. */
export interface EvidenceFile {
  readonly id: string;
  readonly disputeId: string;
  readonly kind: FileKind;
  readonly contentType: FileType;
  readonly bytes: Buffer;
}

export interface NewFile extends EvidenceFile {
  readonly orderId: string;
  readonly addedBy: string;
  readonly addedAt: Date;
}

/** The newest file of each kind. */
export async function readFiles(tx: Tx, orderIds: readonly string[]): Promise<EvidenceFile[]> {
  const { rows } = await tx.query<EvidenceFile>({
    name: 'dispute-files-newest',
    text: `SELECT DISTINCT ON (dispute_id, kind) id, dispute_id AS "disputeId", kind, content_type AS "contentType", bytes
           FROM dispute_files WHERE order_id = ANY($1::uuid[]) ORDER BY dispute_id, kind, id DESC`,
    values: [orderIds],
  });
  return rows;
}

export async function insertFiles(tx: Tx, files: readonly NewFile[]): Promise<void> {
  for (const one of files)
    await tx.query({
      name: 'dispute-files-insert',
      text: `INSERT INTO dispute_files (id, dispute_id, order_id, kind, content_type, bytes, added_by, added_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      values: [one.id, one.disputeId, one.orderId, one.kind, one.contentType, one.bytes, one.addedBy, one.addedAt],
    });
}

export async function countFiles(tx: Tx, orderIds: readonly string[]): Promise<Map<string, number>> {
  const { rows } = await tx.query<{ id: string; n: number }>({
    name: 'dispute-files-count',
    text: 'SELECT dispute_id AS id, count(*)::int AS n FROM dispute_files WHERE order_id = ANY($1::uuid[]) GROUP BY dispute_id',
    values: [orderIds],
  });
  return new Map(rows.map(({ id, n }) => [id, n]));
}

export async function readOrderOf(db: Queryable, ids: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await db.query<{ id: string; orderId: string }>({
    name: 'disputes-order-of',
    text: 'SELECT id, order_id AS "orderId" FROM disputes WHERE id = ANY($1::uuid[])',
    values: [ids],
  });
  return new Map(rows.map(({ id, orderId }) => [id, orderId]));
}

export async function readToAsk(db: Queryable, since: Date, limit: number): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>({
    name: 'disputes-to-ask',
    text: `SELECT DISTINCT payment_id AS id FROM disputes
           WHERE id IN (SELECT id FROM disputes WHERE status IN ('inquiry', 'open', 'submitted') AND said_at < $1 ORDER BY said_at LIMIT $2)`,
    values: [since, limit],
  });
  return rows.map(({ id }) => id);
}
