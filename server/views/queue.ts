import type { Hold, QueueStage } from '../kernel/vocabulary.ts';
import type { Queryable } from '../platform/db.ts';
import { type Actor, resolveActors } from './actors.ts';
import { Conditions, prepared } from './conditions.ts';
import { keysetPage, type PageRequest } from './keyset.ts';
import { COUNT_CAP, type Page } from './pages.ts';
import type { Scope } from './scope.ts';

/** Late: the first day it was promised for has come, and it is still here. Where nobody promised a day, age stands in for it. */
const IS_LATE = `coalesce(w.promised_from <= (now() AT TIME ZONE 'UTC')::date, w.placed_at < now() - interval '24 hours')`;

/** Goods of one SKU to fetch, and where they lie. */
export interface QueueItem {
  readonly skuCode: string | null;
  readonly name: string;
  readonly units: number;
  readonly bin: string | null;
}

/** An order with units allocated at a node, which somebody can pick, pack and ship. */
export interface QueueRow {
  readonly orderId: string;
  readonly number: string;
  readonly nodeId: string;
  readonly nodeCode: string;
  readonly merchantName: string;
  readonly customerName: string | null;
  readonly country: string | null;
  readonly units: bigint;
  readonly lines: bigint;
  readonly placedAt: Date;
  readonly late: boolean;
  readonly holds: Hold[];
  readonly stage: QueueStage;
  /** The round it is on; null while it is to pick. */
  readonly pick: { readonly listId: string; readonly listNumber: string; readonly by: Actor; readonly since: Date } | null;
  /** In the order in which somebody walks past them: by bin. */
  readonly items: QueueItem[];
}

export interface QueueFilter {
  readonly nodeId?: string | undefined;
  readonly stage?: QueueStage | undefined;
  /** The number of a pick list: the orders that are on it. */
  readonly list?: string | undefined;
}

/** Units that wait at a node: allocated there and in no parcel. */
const WAITS = `s.state = 'allocated' AND s.shipment_id IS NULL`;
/** and nobody else was asked to send them. */
const OURS = `NOT EXISTS (SELECT FROM fulfilment_requests a WHERE a.order_id = s.order_id AND a.node_id = s.node_id AND a.ended_at IS NULL)`;

/** The latest round for waiting units of the order `w.order_id` at the node `w.node_id`: the twin of isLive() of the picking domain. */
const ROUND = `LEFT JOIN LATERAL (
    SELECT t.status, t.pick_list_id, t.changed_by, t.changed_at, l.number FROM pick_tasks t JOIN pick_lists l ON l.id = t.pick_list_id
    WHERE t.order_id = w.order_id AND t.node_id = w.node_id AND t.status <> 'released' AND EXISTS (
      SELECT 1 FROM pick_lines p JOIN line_spans s ON s.line_id = p.line_id AND s.from_unit <= p.to_unit AND s.to_unit >= p.from_unit
      WHERE p.pick_list_id = t.pick_list_id AND p.order_id = t.order_id AND s.node_id = t.node_id AND ${WAITS})
    ORDER BY t.pick_list_id DESC LIMIT 1) r ON true`;

const ITEMS = `(SELECT coalesce(jsonb_agg(jsonb_build_object('skuCode', i.sku_code, 'name', i.name, 'units', i.units, 'bin', i.bin)
      ORDER BY i.bin NULLS LAST, i.sku_code), '[]') FROM (
    SELECT l.sku_code, l.name, b.bin, sum(s.to_unit - s.from_unit + 1)::int AS units
    FROM line_spans s JOIN order_lines l ON l.id = s.line_id LEFT JOIN node_stock b ON b.sku_id = l.sku_id AND b.node_id = w.node_id
    WHERE s.order_id = w.order_id AND s.node_id = w.node_id AND ${WAITS} GROUP BY 1, 2, 3) i)`;

type Raw = Omit<QueueRow, 'pick'> & {
  readonly listId: string | null;
  readonly listNumber: string | null;
  readonly by: string | null;
  readonly since: Date | null;
};

/**
 * The warehouse's queue: orders with waiting units, by node, oldest first. Held orders are left out; they wait for a person.
 * Grouping needs all of a node's waiting spans, which are few: a span leaves the partial index when it ships.
 */
export async function readQueue(db: Queryable, scope: Scope, request: QueueFilter & PageRequest): Promise<Page<QueueRow>> {
  const where = new Conditions().plain(`${WAITS} AND s.node_id IS NOT NULL AND ${OURS}`);
  if (request.nodeId) where.add((p) => `s.node_id = ${p}`, request.nodeId);
  where.plain("o.holds = '{}'").scope(scope, 'o');
  const from = `(
    SELECT s.order_id, s.node_id, sum(s.to_unit - s.from_unit + 1) AS units, count(DISTINCT s.line_id) AS lines,
           o.number, o.merchant_id, o.customer_name, o.ship_to, o.placed_at, o.promised_from, o.holds
    FROM line_spans s JOIN orders o ON o.id = s.order_id WHERE ${where.where}
    GROUP BY s.order_id, s.node_id, o.id
  ) w JOIN nodes n ON n.id = w.node_id JOIN merchants m ON m.id = w.merchant_id ${ROUND}`;
  const page = new Conditions();
  for (const value of where.values) page.value(value);
  if (request.stage) page.add((p) => `coalesce(r.status, 'to_pick') = ${p}`, request.stage);
  if (request.list) page.add((p) => `r.number = ${p}`, request.list.toUpperCase());
  const found = await keysetPage<Raw>(
    db,
    {
      label: 'queue',
      columns: `w.order_id AS "orderId", w.number, w.node_id AS "nodeId", n.code AS "nodeCode", m.name AS "merchantName",
        w.customer_name AS "customerName", w.ship_to->>'country' AS country, w.units, w.lines, w.placed_at AS "placedAt", w.holds,
        ${IS_LATE} AS late, coalesce(r.status, 'to_pick') AS stage, r.pick_list_id AS "listId",
        r.number AS "listNumber", r.changed_by AS by, r.changed_at AS since, ${ITEMS} AS items`,
      from,
      where: page,
      by: 'w.placed_at',
      id: 'w.order_id',
      descending: false,
    },
    request,
  );
  const name = await resolveActors(
    db,
    found.items.map((row) => row.by),
  );
  return {
    ...found,
    items: found.items.map(({ listId, listNumber, by, since, ...row }) => ({
      ...row,
      pick: listId && listNumber && by && since ? { listId, listNumber, by: name(by), since } : null,
    })),
  };
}

export interface NodeQueue {
  readonly nodeId: string;
  readonly code: string;
  readonly name: string;
  readonly kind: string;
  /** Orders waiting there, to `COUNT_CAP`; of these, being picked, packed, and late. */
  readonly orders: number;
  readonly picking: number;
  readonly packed: number;
  readonly late: number;
}

/** Every node of the scope, or one of them, with how many orders wait there. */
export async function nodeQueues(db: Queryable, scope: Scope, nodeId?: string): Promise<NodeQueue[]> {
  const where = new Conditions().plain('n.active').scope(scope, 'n', null);
  if (nodeId) where.add((p) => `n.id = ${p}`, nodeId);
  const text = `SELECT n.id AS "nodeId", n.code, n.name, n.kind, c.orders, c.picking, c.packed, c.late
    FROM nodes n CROSS JOIN LATERAL (
      SELECT count(*)::int AS orders, count(*) FILTER (WHERE r.status = 'picking')::int AS picking,
             count(*) FILTER (WHERE r.status = 'packed')::int AS packed,
             count(*) FILTER (WHERE ${IS_LATE})::int AS late
      FROM (SELECT DISTINCT s.order_id, s.node_id, o.placed_at, o.promised_from FROM line_spans s JOIN orders o ON o.id = s.order_id AND o.holds = '{}'
            WHERE s.node_id = n.id AND ${WAITS} AND ${OURS} LIMIT ${COUNT_CAP}) w ${ROUND}) c
    WHERE ${where.where} ORDER BY n.code, n.id LIMIT 200`;
  const { rows } = await db.query<NodeQueue>(prepared('queue-nodes', text, where.values));
  return rows;
}
