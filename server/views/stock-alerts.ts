import { unitsToOrder } from '../domains/replenishment/rules.ts';
import { isId } from '../kernel/ids.ts';
import type { Queryable } from '../platform/db.ts';
import { Conditions, prepared } from './conditions.ts';
import { keysetPage, type PageRequest } from './keyset.ts';
import { COUNT_CAP, type Page } from './pages.ts';
import type { Scope } from './scope.ts';

/** An alert of what runs low, with where it stands now. */
export interface LowStockRow {
  readonly id: string;
  readonly skuId: string;
  readonly code: string;
  readonly name: string;
  readonly merchantId: string;
  readonly merchantName: string;
  /** Null: over all nodes. */
  readonly nodeId: string | null;
  readonly nodeCode: string | null;
  readonly point: bigint;
  readonly quantity: bigint;
  /** Left to sell now. */
  readonly available: bigint;
  /** On its way, and in drafts that nobody ordered yet. */
  readonly inbound: bigint;
  readonly drafted: bigint;
  /** What the point is compared with. */
  readonly position: bigint;
  /** As many times the quantity as it takes to be above the point. */
  readonly toOrder: bigint;
  readonly openedAt: Date;
  readonly closedAt: Date | null;
}

interface Filter {
  readonly q?: string | undefined;
  readonly nodeId?: string | undefined;
  readonly skuId?: string | undefined;
  /** Also those that are closed. */
  readonly closed?: boolean | undefined;
}

const units = (which: string, p: string): string =>
  `(SELECT coalesce(sum(${which}), 0)::bigint FROM purchase_order_lines l JOIN purchase_orders o ON o.id = l.purchase_order_id
    WHERE l.sku_id = a.sku_id AND (a.node_id IS NULL OR o.node_id = a.node_id) AND ${p})`;

type Raw = Omit<LowStockRow, 'position' | 'toOrder'> & { readonly countsInbound: boolean };

/** Alerts of what runs low, newest first. */
export async function listLowStock(db: Queryable, scope: Scope, request: Filter & PageRequest): Promise<Page<LowStockRow>> {
  const where = new Conditions().scope(scope, 'a', null);
  if (!request.closed) where.plain('a.closed_at IS NULL');
  if (request.nodeId) where.add((p) => `a.node_id = ${p}`, request.nodeId);
  if (request.skuId) where.add((p) => `a.sku_id = ${p}`, request.skuId);
  if (request.q?.trim()) {
    const text = request.q.trim().replaceAll(/[\\%_]/g, '\\$&');
    where.add((p) => `(k.code ILIKE ${p} || '%' OR k.name ILIKE '%' || ${p} || '%')`, text);
  }
  const page = await keysetPage<Raw>(
    db,
    {
      label: 'low-stock',
      columns: `a.id, a.sku_id AS "skuId", k.code, k.name, a.merchant_id AS "merchantId", m.name AS "merchantName", a.node_id AS "nodeId",
        n.code AS "nodeCode", coalesce(r.point, a.point) AS point, coalesce(r.quantity, 1) AS quantity, a.opened_at AS "openedAt",
        a.closed_at AS "closedAt", coalesce(p.low_counts_inbound, true) AS "countsInbound",
        CASE WHEN a.node_id IS NULL THEN coalesce(v.sellable - v.promised, 0) ELSE coalesce(s.on_hand - s.allocated - s.safety, 0) END AS available,
        ${units('l.open_units', 'l.open_units > 0')} AS inbound, ${units('l.ordered', "o.status = 'draft'")} AS drafted`,
      from: `stock_alerts a JOIN reorder_points r ON r.id = a.point_id JOIN skus k ON k.id = a.sku_id JOIN merchants m ON m.id = a.merchant_id
        LEFT JOIN nodes n ON n.id = a.node_id LEFT JOIN stock_policies p ON p.merchant_id = a.merchant_id
        LEFT JOIN sku_supply v ON a.node_id IS NULL AND v.sku_id = a.sku_id AND v.region = r.region
        LEFT JOIN node_stock s ON s.sku_id = a.sku_id AND s.node_id = a.node_id`,
      where,
      // The key is a UUIDv7: it is the order of time.
      by: 'a.id',
      id: 'a.id',
      cast: 'uuid',
      check: isId,
    },
    request,
  );
  return {
    ...page,
    items: page.items.map(({ countsInbound, ...row }) => {
      const position = row.available + (countsInbound ? row.inbound : 0n);
      return { ...row, position, toOrder: unitsToOrder(row, position) };
    }),
  };
}

/** What somebody should look at: alerts that are open, and lots that expire soon. Counts stop at the cap. */
export interface StockAttention {
  readonly low: number;
  readonly expiring: number;
}

export async function countStockAttention(db: Queryable, scope: Scope, today: string): Promise<StockAttention> {
  const low = new Conditions().plain('a.closed_at IS NULL').scope(scope, 'a', null);
  const lots = new Conditions().scope(scope, 'l', null);
  const soon = expiringSoon(lots.value(today));
  const count = async (label: string, from: string, where: Conditions): Promise<number> => {
    const text = `SELECT count(*)::int AS found FROM (SELECT 1 FROM ${from} WHERE ${where.where} LIMIT ${COUNT_CAP}) counted`;
    return (await db.query<{ found: number }>(prepared(label, text, where.values))).rows[0]?.found ?? 0;
  };
  return {
    low: await count('low-stock-count', 'stock_alerts a', low),
    expiring: await count('expiring-count', EXPIRING_FROM, lots.plain(soon)),
  };
}

const EXPIRING_FROM = 'stock_lots l LEFT JOIN stock_policies p ON p.merchant_id = l.merchant_id';
/** On a shelf, and their last day is within the days of their merchant's policy. */
const expiringSoon = (today: string): string =>
  `l.on_hand > 0 AND l.expires_on IS NOT NULL AND l.expires_on <= ${today}::date + coalesce(p.expiry_warning_days, 30)`;

/** A lot that expires soon. */
export interface ExpiringLotRow {
  readonly id: string;
  readonly skuId: string;
  readonly code: string;
  readonly name: string;
  readonly merchantId: string;
  readonly merchantName: string;
  readonly nodeCode: string;
  readonly lot: string;
  readonly expiresOn: string;
  /** Days that are left; the last day itself is 0. */
  readonly daysLeft: number;
  readonly onHand: bigint;
}

/** Lots on a shelf that expire within the days of their merchant's policy, the soonest first. */
export async function listExpiringLots(
  db: Queryable,
  scope: Scope,
  request: PageRequest & { readonly today: string; readonly nodeId?: string | undefined },
): Promise<Page<ExpiringLotRow>> {
  const where = new Conditions().scope(scope, 'l', null);
  const today = where.value(request.today);
  where.plain(expiringSoon(today));
  if (request.nodeId) where.add((p) => `l.node_id = ${p}`, request.nodeId);
  return keysetPage(
    db,
    {
      label: 'expiring-lots',
      columns: `l.id, l.sku_id AS "skuId", k.code, k.name, l.merchant_id AS "merchantId", m.name AS "merchantName", n.code AS "nodeCode", l.code AS lot,
        l.expires_on::text AS "expiresOn", l.expires_on - ${today}::date AS "daysLeft", l.on_hand AS "onHand"`,
      from: `${EXPIRING_FROM} JOIN skus k ON k.id = l.sku_id JOIN merchants m ON m.id = l.merchant_id JOIN nodes n ON n.id = l.node_id`,
      where,
      by: 'l.expires_on::text',
      id: 'l.id',
      descending: false,
      cast: 'text',
      check: (value) => /^\d{4}-\d{2}-\d{2}$/.test(value),
    },
    request,
  );
}

/** When a SKU is ordered again, for its page. */
export interface ReorderPointRow {
  readonly nodeId: string | null;
  readonly nodeCode: string | null;
  readonly point: bigint;
  readonly quantity: bigint;
  readonly isLow: boolean;
}

export async function listReorderPoints(db: Queryable, scope: Scope, skuId: string): Promise<ReorderPointRow[]> {
  const where = new Conditions()
    .add((p) => `r.sku_id = ${p}`, skuId)
    .plain('r.point IS NOT NULL')
    .scope(scope, 'r', null);
  const text = `SELECT r.node_id AS "nodeId", n.code AS "nodeCode", r.point, r.quantity, a.id IS NOT NULL AS "isLow"
    FROM reorder_points r LEFT JOIN nodes n ON n.id = r.node_id LEFT JOIN stock_alerts a ON a.point_id = r.id AND a.closed_at IS NULL
    WHERE ${where.where} ORDER BY n.code NULLS FIRST`;
  return (await db.query<ReorderPointRow>(prepared('reorder-points', text, where.values))).rows;
}
