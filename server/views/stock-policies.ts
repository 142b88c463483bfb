import type { Queryable } from '../platform/db.ts';
import { Conditions, prepared } from './conditions.ts';
import type { Scope } from './scope.ts';

/** How a merchant looks after its stock; what holds where nothing was said is filled in. */
export interface StockPolicyView {
  readonly merchantId: string;
  readonly overReceiptPercent: number;
  readonly countLimitUnits: bigint | null;
  readonly expiryWarningDays: number;
  readonly lowCountsInbound: boolean;
  readonly cartMinutes: number;
  readonly version: bigint;
}

/** The same beside what is set SKU by SKU, and how many of the merchant's SKUs have it. */
export interface StockPolicyRow extends StockPolicyView {
  readonly merchantName: string;
  readonly withSafety: number;
  readonly withBackorder: number;
  readonly withReorderPoint: number;
  readonly withChannelRule: number;
}

const POLICY = `m.id AS "merchantId", coalesce(p.over_receipt_percent, 0) AS "overReceiptPercent", p.count_limit_units AS "countLimitUnits",
  coalesce(p.expiry_warning_days, 30) AS "expiryWarningDays", coalesce(p.low_counts_inbound, true) AS "lowCountsInbound", coalesce(p.cart_minutes, 15) AS "cartMinutes",
  coalesce(p.version, 0) AS version`;
const FROM = 'merchants m LEFT JOIN stock_policies p ON p.merchant_id = m.id';

export async function readStockPolicy(db: Queryable, scope: Scope, merchantId: string): Promise<StockPolicyView | null> {
  const where = new Conditions().add((p) => `m.id = ${p}`, merchantId);
  if (scope.merchantId !== null) where.add((p) => `m.id = ${p}`, scope.merchantId);
  const { rows } = await db.query<StockPolicyView>(
    prepared('stock-policy', `SELECT ${POLICY} FROM ${FROM} WHERE ${where.where}`, where.values),
  );
  return rows[0] ?? null;
}

// A backorder policy is a row per version: the newest says.
const SET = `
  (SELECT count(DISTINCT s.sku_id)::int FROM node_stock s WHERE s.merchant_id = m.id AND s.safety > 0) AS "withSafety",
  (SELECT count(*)::int FROM (SELECT DISTINCT ON (b.sku_id) b.kind FROM backorder_policies b WHERE b.merchant_id = m.id ORDER BY b.sku_id, b.version DESC) n
    WHERE n.kind <> 'none') AS "withBackorder",
  (SELECT count(DISTINCT r.sku_id)::int FROM reorder_points r WHERE r.merchant_id = m.id AND r.point IS NOT NULL) AS "withReorderPoint",
  (SELECT count(DISTINCT c.sku_id)::int FROM channel_supply c JOIN skus k ON k.id = c.sku_id
    WHERE k.merchant_id = m.id AND (c.buffer > 0 OR c.cap IS NOT NULL)) AS "withChannelRule"`;

/** Every merchant's policy, by name. */
export async function listStockPolicies(db: Queryable, scope: Scope): Promise<StockPolicyRow[]> {
  const where = new Conditions().plain('true');
  if (scope.merchantId !== null) where.add((p) => `m.id = ${p}`, scope.merchantId);
  const text = `SELECT ${POLICY}, m.name AS "merchantName", ${SET} FROM ${FROM} WHERE ${where.where} ORDER BY m.name LIMIT 500`;
  return (await db.query<StockPolicyRow>(prepared('stock-policies', text, where.values))).rows;
}

/** What a policy would have meant, and would mean now. */
export interface StockPolicyPreview {
  readonly merchantId: string;
  /** Lots on a shelf whose last day is within so many days. */
  readonly expiring: number;
  /** Differences that counts of the last 90 days found, and how many of these would have waited for a second person by their units. */
  readonly differences: number;
  readonly waiting: number;
  /** Places that run low now, with what is on its way counted as there, and without. */
  readonly lowWithInbound: number;
  readonly lowWithoutInbound: number;
}

const PREVIEW = `
  (SELECT count(*)::int FROM stock_lots l WHERE l.merchant_id = m.id AND l.on_hand > 0 AND l.expires_on <= $2::date + $3::int) AS expiring,
  d.differences, d.waiting, r.low AS "lowWithoutInbound", r.low_still AS "lowWithInbound"
  FROM merchants m
  CROSS JOIN LATERAL (
    SELECT count(*)::int AS differences, count(*) FILTER (WHERE abs(l.counted - l.expected) >= $4::int8)::int AS waiting
    FROM stock_counts c JOIN stock_count_lines l ON l.count_id = c.id
    WHERE c.merchant_id = m.id AND c.status = 'finished' AND c.ended_at >= $2::date - 90 AND l.counted <> l.expected) d
  CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE a.available <= a.point)::int AS low, count(*) FILTER (WHERE a.available + a.inbound <= a.point)::int AS low_still
    FROM (SELECT r.point, coalesce(i.units, 0) AS inbound,
        CASE WHEN r.node_id IS NULL THEN coalesce(v.sellable - v.promised, 0) ELSE coalesce(s.on_hand - s.allocated - s.safety, 0) END AS available
      FROM reorder_points r
      LEFT JOIN sku_supply v ON r.node_id IS NULL AND v.sku_id = r.sku_id AND v.region = r.region
      LEFT JOIN node_stock s ON s.sku_id = r.sku_id AND s.node_id = r.node_id
      LEFT JOIN LATERAL (SELECT sum(l.open_units)::bigint AS units FROM purchase_order_lines l JOIN purchase_orders o ON o.id = l.purchase_order_id
        WHERE l.sku_id = r.sku_id AND l.open_units > 0 AND (r.node_id IS NULL OR o.node_id = r.node_id)) i ON true
      WHERE r.merchant_id = m.id AND r.point IS NOT NULL) a) r`;

export async function previewStockPolicy(
  db: Queryable,
  scope: Scope,
  wish: {
    readonly merchantId: string;
    readonly today: string;
    readonly expiryWarningDays: number;
    readonly countLimitUnits: number | null;
  },
): Promise<StockPolicyPreview | null> {
  const where = new Conditions().add((p) => `m.id = ${p}`, wish.merchantId);
  for (const value of [wish.today, wish.expiryWarningDays, wish.countLimitUnits]) where.value(value);
  if (scope.merchantId !== null) where.add((p) => `m.id = ${p}`, scope.merchantId);
  const { rows } = await db.query<StockPolicyPreview>(
    prepared('stock-policy-preview', `SELECT m.id AS "merchantId", ${PREVIEW} WHERE ${where.where}`, where.values),
  );
  return rows[0] ?? null;
}
