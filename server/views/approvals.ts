import type { Queryable } from '../platform/db.ts';
import { type Actor, resolveActors } from './actors.ts';
import { Conditions, prepared } from './conditions.ts';
import { keysetPage, type PageRequest } from './keyset.ts';
import { COUNT_CAP, type Page } from './pages.ts';
import type { Scope } from './scope.ts';

export const APPROVAL_STATUSES = ['pending', 'approved', 'rejected', 'expired'] as const;
export type ApprovalStatus = (typeof APPROVAL_STATUSES)[number];

export interface Correction {
  readonly debitAccountId: string;
  readonly creditAccountId: string;
  readonly reason: string;
  readonly reference?: string | null;
}

export interface ApprovalRow {
  readonly id: string;
  readonly action: string;
  readonly subject: string;
  readonly subjectId: string;
  /** What people call the subject: an order's number, a SKU's code, whose wallet it is. */
  readonly subjectLabel: string | null;
  readonly merchantName: string | null;
  readonly summary: string;
  /** What a correction of the ledger would move. */
  readonly correction: Correction | null;
  readonly amountMinor: bigint | null;
  readonly currency: string | null;
  readonly status: ApprovalStatus;
  readonly requestedBy: Actor;
  readonly requestedAt: Date;
  readonly decidedBy: Actor | null;
  readonly decidedAt: Date | null;
  readonly reason: string | null;
  readonly expiresAt: Date;
  readonly version: bigint;
}

type Raw = Omit<ApprovalRow, 'requestedBy' | 'decidedBy'> & { readonly requestedBy: string; readonly decidedBy: string | null };

/** Requests for a second person, those that wait oldest first, decided ones newest first. */
export async function listApprovals(
  db: Queryable,
  scope: Scope,
  request: { readonly status: ApprovalStatus } & PageRequest,
): Promise<Page<ApprovalRow>> {
  const where = new Conditions().add((p) => `a.status = ${p}`, request.status).scope(scope, 'a', null);
  const page = await keysetPage<Raw>(
    db,
    {
      label: 'approvals-list',
      columns: `a.id, a.action, a.subject, a.subject_id AS "subjectId", coalesce(o.number, k.code, initcap(replace(l.kind, '_', ' ')) || ' ' || l.currency, right(t.id::text, 6), c.name, c.email) AS "subjectLabel", m.name AS "merchantName",
        CASE WHEN a.action IN ('adjust-ledger', 'reverse-transfer') THEN a.payload END AS correction, a.summary, a.amount_minor AS "amountMinor", a.currency, a.status, a.requested_by AS "requestedBy", a.requested_at AS "requestedAt",
        a.decided_by AS "decidedBy", a.decided_at AS "decidedAt", a.reason, a.expires_at AS "expiresAt", a.version`,
      from: `approvals a LEFT JOIN merchants m ON m.id = a.merchant_id LEFT JOIN orders o ON a.subject = 'order' AND o.id = a.subject_id
        LEFT JOIN skus k ON a.subject = 'sku' AND k.id = a.subject_id
        LEFT JOIN accounts l ON a.subject = 'account' AND l.id = a.subject_id
        LEFT JOIN transfers t ON a.subject = 'transfer' AND t.id = a.subject_id
        LEFT JOIN wallets w ON a.subject = 'wallet' AND w.id = a.subject_id LEFT JOIN customers c ON c.id = CASE WHEN a.subject = 'customer' THEN a.subject_id ELSE w.customer_id END`,
      where,
      by: 'a.requested_at',
      id: 'a.id',
      descending: request.status !== 'pending',
    },
    request,
  );
  const name = await resolveActors(
    db,
    page.items.flatMap((row) => [row.requestedBy, row.decidedBy]),
  );
  return {
    ...page,
    items: page.items.map((row) => ({
      ...row,
      requestedBy: name(row.requestedBy),
      decidedBy: row.decidedBy === null ? null : name(row.decidedBy),
    })),
  };
}

/** How many wait, to `COUNT_CAP`. */
export async function countPendingApprovals(db: Queryable, scope: Scope): Promise<number> {
  const where = new Conditions().plain("a.status = 'pending'").scope(scope, 'a', null);
  const text = `SELECT count(*)::int AS n FROM (SELECT 1 FROM approvals a WHERE ${where.where} LIMIT ${COUNT_CAP}) c`;
  const { rows } = await db.query<{ n: number }>(prepared('approvals-count', text, where.values));
  return rows[0]?.n ?? 0;
}
