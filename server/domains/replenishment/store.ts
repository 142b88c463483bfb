import type { Queryable, Tx } from '../../platform/db.ts';
import { insertRows, type TableSpec, updateRows } from '../../platform/rows.ts';
import type { ReorderPoint } from './rules.ts';

const POINTS: TableSpec = {
  table: 'reorder_points',
  columns: {
    id: 'uuid',
    sku_id: 'uuid',
    node_id: 'uuid',
    merchant_id: 'uuid',
    region: 'text',
    point: 'int8',
    quantity: 'int8',
    version: 'int8',
  },
};
const ALERTS: TableSpec = {
  table: 'stock_alerts',
  columns: {
    id: 'uuid',
    point_id: 'uuid',
    sku_id: 'uuid',
    node_id: 'uuid',
    merchant_id: 'uuid',
    point: 'int8',
    position: 'int8',
    opened_at: 'timestamptz',
    closed_at: 'timestamptz',
    closed_why: 'text',
  },
};

export interface Alert {
  readonly id: string;
  readonly pointId: string;
  readonly skuId: string;
  readonly nodeId: string | null;
  readonly merchantId: string;
  readonly point: bigint;
  readonly position: bigint;
  readonly openedAt: Date;
  closedAt: Date | null;
  closedWhy: 'above' | 'no_rule' | null;
}

/** A point with where it stands now. */
export interface Standing extends ReorderPoint {
  readonly available: bigint;
  readonly inbound: bigint;
  readonly countsInbound: boolean;
  readonly openAlertId: string | null;
}

const COLUMNS = `r.id, r.sku_id AS "skuId", r.node_id AS "nodeId", r.merchant_id AS "merchantId", r.region, r.point, r.quantity, r.version`;

/**
 * What is left to sell: over all nodes, what may be promised of the region's stock; at a node, what is there and neither allocated nor kept back.
 * Inbound goes by the node it is ordered to.
 */
const standing = (columns: string, inbound: string): string => `SELECT ${columns}
  FROM reorder_points r
  LEFT JOIN sku_supply v ON r.node_id IS NULL AND v.sku_id = r.sku_id AND v.region = r.region
  LEFT JOIN node_stock s ON s.sku_id = r.sku_id AND s.node_id = r.node_id
  LEFT JOIN stock_policies p ON p.merchant_id = r.merchant_id
  LEFT JOIN stock_alerts a ON a.point_id = r.id AND a.closed_at IS NULL
  ${inbound}`;
const AVAILABLE = `CASE WHEN r.node_id IS NULL THEN coalesce(v.sellable - v.promised, 0)
         ELSE coalesce(s.on_hand - s.allocated - s.safety, 0) END`;
const COUNTS_INBOUND = 'coalesce(p.low_counts_inbound, true)';
const INBOUND = `SELECT %s sum(l.open_units)::bigint AS units FROM purchase_order_lines l JOIN purchase_orders o ON o.id = l.purchase_order_id
    WHERE l.open_units > 0`;

/** Of a few points: what is on its way to each is looked up. */
const STANDING = standing(
  `${COLUMNS}, a.id AS "openAlertId", ${COUNTS_INBOUND} AS "countsInbound", ${AVAILABLE} AS available, coalesce(i.units, 0) AS inbound`,
  `LEFT JOIN LATERAL (${INBOUND.replace('%s', '')} AND l.sku_id = r.sku_id AND (r.node_id IS NULL OR o.node_id = r.node_id)) i ON true`,
);

/** Of all points: what is on its way is summed once. The same comparison as the rules make, so that what did not cross never leaves the database. */
const CROSSED = `${standing(
  'r.id',
  `LEFT JOIN (${INBOUND.replace('%s', 'l.sku_id, o.node_id,')} GROUP BY GROUPING SETS ((l.sku_id, o.node_id), (l.sku_id))) i
    ON i.sku_id = r.sku_id AND i.node_id IS NOT DISTINCT FROM r.node_id`,
)} WHERE (r.point IS NOT NULL OR a.id IS NOT NULL)
  AND (a.id IS NOT NULL) <> coalesce(${AVAILABLE} + CASE WHEN ${COUNTS_INBOUND} THEN coalesce(i.units, 0) ELSE 0 END <= r.point, false)`;

/** The points whose alert is to be opened or closed, read without locks: who is told of one looks again under its lock. */
export async function readCrossed(db: Queryable): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>({ name: 'reorder-crossed', text: CROSSED });
  return rows.map(({ id }) => id);
}

/** Points by id under their locks, with where they stand: read after the locks, so that two sweeps never see one crossing twice. */
export async function lockStandings(tx: Tx, ids: readonly string[]): Promise<Standing[]> {
  await tx.query({
    name: 'reorder-lock',
    text: 'SELECT 1 FROM reorder_points WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE',
    values: [ids],
  });
  const { rows } = await tx.query<Standing>({
    name: 'reorder-standing',
    text: `${STANDING} WHERE r.id = ANY($1::uuid[]) ORDER BY r.id`,
    values: [ids],
  });
  return rows;
}

/** Somebody who works for a merchant at which something runs low, or expires soon, since a day ago. */
export interface PersonToTell {
  readonly userId: string;
  readonly merchantId: string;
  readonly email: string;
  readonly locale: string;
}

/** A lot is news on the day on which its days begin to be counted. */
export async function readPeopleToTell(db: Queryable, today: string, now: Date): Promise<PersonToTell[]> {
  const { rows } = await db.query<PersonToTell>({
    name: 'replenishment-people',
    text: `SELECT u.id AS "userId", u.merchant_id AS "merchantId", u.email, u.locale FROM users u
           LEFT JOIN stock_policies p ON p.merchant_id = u.merchant_id
           WHERE u.role = 'merchant' AND u.disabled_at IS NULL AND u.merchant_id IS NOT NULL
             AND (EXISTS (SELECT FROM stock_alerts a WHERE a.merchant_id = u.merchant_id AND a.closed_at IS NULL
                          AND a.opened_at > $2::timestamptz - interval '1 day')
               OR EXISTS (SELECT FROM stock_lots l WHERE l.merchant_id = u.merchant_id AND l.on_hand > 0
                          AND l.expires_on = $1::date + coalesce(p.expiry_warning_days, 30)))
           ORDER BY u.id`,
    values: [today, now],
  });
  return rows;
}

/** Makes the rows that are missing, so that there is something to lock. */
export async function createPoints(tx: Tx, points: readonly ReorderPoint[]): Promise<void> {
  await insertRows(tx, POINTS, points.map(columns), 'ON CONFLICT (sku_id, node_id) DO NOTHING');
}

export async function lockPoints(tx: Tx, skuIds: readonly string[]): Promise<ReorderPoint[]> {
  const { rows } = await tx.query<ReorderPoint>({
    name: 'reorder-lock-skus',
    text: `SELECT ${COLUMNS} FROM reorder_points r WHERE r.sku_id = ANY($1::uuid[]) ORDER BY r.id FOR NO KEY UPDATE`,
    values: [skuIds],
  });
  return rows;
}

export async function readPoints(db: Queryable, skuIds: readonly string[]): Promise<ReorderPoint[]> {
  const { rows } = await db.query<ReorderPoint>({
    name: 'reorder-read-skus',
    text: `SELECT ${COLUMNS} FROM reorder_points r WHERE r.sku_id = ANY($1::uuid[]) AND r.point IS NOT NULL`,
    values: [skuIds],
  });
  return rows;
}

export async function writePoints(tx: Tx, points: readonly ReorderPoint[]): Promise<void> {
  await updateRows(tx, POINTS, ['id'], ['point', 'quantity', 'version'], points.map(columns));
}

export async function writeAlerts(tx: Tx, opened: readonly Alert[], closed: readonly Alert[]): Promise<void> {
  await insertRows(tx, ALERTS, opened.map(alertColumns));
  await updateRows(tx, ALERTS, ['id'], ['closed_at', 'closed_why'], closed.map(alertColumns));
}

const columns = (row: ReorderPoint): Record<string, unknown> => ({
  id: row.id,
  sku_id: row.skuId,
  node_id: row.nodeId,
  merchant_id: row.merchantId,
  region: row.region,
  point: row.point,
  quantity: row.quantity,
  version: row.version,
});
const alertColumns = (row: Alert): Record<string, unknown> => ({
  id: row.id,
  point_id: row.pointId,
  sku_id: row.skuId,
  node_id: row.nodeId,
  merchant_id: row.merchantId,
  point: row.point,
  position: row.position,
  opened_at: row.openedAt,
  closed_at: row.closedAt,
  closed_why: row.closedWhy,
});
