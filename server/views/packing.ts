import { DomainError } from '../kernel/errors.ts';
import type { Queryable } from '../platform/db.ts';
import { Conditions, prepared } from './conditions.ts';
import type { Scope } from './scope.ts';

/** What lies on the packing table: an order's goods that wait at a node and are in no parcel. */
export interface PackingLine {
  readonly lineId: string;
  readonly skuCode: string;
  readonly barcode: string | null;
  readonly name: string;
  readonly units: number;
  /** Of one unit; 0 where the catalogue does not know. */
  readonly weightGrams: number;
}

export async function readPacking(
  db: Queryable,
  scope: Scope,
  about: { readonly orderId: string; readonly nodeId: string },
): Promise<readonly PackingLine[]> {
  const where = new Conditions()
    .add((p) => `o.id = ${p}`, about.orderId)
    .add((p) => `s.node_id = ${p}`, about.nodeId)
    .plain(`s.state = 'allocated' AND s.shipment_id IS NULL`)
    .scope(scope, 'o', null);
  const text = `SELECT l.id AS "lineId", k.code AS "skuCode", k.barcode, l.name, sum(s.to_unit - s.from_unit + 1)::int AS units,
      k.weight_grams AS "weightGrams"
    FROM orders o JOIN line_spans s ON s.order_id = o.id JOIN order_lines l ON l.id = s.line_id JOIN skus k ON k.id = l.sku_id
    WHERE ${where.where} GROUP BY l.id, l.position, l.name, k.id ORDER BY l.position`;
  const { rows } = await db.query<PackingLine>(prepared('packing', text, where.values));
  if (rows.length === 0) throw new DomainError('not_found', 'Nothing of this order waits to be packed at this node.');
  return rows;
}
