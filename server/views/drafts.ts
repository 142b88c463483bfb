import type { CheckoutState } from '../domains/checkouts/rules.ts';
import type { Queryable } from '../platform/db.ts';
import { Conditions } from './conditions.ts';
import { keysetPage, type PageRequest } from './keyset.ts';
import type { Page } from './pages.ts';
import type { Scope } from './scope.ts';

/** An order that an agent made for somebody to pay. */
export interface DraftRow {
  readonly id: string;
  readonly merchantId: string;
  readonly merchantName: string;
  readonly state: CheckoutState;
  readonly customerName: string | null;
  readonly email: string | null;
  readonly units: number;
  readonly currency: string;
  /** What it costs as it was worked out last; null before there is an address. */
  readonly totalMinor: bigint | null;
  readonly orderNumber: string | null;
  readonly linkSentAt: Date | null;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

export interface DraftFilter {
  readonly state?: CheckoutState | undefined;
}

const COLUMNS = `c.id, c.merchant_id AS "merchantId", m.name AS "merchantName", c.state, c.customer->>'name' AS "customerName",
  c.customer->>'email' AS email, (SELECT coalesce(sum((line->>'quantity')::int), 0)::int FROM jsonb_array_elements(c.lines) line) AS units, c.currency,
  (SELECT coalesce((SELECT (option->>'orderTotalMinor')::bigint FROM jsonb_array_elements(q.options) option
     WHERE option->>'code' = c.shipping_option), q.goods_total_minor) FROM quotes q WHERE q.id = c.quote_id) AS "totalMinor",
  (SELECT o.number FROM orders o WHERE o.id = c.order_id) AS "orderNumber",
  c.link_sent_at AS "linkSentAt", c.created_at AS "createdAt", c.expires_at AS "expiresAt"`;

/** Drafts, newest first. */
export function listDrafts(db: Queryable, scope: Scope, request: DraftFilter & PageRequest): Promise<Page<DraftRow>> {
  const where = new Conditions().plain(`c.source = 'console'`).scope(scope, 'c', null);
  if (request.state) where.add((p) => `c.state = ${p}`, request.state);
  return keysetPage(
    db,
    {
      label: 'drafts-list',
      columns: COLUMNS,
      from: 'checkouts c JOIN merchants m ON m.id = c.merchant_id',
      where,
      by: 'c.created_at',
      id: 'c.id',
    },
    request,
  );
}
