import type pg from 'pg';
import type { Change, Load } from '../../domains/routing/replay.ts';

/** What a replay reads: orders that found a node, their shelves, and what moved on them since. */

export interface PastOrder {
  readonly id: string;
  readonly number: string;
  readonly channel: string;
  readonly shipTo: { readonly country?: string; readonly postalCode?: string } | null;
  readonly promisedBy: string | null;
  readonly confirmedAt: Date;
  /** By line and node. */
  readonly units: readonly { lineId: string; skuId: string; from: number; to: number; nodeId: string }[];
}

/** The last orders of a merchant whose goods are all at nodes or left from them, the oldest first. */
export async function readPastOrders(pool: pg.Pool, merchantId: string, last: number, from: Date | null): Promise<PastOrder[]> {
  const { rows } = await pool.query<PastOrder>({
    name: 'routing-past-orders',
    text: `SELECT o.id, o.number, o.channel, o.ship_to AS "shipTo", o.promised_by::text AS "promisedBy", o.confirmed_at AS "confirmedAt", u.units
           FROM (SELECT * FROM orders WHERE merchant_id = $1 AND confirmed_at IS NOT NULL
                   AND ($3::timestamptz IS NULL OR confirmed_at >= $3) ORDER BY placed_at DESC, id DESC LIMIT $2) o
           JOIN LATERAL (SELECT jsonb_agg(jsonb_build_object('lineId', l.id, 'skuId', l.sku_id, 'from', s.from_unit, 'to', s.to_unit,
                                                             'nodeId', s.node_id) ORDER BY l.position, s.from_unit) AS units
                         FROM order_lines l JOIN line_spans s ON s.line_id = l.id
                         WHERE l.order_id = o.id AND l.stocked AND l.sku_id IS NOT NULL AND s.node_id IS NOT NULL AND s.state <> 'cancelled') u
             ON u.units IS NOT NULL
           ORDER BY o.placed_at, o.id`,
    values: [merchantId, last, from],
  });
  return rows;
}

export interface Shelf {
  readonly free: number;
  readonly safety: number;
  readonly changes: Change[];
}

/** The shelves of these SKUs as they are, with what moved on them since a time, by `sku:node`. */
export async function readShelves(pool: pg.Pool, skuIds: readonly string[], since: Date): Promise<Map<string, Shelf>> {
  const { rows: stock } = await pool.query<{ key: string; free: bigint; safety: bigint }>({
    name: 'routing-shelves',
    text: `SELECT sku_id || ':' || node_id AS key, on_hand - allocated - safety AS free, safety FROM node_stock WHERE sku_id = ANY($1::uuid[])`,
    values: [skuIds],
  });
  const shelves = new Map<string, Shelf>(
    stock.map((row) => [row.key, { free: Number(row.free), safety: Number(row.safety), changes: [] }]),
  );
  const { rows: moved } = await pool.query<{ key: string; at: Date; free: bigint; safety: bigint }>({
    name: 'routing-moved',
    text: `SELECT sku_id || ':' || node_id AS key, at, on_hand_delta - allocated_delta - safety_delta AS free, safety_delta AS safety
           FROM stock_movements WHERE sku_id = ANY($1::uuid[]) AND node_id IS NOT NULL AND at >= $2
             AND (on_hand_delta <> allocated_delta OR safety_delta <> 0) ORDER BY at, id`,
    values: [skuIds, since],
  });
  for (const { key, at, free, safety } of moved)
    shelves.get(key)?.changes.push({ at: at.getTime(), free: Number(free), safety: Number(safety) });
  return shelves;
}

/** What nodes with a capacity took since the day before a time, by `node:day`. */
export async function readDays(pool: pg.Pool, merchantId: string, since: Date): Promise<Map<string, Load[]>> {
  const { rows } = await pool.query<{ key: string; orderId: string; units: number; at: Date }>({
    name: 'routing-past-days',
    text: `SELECT l.node_id || ':' || l.day AS key, l.order_id AS "orderId", l.units, l.at FROM node_loads l JOIN nodes n ON n.id = l.node_id
           WHERE n.merchant_id = $1 AND l.day >= ($2::timestamptz - interval '1 day')::date ORDER BY l.at, l.id`,
    values: [merchantId, since],
  });
  const days = new Map<string, Load[]>();
  for (const { key, orderId, units, at } of rows) {
    const load = { orderId, units, at: at.getTime() };
    const known = days.get(key);
    if (known) known.push(load);
    else days.set(key, [load]);
  }
  return days;
}

/** The nodes of a merchant as they are now, and its currency. */
export async function readNodes(
  pool: pg.Pool,
  merchantId: string,
): Promise<{ nodes: { id: string; code: string; name: string; kind: string; priority: number }[]; currency: string }> {
  const { rows } = await pool.query<{ id: string; code: string; name: string; kind: string; priority: number; currency: string }>(
    {
      name: 'routing-replay-nodes',
      text: `SELECT n.id, n.code, n.name, n.kind, n.priority, m.currency FROM nodes n JOIN merchants m ON m.id = n.merchant_id
           WHERE n.merchant_id = $1 AND n.active ORDER BY n.priority, n.id`,
      values: [merchantId],
    },
  );
  return { nodes: rows.map(({ currency: _, ...node }) => node), currency: rows[0]?.currency ?? 'EUR' };
}
