import type { Queryable } from '../platform/db.ts';
import { Conditions, prepared } from './conditions.ts';
import { keysetPage, type PageRequest } from './keyset.ts';
import type { Page } from './pages.ts';
import { skuMatches } from './products.ts';
import type { Scope } from './scope.ts';

/**
 * What is worth looking for: units that are missing, nothing left to promise, what fell to its reorder point, units that somebody waits for; and
 * what needs attention, which is any of the first three.
 */
export const LEVEL_VIEWS = ['attention', 'short', 'none', 'low', 'backordered'] as const;
export const LEVEL_SORTS = ['code', '-code'] as const;

/** More columns than this no screen shows; a filter by node reaches the others. */
export const MOST_NODES = 40;

export interface LevelsRequest extends PageRequest {
  readonly q?: string | undefined;
  readonly merchantId?: string | undefined;
  /** Only what these nodes hold, and only their columns. */
  readonly nodeIds?: readonly string[] | undefined;
  readonly show?: (typeof LEVEL_VIEWS)[number] | undefined;
  /** By code. Totals have no index, so that selling writes none, and nothing sorts by them. */
  readonly sort?: (typeof LEVEL_SORTS)[number] | undefined;
}

/** What a node holds of a SKU. */
export interface LevelCell {
  readonly onHand: bigint;
  readonly allocated: bigint;
  readonly short: bigint;
}

export interface LevelRow {
  readonly skuId: string;
  readonly code: string;
  readonly name: string;
  readonly merchantId: string;
  readonly merchantName: string;
  /** Over all nodes and regions, whatever columns are shown. */
  readonly onHand: bigint;
  readonly allocated: bigint;
  readonly short: bigint;
  readonly sellable: bigint;
  readonly promised: bigint;
  readonly available: bigint;
  readonly shortfall: bigint;
  /** It fell to a reorder point, at a node or over all. */
  readonly low: boolean;
  /** Units sold beyond stock that wait. */
  readonly waiting: bigint;
  /** By node id; a node without a cell never held it. */
  readonly cells: Readonly<Record<string, LevelCell>>;
}

export interface LevelNode {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly merchantId: string;
}

export interface LevelsPage extends Page<LevelRow> {
  /** The columns. */
  readonly nodes: LevelNode[];
  /** Nodes that have no column, because there are too many. */
  readonly hiddenNodes: number;
}

/** What may still be promised of a supply row `v`: nothing while units are missing. */
export const AVAILABLE =
  'CASE WHEN v.shortfall > 0 THEN 0 ELSE greatest(greatest(v.sellable, 0) + v.limit_over - v.promised, 0) END';

const SHORT = `EXISTS (SELECT 1 FROM shortage_work w WHERE w.sku_id = k.id AND w.status = 'open')`;
const NONE = `NOT EXISTS (SELECT 1 FROM sku_supply v WHERE v.sku_id = k.id AND ${AVAILABLE} > 0)`;
const LOW = 'EXISTS (SELECT 1 FROM stock_alerts a WHERE a.sku_id = k.id AND a.closed_at IS NULL)';
const SHOWN: Readonly<Record<(typeof LEVEL_VIEWS)[number], string>> = {
  attention: `(${SHORT} OR ${NONE} OR ${LOW})`,
  // Few at any time: found first, and then by their ids, however many SKUs there are.
  short: `k.id = ANY(ARRAY(SELECT sku_id FROM shortage_work WHERE status = 'open'))`,
  none: NONE,
  low: 'k.id = ANY(ARRAY(SELECT sku_id FROM stock_alerts WHERE closed_at IS NULL))',
  backordered: 'k.id = ANY(ARRAY(SELECT DISTINCT sku_id FROM backorders))',
};

const COLUMNS = `k.id AS "skuId", k.code, k.name, k.merchant_id AS "merchantId", m.name AS "merchantName", coalesce(n.on_hand, 0) AS "onHand",
  coalesce(n.allocated, 0) AS allocated, coalesce(n.short, 0) AS short, coalesce(s.sellable, 0) AS sellable, coalesce(s.promised, 0) AS promised,
  coalesce(s.available, 0) AS available, coalesce(s.shortfall, 0) AS shortfall, coalesce(b.waiting, 0) AS waiting,
  ${LOW} AS low`;

const FROM = `skus k JOIN merchants m ON m.id = k.merchant_id
  LEFT JOIN LATERAL (SELECT sum(on_hand)::bigint AS on_hand, sum(allocated)::bigint AS allocated, sum(short)::bigint AS short
    FROM node_stock WHERE sku_id = k.id) n ON true
  LEFT JOIN LATERAL (SELECT sum(v.sellable)::bigint AS sellable, sum(v.promised)::bigint AS promised, sum(v.shortfall)::bigint AS shortfall,
    sum(${AVAILABLE})::bigint AS available FROM sku_supply v WHERE v.sku_id = k.id) s ON true
  LEFT JOIN LATERAL (SELECT sum(to_unit - from_unit + 1)::bigint AS waiting FROM backorders WHERE sku_id = k.id) b ON true`;

/** One page of stocked SKUs by code, with what each node holds of them: one statement for the rows, one for the cells. */
export async function listLevels(db: Queryable, scope: Scope, request: LevelsRequest): Promise<LevelsPage> {
  const where = new Conditions().plain('k.stocked').scope(scope, 'k', null);
  const { q, merchantId, nodeIds, show } = request;
  if (q?.trim()) skuMatches(where, q);
  if (merchantId) where.add((p) => `k.merchant_id = ${p}`, merchantId);
  if (nodeIds?.length)
    where.add((p) => `EXISTS (SELECT 1 FROM node_stock e WHERE e.sku_id = k.id AND e.node_id = ANY(${p}))`, nodeIds);
  if (show) where.plain(SHOWN[show]);
  const page = await keysetPage<Omit<LevelRow, 'cells'>>(
    db,
    {
      label: 'levels',
      columns: COLUMNS,
      from: FROM,
      where,
      by: 'k.code',
      id: 'k.id',
      descending: request.sort === '-code',
      cast: 'text',
      check: (value) => value.length <= 200,
    },
    request,
  );
  const { nodes, hiddenNodes, cells } = await readCells(db, page.items, merchantId ?? scope.merchantId, nodeIds);
  return { ...page, items: page.items.map((row) => ({ ...row, cells: cells.get(row.skuId) ?? {} })), nodes, hiddenNodes };
}

interface CellRow extends LevelNode, LevelCell {
  readonly skuId: string | null;
  readonly nodes: number;
}

/**
 * The nodes of the rows' merchants with what they hold of the rows. One merchant's nodes have a column each, whether or not they hold
 * anything; of several merchants only those that do, since most would be empty.
 */
async function readCells(
  db: Queryable,
  rows: readonly Omit<LevelRow, 'cells'>[],
  merchantId: string | null,
  nodeIds: readonly string[] | undefined,
): Promise<{ nodes: LevelNode[]; hiddenNodes: number; cells: Map<string, Record<string, LevelCell>> }> {
  const where = new Conditions();
  const skuIds = where.value(rows.map((row) => row.skuId));
  const most = where.value(MOST_NODES);
  if (nodeIds?.length) where.add((p) => `n.id = ANY(${p}::uuid[])`, nodeIds);
  where.add((p) => `n.merchant_id = ANY(${p}::uuid[])`, [...new Set(rows.map((row) => row.merchantId))]);
  where.plain(merchantId === null ? 'h.held' : '(n.active OR h.held)');
  const text = `WITH stock AS MATERIALIZED (
      SELECT sku_id, node_id, on_hand, allocated, short FROM node_stock WHERE sku_id = ANY(${skuIds}::uuid[])),
    shown AS (
      SELECT n.id, n.code, n.name, n.merchant_id, n.priority, (count(*) OVER ())::int AS nodes
      FROM nodes n CROSS JOIN LATERAL (SELECT EXISTS (SELECT 1 FROM stock WHERE node_id = n.id) AS held) h
      WHERE ${where.where} ORDER BY n.priority, n.code, n.id LIMIT ${most})
    SELECT d.id, d.code, d.name, d.merchant_id AS "merchantId", d.nodes, s.sku_id AS "skuId", s.on_hand AS "onHand", s.allocated, s.short
    FROM shown d LEFT JOIN stock s ON s.node_id = d.id ORDER BY d.priority, d.code, d.id`;
  const found = await db.query<CellRow>(prepared('levels-cells', text, where.values));
  const nodes = new Map<string, LevelNode>();
  const cells = new Map<string, Record<string, LevelCell>>();
  for (const { id, code, name, merchantId: owner, skuId, onHand, allocated, short } of found.rows) {
    if (!nodes.has(id)) nodes.set(id, { id, code, name, merchantId: owner });
    if (skuId === null) continue;
    const own = cells.get(skuId) ?? {};
    own[id] = { onHand, allocated, short };
    cells.set(skuId, own);
  }
  return { nodes: [...nodes.values()], hiddenNodes: (found.rows[0]?.nodes ?? nodes.size) - nodes.size, cells };
}
