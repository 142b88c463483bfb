import type { Queryable } from '../platform/db.ts';
import { readAccount } from './accounts.ts';
import { Conditions, prepared } from './conditions.ts';
import { keysetPage, type PageRequest } from './keyset.ts';
import { COUNT_CAP, type Page } from './pages.ts';
import type { Scope } from './scope.ts';

/** An open hold, by the transfer that made it. */
export interface HoldRow {
  readonly id: string;
  readonly kind: string;
  readonly debitAccount: string;
  readonly debitCode: string;
  readonly creditAccount: string;
  readonly creditCode: string;
  readonly currency: string;
  readonly amountMinor: bigint;
  readonly remainingMinor: bigint;
  readonly orderNumber: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
}

export const HOLD_VIEWS = ['all', 'expiring', 'lasting'] as const;
export type HoldView = (typeof HOLD_VIEWS)[number];

interface HoldFilter {
  readonly accountId?: string | undefined;
  /** `expiring`: those that end by themselves; `lasting`: those that somebody has to post or void. */
  readonly view?: HoldView | undefined;
}

const FROM = `holds h JOIN accounts d ON d.id = h.debit_account JOIN accounts c ON c.id = h.credit_account`;

function filtered(scope: Scope, filter: HoldFilter): Conditions {
  const where = new Conditions().plain(`h.status = 'open'`);
  if (scope.merchantId !== null) where.add((p) => `(d.merchant_id = ${p} OR c.merchant_id = ${p})`, scope.merchantId);
  if (scope.customerId !== null) where.add((p) => `(d.customer_id = ${p} OR c.customer_id = ${p})`, scope.customerId);
  if (filter.accountId) where.add((p) => `(h.debit_account = ${p} OR h.credit_account = ${p})`, filter.accountId);
  if (filter.view === 'expiring') where.plain('h.expires_at IS NOT NULL');
  if (filter.view === 'lasting') where.plain('h.expires_at IS NULL');
  return where;
}

/** Open holds, the oldest first: what waits longest is what somebody should look at. Throws `not_found` for an account of somebody else. */
export async function listHolds(db: Queryable, scope: Scope, request: HoldFilter & PageRequest): Promise<Page<HoldRow>> {
  if (request.accountId) await readAccount(db, scope, request.accountId);
  return keysetPage(
    db,
    {
      label: 'holds-list',
      columns: `h.id, t.kind, h.debit_account AS "debitAccount", d.code AS "debitCode", h.credit_account AS "creditAccount", c.code AS "creditCode",
        h.currency, h.amount_minor AS "amountMinor", h.remaining_minor AS "remainingMinor", o.number AS "orderNumber",
        h.created_at AS "createdAt", h.expires_at AS "expiresAt"`,
      from: `${FROM} JOIN transfers t ON t.id = h.id LEFT JOIN orders o ON o.id = h.order_id`,
      where: filtered(scope, request),
      by: 'h.created_at',
      id: 'h.id',
      descending: false,
    },
    request,
  );
}

/** How many are open, to `COUNT_CAP`. */
export async function countHolds(db: Queryable, scope: Scope, filter: HoldFilter): Promise<number> {
  const where = filtered(scope, filter);
  const text = `SELECT count(*)::int AS n FROM (SELECT 1 FROM ${FROM} WHERE ${where.where} LIMIT ${COUNT_CAP}) found`;
  const { rows } = await db.query<{ n: number }>(prepared('holds-count', text, where.values));
  return rows[0]?.n ?? 0;
}
