import type { Queryable } from '../platform/db.ts';
import { Conditions, prepared } from './conditions.ts';
import type { Scope } from './scope.ts';

/** A node that the reader may name, with whose it is. */
export interface PlaceOption {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly merchantId: string;
  readonly merchantName: string;
}

export async function listPlaces(db: Queryable, scope: Scope): Promise<PlaceOption[]> {
  const where = new Conditions().plain('n.active').scope(scope, 'n', null);
  const text = `SELECT n.id, n.code, n.name, n.merchant_id AS "merchantId", m.name AS "merchantName" FROM nodes n JOIN merchants m ON m.id = n.merchant_id
    WHERE ${where.where} ORDER BY m.name, n.priority, n.code LIMIT 500`;
  return (await db.query<PlaceOption>(prepared('goods-places', text, where.values))).rows;
}

/** Goods by what somebody typed or scanned: a code or a barcode. */
export interface FoundGoods {
  /** As it was asked for. */
  readonly asked: string;
  readonly skuId: string;
  readonly code: string;
  readonly name: string;
  readonly onHand: bigint;
  readonly allocated: bigint;
}

/** The stocked SKUs of a node's merchant behind codes or barcodes; what is not there is left out. */
export async function findGoods(db: Queryable, scope: Scope, nodeId: string, codes: readonly string[]): Promise<FoundGoods[]> {
  const where = new Conditions().add((p) => `n.id = ${p}`, nodeId).scope(scope, 'n', null);
  const asked = where.value([...new Set(codes)]);
  const text = `SELECT c.asked, k.id AS "skuId", k.code, k.name, coalesce(s.on_hand, 0) AS "onHand", coalesce(s.allocated, 0) AS allocated
    FROM unnest(${asked}::text[]) AS c(asked) CROSS JOIN nodes n
    JOIN LATERAL (SELECT k.* FROM skus k WHERE k.merchant_id = n.merchant_id AND k.stocked AND (k.code = c.asked OR k.barcode = c.asked)
                  ORDER BY k.code = c.asked DESC LIMIT 1) k ON true
    LEFT JOIN node_stock s ON s.sku_id = k.id AND s.node_id = n.id WHERE ${where.where}`;
  return (await db.query<FoundGoods>(prepared('goods-find', text, where.values))).rows;
}
