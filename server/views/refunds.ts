import type { RefundKind, RefundStatus } from '../kernel/vocabulary.ts';
import type { Queryable } from '../platform/db.ts';
import { type Actor, resolveActors } from './actors.ts';
import { Conditions } from './conditions.ts';
import { keysetPage, type PageRequest } from './keyset.ts';
import type { Failure } from './order-money.ts';
import type { Page } from './pages.ts';
import type { Scope } from './scope.ts';

export interface RefundRow {
  readonly id: string;
  readonly number: string;
  readonly orderId: string;
  readonly orderNumber: string;
  readonly merchantName: string;
  readonly customerName: string | null;
  readonly kind: RefundKind;
  readonly status: RefundStatus;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly reason: string;
  readonly requestedBy: Actor;
  readonly failure: Failure | null;
  readonly createdAt: Date;
  readonly settledAt: Date | null;
}

export interface RefundFilter {
  readonly status?: readonly RefundStatus[] | undefined;
}

/** Refunds, newest first, with who asked for them. */
export async function listRefunds(db: Queryable, scope: Scope, request: RefundFilter & PageRequest): Promise<Page<RefundRow>> {
  const where = new Conditions().scope(scope, 'r', 'o.customer_id');
  if (request.status?.length) where.add((p) => `r.status = ANY(${p})`, request.status);
  const page = await keysetPage<Omit<RefundRow, 'requestedBy'> & { requestedBy: string }>(
    db,
    {
      label: 'refunds-list',
      columns: `r.id, r.number, r.order_id AS "orderId", o.number AS "orderNumber", m.name AS "merchantName", o.customer_name AS "customerName",
        r.kind, r.status, r.amount_minor AS "amountMinor", r.currency, r.reason, r.requested_by AS "requestedBy", r.failure,
        r.created_at AS "createdAt", r.settled_at AS "settledAt"`,
      from: 'refunds r JOIN orders o ON o.id = r.order_id JOIN merchants m ON m.id = r.merchant_id',
      where,
      by: 'r.created_at',
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
