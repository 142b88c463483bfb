import { DomainError } from '../kernel/errors.ts';
import { isId } from '../kernel/ids.ts';
import type { Queryable } from '../platform/db.ts';
import { type Actor, resolveActors } from './actors.ts';
import { Conditions, prepared } from './conditions.ts';
import { keysetPage, type PageRequest } from './keyset.ts';
import { AVAILABLE } from './levels.ts';
import type { Page } from './pages.ts';
import { skuMatches } from './products.ts';
import type { Scope } from './scope.ts';

export interface SupplyView {
  readonly region: string;
  readonly sellable: bigint;
  readonly promised: bigint;
  readonly limitOver: bigint;
  readonly shortfall: bigint;
  /** What may still be promised: sellable + limit − promised, never below zero, and nothing while units are missing. */
  readonly available: bigint;
  readonly version: bigint;
}

export interface NodeLevel {
  readonly nodeId: string;
  readonly nodeCode: string;
  readonly nodeName: string;
  readonly region: string;
  readonly onHand: bigint;
  readonly allocated: bigint;
  readonly safety: bigint;
  readonly short: bigint;
  readonly bin: string | null;
  readonly version: bigint;
}

export interface StockRow {
  readonly skuId: string;
  readonly code: string;
  readonly name: string;
  readonly merchantId: string;
  readonly merchantName: string;
  readonly onHand: bigint;
  readonly allocated: bigint;
  readonly sellable: bigint;
  readonly promised: bigint;
  readonly available: bigint;
  readonly shortfall: bigint;
  readonly nodes: number;
}

export interface StockFilter {
  readonly q?: string | undefined;
  readonly nodeId?: string | undefined;
  /** Only SKUs of which nothing can be promised, or with units that are not there. */
  readonly attention?: boolean | undefined;
}

function conditions(scope: Scope, filter: StockFilter): Conditions {
  const where = new Conditions().plain('k.stocked').scope(scope, 'k', null);
  if (filter.q?.trim()) skuMatches(where, filter.q);
  if (filter.nodeId)
    where.add((p) => `EXISTS (SELECT 1 FROM node_stock e WHERE e.sku_id = k.id AND e.node_id = ${p})`, filter.nodeId);
  if (filter.attention) {
    where.plain(`EXISTS (SELECT 1 FROM sku_supply v WHERE v.sku_id = k.id AND (v.shortfall > 0 OR ${AVAILABLE} = 0))`);
  }
  return where;
}

/** Stocked SKUs by code with their totals over the nodes and regions of the database. */
export async function listStock(db: Queryable, scope: Scope, request: StockFilter & PageRequest): Promise<Page<StockRow>> {
  return keysetPage(
    db,
    {
      label: 'stock-list',
      columns: `k.id AS "skuId", k.code, k.name, k.merchant_id AS "merchantId", m.name AS "merchantName", coalesce(n.on_hand, 0) AS "onHand",
        coalesce(n.allocated, 0) AS allocated, coalesce(s.sellable, 0) AS sellable, coalesce(s.promised, 0) AS promised,
        coalesce(s.available, 0) AS available, coalesce(s.shortfall, 0) AS shortfall, coalesce(n.nodes, 0) AS nodes`,
      from: `skus k JOIN merchants m ON m.id = k.merchant_id
        LEFT JOIN LATERAL (SELECT sum(on_hand)::bigint AS on_hand, sum(allocated)::bigint AS allocated, count(*)::int AS nodes
          FROM node_stock WHERE sku_id = k.id) n ON true
        LEFT JOIN LATERAL (SELECT sum(v.sellable)::bigint AS sellable, sum(v.promised)::bigint AS promised, sum(v.shortfall)::bigint AS shortfall,
          sum(${AVAILABLE})::bigint AS available FROM sku_supply v WHERE v.sku_id = k.id) s ON true`,
      where: conditions(scope, request),
      by: 'k.code',
      id: 'k.id',
      descending: false,
      cast: 'text',
      check: (value) => value.length <= 200,
    },
    request,
  );
}

export interface StockPage {
  readonly sku: {
    readonly id: string;
    readonly code: string;
    readonly name: string;
    readonly merchantId: string;
    readonly merchantName: string;
    readonly stocked: boolean;
  };
  readonly supply: SupplyView[];
  readonly nodes: NodeLevel[];
  readonly work: {
    readonly id: string;
    readonly nodeCode: string | null;
    readonly shortfall: bigint;
    readonly short: bigint;
    readonly reason: string;
    readonly openedAt: Date;
  }[];
}

const SUPPLY = `SELECT v.region, v.sellable, v.promised, v.limit_over AS "limitOver", v.shortfall, ${AVAILABLE} AS available, v.version
  FROM sku_supply v WHERE v.sku_id = $1 ORDER BY v.region`;

const NODES = `
  SELECT s.node_id AS "nodeId", n.code AS "nodeCode", n.name AS "nodeName", s.region, s.on_hand AS "onHand", s.allocated, s.safety, s.short,
         s.bin, s.version
  FROM node_stock s JOIN nodes n ON n.id = s.node_id WHERE s.sku_id = $1 ORDER BY n.code`;

const WORK = `
  SELECT w.id, n.code AS "nodeCode", w.shortfall, w.short, w.reason, w.opened_at AS "openedAt"
  FROM shortage_work w LEFT JOIN nodes n ON n.id = w.node_id WHERE w.sku_id = $1 AND w.status = 'open' ORDER BY w.opened_at`;

/** One SKU's stock by code. A code names one SKU of each merchant; `merchantId` picks where the reader sees several. */
export async function readStock(db: Queryable, scope: Scope, code: string, merchantId?: string): Promise<StockPage> {
  const where = new Conditions().add((p) => `k.code = ${p}`, code).scope(scope, 'k', null);
  if (merchantId) where.add((p) => `k.merchant_id = ${p}`, merchantId);
  const text = `SELECT k.id, k.code, k.name, k.merchant_id AS "merchantId", m.name AS "merchantName", k.stocked
    FROM skus k JOIN merchants m ON m.id = k.merchant_id WHERE ${where.where} ORDER BY m.name LIMIT 1`;
  const found = await db.query<StockPage['sku']>(prepared('stock-sku', text, where.values));
  const [sku] = found.rows;
  if (sku === undefined) throw new DomainError('not_found', `There is no SKU ${code}.`);
  const supply = await db.query<SupplyView>(prepared('stock-supply', SUPPLY, [sku.id]));
  const nodes = await db.query<NodeLevel>(prepared('stock-nodes', NODES, [sku.id]));
  const work = await db.query<StockPage['work'][number]>(prepared('stock-work', WORK, [sku.id]));
  return { sku, supply: supply.rows, nodes: nodes.rows, work: work.rows };
}

export interface MovementRow {
  readonly id: string;
  readonly kind: string;
  readonly nodeCode: string | null;
  readonly onHandDelta: bigint;
  readonly allocatedDelta: bigint;
  readonly safetyDelta: bigint;
  readonly promisedDelta: bigint;
  readonly sellableDelta: bigint;
  readonly orderNumber: string | null;
  readonly reason: string | null;
  readonly reference: string | null;
  readonly actor: Actor;
  readonly at: Date;
}

/** A SKU's stock movements, newest first. */
export async function listMovements(
  db: Queryable,
  scope: Scope,
  request: PageRequest & { readonly skuId: string },
): Promise<Page<MovementRow>> {
  const where = new Conditions().add((p) => `v.sku_id = ${p}`, request.skuId).scope(scope, 'v', null);
  const page = await keysetPage<Omit<MovementRow, 'actor'> & { actor: string }>(
    db,
    {
      label: 'stock-movements',
      columns: `v.id, v.kind, n.code AS "nodeCode", v.on_hand_delta AS "onHandDelta", v.allocated_delta AS "allocatedDelta",
        v.safety_delta AS "safetyDelta", v.promised_delta AS "promisedDelta", v.sellable_delta AS "sellableDelta", o.number AS "orderNumber",
        v.reason, v.reference, v.actor, v.at`,
      from: 'stock_movements v LEFT JOIN nodes n ON n.id = v.node_id LEFT JOIN orders o ON o.id = v.order_id',
      where,
      // The key is a UUIDv7 under stock_movements_by_sku: it is the order of time.
      by: 'v.id',
      id: 'v.id',
      cast: 'uuid',
      check: isId,
    },
    request,
  );
  const name = await resolveActors(
    db,
    page.items.map((row) => row.actor),
  );
  return { ...page, items: page.items.map((row) => ({ ...row, actor: name(row.actor) })) };
}
