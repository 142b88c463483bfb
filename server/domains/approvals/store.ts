import type { Queryable, Tx } from '../../platform/db.ts';
import { insertRows, type TableSpec, updateRows } from '../../platform/rows.ts';
import type { Approval, Policy } from './rules.ts';

const APPROVALS: TableSpec = {
  table: 'approvals',
  columns: {
    id: 'uuid',
    merchant_id: 'uuid',
    action: 'text',
    subject: 'text',
    subject_id: 'uuid',
    summary: 'text',
    amount_minor: 'int8',
    currency: 'text',
    payload: 'jsonb',
    fingerprint: 'text',
    status: 'text',
    requested_by: 'text',
    requested_at: 'timestamptz',
    decided_by: 'text',
    decided_at: 'timestamptz',
    reason: 'text',
    expires_at: 'timestamptz',
    version: 'int8',
  },
};

const SELECT = `SELECT id, merchant_id AS "merchantId", action, subject, subject_id AS "subjectId", summary, amount_minor AS "amountMinor", currency, payload,
  fingerprint, status, requested_by AS "requestedBy", requested_at AS "requestedAt", decided_by AS "decidedBy", decided_at AS "decidedAt", reason,
  expires_at AS "expiresAt", version FROM approvals`;

export async function lockApprovals(tx: Tx, ids: readonly string[]): Promise<Approval[]> {
  const { rows } = await tx.query<Approval>({
    name: 'approvals-lock',
    text: `${SELECT} WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE`,
    values: [ids],
  });
  return rows;
}

export async function readApprovals(db: Queryable, ids: readonly string[]): Promise<Pick<Approval, 'action' | 'payload'>[]> {
  const { rows } = await db.query<Pick<Approval, 'action' | 'payload'>>({
    name: 'approvals-read',
    text: 'SELECT action, payload FROM approvals WHERE id = ANY($1::uuid[])',
    values: [ids],
  });
  return rows;
}

export async function lockExpired(tx: Tx, now: Date, limit: number): Promise<Approval[]> {
  const text = `${SELECT} WHERE status = 'pending' AND expires_at <= $1 ORDER BY id LIMIT $2 FOR NO KEY UPDATE`;
  const { rows } = await tx.query<Approval>({ name: 'approvals-lock-expired', text, values: [now, limit] });
  return rows;
}

export async function readPolicies(db: Queryable): Promise<Policy[]> {
  const { rows } = await db.query<Policy>({
    name: 'approvals-policies',
    text: 'SELECT action, currency, threshold_minor AS "thresholdMinor", expires_hours AS "expiresHours" FROM approval_policies',
    values: [],
  });
  return rows;
}

export async function insertApprovals(tx: Tx, approvals: readonly Approval[]): Promise<void> {
  await insertRows(tx, APPROVALS, approvals.map(columns));
}

export async function updateApprovals(tx: Tx, approvals: readonly Approval[]): Promise<void> {
  await updateRows(tx, APPROVALS, ['id'], ['status', 'decided_by', 'decided_at', 'reason', 'version'], approvals.map(columns));
}

function columns(a: Approval): Record<string, unknown> {
  return {
    id: a.id,
    merchant_id: a.merchantId,
    action: a.action,
    subject: a.subject,
    subject_id: a.subjectId,
    summary: a.summary,
    amount_minor: a.amountMinor,
    currency: a.currency,
    payload: a.payload,
    fingerprint: a.fingerprint,
    status: a.status,
    requested_by: a.requestedBy,
    requested_at: a.requestedAt,
    decided_by: a.decidedBy,
    decided_at: a.decidedAt,
    reason: a.reason,
    expires_at: a.expiresAt,
    version: a.version,
  };
}
