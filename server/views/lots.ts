import type { Queryable } from '../platform/db.ts';
import { Conditions, prepared } from './conditions.ts';
import type { Scope } from './scope.ts';

/** A lot at a node, as somebody at the shelf wants it: what expires first comes first. */
export interface LotRow {
  readonly id: string;
  readonly nodeCode: string;
  /** Empty where nobody said which lot it is. */
  readonly code: string;
  readonly expiresOn: string | null;
  readonly onHand: bigint;
  readonly expired: bigint;
}

/** The lots of a SKU that are on a shelf, or expired there; null where it is not tracked by lot. */
export async function listLots(db: Queryable, scope: Scope, skuId: string): Promise<LotRow[] | null> {
  const sku = new Conditions().add((p) => `k.id = ${p}`, skuId).scope(scope, 'k', null);
  const tracked = await db.query<{ byLot: boolean }>(
    prepared('sku-by-lot', `SELECT k.by_lot AS "byLot" FROM skus k WHERE ${sku.where}`, sku.values),
  );
  if (!tracked.rows[0]?.byLot) return null;
  const where = new Conditions().add((p) => `l.sku_id = ${p}`, skuId).scope(scope, 'l', null);
  const text = `SELECT l.id, n.code AS "nodeCode", l.code, l.expires_on::text AS "expiresOn", l.on_hand AS "onHand", l.expired
    FROM stock_lots l JOIN nodes n ON n.id = l.node_id WHERE ${where.where} AND l.on_hand + l.expired > 0
    ORDER BY l.expires_on NULLS LAST, l.created_at, l.id LIMIT 500`;
  return (await db.query<LotRow>(prepared('lots-of-sku', text, where.values))).rows;
}
