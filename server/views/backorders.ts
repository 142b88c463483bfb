import type { Queryable } from '../platform/db.ts';
import { Conditions, prepared } from './conditions.ts';
import { keysetPage, type PageRequest } from './keyset.ts';
import type { Page } from './pages.ts';
import type { Scope } from './scope.ts';

/** The policy of a SKU in a region that counts now, or that nobody set any. */
export interface BackorderPolicyView {
  readonly region: string;
  readonly version: number;
  readonly kind: 'none' | 'backorder' | 'preorder';
  readonly limitUnits: bigint;
  readonly leadDays: number | null;
  readonly releaseOn: string | null;
  readonly stopOn: string | null;
  readonly stopWithoutInbound: boolean;
  readonly stopAtWaiting: bigint | null;
  readonly stopped: 'waiting' | null;
  readonly payDays: number;
  readonly at: Date;
}

const POLICY = `SELECT DISTINCT ON (p.region) p.region, p.version, p.kind, p.limit_units AS "limitUnits", p.lead_days AS "leadDays",
    p.release_on::text AS "releaseOn", p.stop_on::text AS "stopOn", p.stop_without_inbound AS "stopWithoutInbound",
    p.stop_at_waiting AS "stopAtWaiting", p.stopped, p.pay_days AS "payDays", p.at
  FROM backorder_policies p WHERE p.sku_id = $1 ORDER BY p.region, p.version DESC`;

/** A SKU's policies by region, and how much waits. Whose SKU it is the caller has made sure of. */
export async function readPolicies(db: Queryable, skuId: string): Promise<{ policies: BackorderPolicyView[]; waiting: number }> {
  const policies = await db.query<BackorderPolicyView>(prepared('backorder-policies-view', POLICY, [skuId]));
  const waiting = await db.query<{ units: number }>(
    prepared(
      'backorders-waiting',
      'SELECT coalesce(sum(to_unit - from_unit + 1), 0)::int AS units FROM backorders WHERE sku_id = $1',
      [skuId],
    ),
  );
  return { policies: policies.rows, waiting: waiting.rows[0]?.units ?? 0 };
}

/** Units of an order that wait, for whoever looks after them. Days are ISO dates. */
export interface BackorderRow {
  readonly id: string;
  readonly orderNumber: string;
  readonly customerName: string | null;
  readonly merchantName: string;
  readonly skuCode: string;
  readonly skuName: string;
  readonly units: number;
  readonly kind: 'backorder' | 'preorder';
  readonly since: Date;
  readonly firstPromisedOn: string;
  readonly promisedOn: string;
  readonly acceptedOn: string | null;
  readonly overdue: boolean;
  readonly purchaseNumber: string | null;
  readonly holds: readonly string[];
}

export interface BackorderFilter {
  readonly q?: string | undefined;
  readonly kind?: 'backorder' | 'preorder' | undefined;
  readonly overdue?: boolean | undefined;
}

/** What waits, the earliest promise first. */
export async function listBackorders(
  db: Queryable,
  scope: Scope,
  request: BackorderFilter & PageRequest,
  today: string,
): Promise<Page<BackorderRow>> {
  const where = new Conditions().scope(scope, 'b', null);
  if (request.q?.trim()) where.add((p) => `k.code ILIKE ${p} || '%'`, request.q.trim().replace(/[%_\\]/g, '\\$&'));
  if (request.kind) where.add((p) => `b.kind = ${p}`, request.kind);
  if (request.overdue) where.add((p) => `b.promised_on < ${p}::date`, today);
  const page = await keysetPage<Omit<BackorderRow, 'overdue'>>(
    db,
    {
      label: 'backorders-list',
      columns: `b.line_id::text || ':' || b.from_unit AS id, o.number AS "orderNumber", o.customer_name AS "customerName", m.name AS "merchantName",
        k.code AS "skuCode", k.name AS "skuName", b.to_unit - b.from_unit + 1 AS units, b.kind, b.since,
        b.first_promised_on::text AS "firstPromisedOn", b.promised_on::text AS "promisedOn", b.accepted_on::text AS "acceptedOn",
        po.number AS "purchaseNumber", o.holds`,
      from: `backorders b JOIN orders o ON o.id = b.order_id JOIN skus k ON k.id = b.sku_id JOIN merchants m ON m.id = b.merchant_id
        LEFT JOIN purchase_order_lines pl ON pl.id = b.inbound_id LEFT JOIN purchase_orders po ON po.id = pl.purchase_order_id`,
      where,
      by: `b.promised_on::text || '/' || lpad(b.from_unit::text, 9, '0')`,
      id: 'b.line_id',
      descending: false,
      cast: 'text',
      check: (value) => /^\d{4}-\d{2}-\d{2}\/\d{9}$/.test(value),
    },
    request,
  );
  return { ...page, items: page.items.map((row) => ({ ...row, overdue: row.promisedOn < today })) };
}

/** One line of the summary above the list. */
export interface WaitingSku {
  readonly skuCode: string;
  readonly merchantName: string;
  readonly units: number;
  readonly overdue: number;
  readonly inbound: number;
}

/** The SKUs that most units wait for, with what is announced of them. */
export async function summarizeBackorders(db: Queryable, scope: Scope, today: string): Promise<WaitingSku[]> {
  const where = new Conditions().scope(scope, 'b', null);
  where.add((p) => `${p}::date IS NOT NULL`, today);
  const at = where.values.length;
  const text = `SELECT k.code AS "skuCode", m.name AS "merchantName", sum(b.to_unit - b.from_unit + 1)::int AS units,
      coalesce(sum(b.to_unit - b.from_unit + 1) FILTER (WHERE b.promised_on < $${at}::date), 0)::int AS overdue,
      coalesce((SELECT sum(l.open_units) FROM purchase_order_lines l WHERE l.sku_id = k.id AND l.open_units > 0), 0)::int AS inbound
    FROM backorders b JOIN skus k ON k.id = b.sku_id JOIN merchants m ON m.id = b.merchant_id WHERE ${where.where}
    GROUP BY k.id, k.code, m.name ORDER BY units DESC, k.code LIMIT 10`;
  return (await db.query<WaitingSku>(prepared('backorders-by-sku', text, where.values))).rows;
}
