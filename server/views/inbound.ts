import type { Queryable } from '../platform/db.ts';
import { Conditions, prepared } from './conditions.ts';
import type { Scope } from './scope.ts';

/** Units of a SKU that are on their way to a node. */
export interface InboundRow {
  readonly kind: 'purchase_order' | 'transfer';
  readonly number: string;
  /** The supplier, or the node that sent them. */
  readonly from: string;
  readonly nodeCode: string;
  readonly units: bigint;
  /** A transfer has no day: it comes when it comes. */
  readonly expectedOn: string | null;
}

/** More than these nobody waits for at once. */
const MOST = 200;

/** What is on its way of one SKU, by day: what suppliers owe, and what travels between nodes. */
export async function listInbound(db: Queryable, scope: Scope, skuId: string): Promise<InboundRow[]> {
  const where = new Conditions().add((p) => `l.sku_id = ${p}`, skuId).scope(scope, 'o', null);
  const text = `SELECT 'purchase_order' AS kind, o.number, o.supplier AS "from", n.code AS "nodeCode", l.open_units AS units,
      coalesce(l.expected_on, o.expected_on)::text AS "expectedOn"
    FROM purchase_order_lines l JOIN purchase_orders o ON o.id = l.purchase_order_id JOIN nodes n ON n.id = o.node_id
    WHERE l.open_units > 0 AND ${where.where}
    UNION ALL
    SELECT 'transfer', o.number, a.code, n.code, l.in_transit, NULL
    FROM stock_transfer_lines l JOIN stock_transfers o ON o.id = l.transfer_id JOIN nodes n ON n.id = o.to_node_id
    JOIN nodes a ON a.id = o.from_node_id WHERE l.in_transit > 0 AND ${where.where}
    ORDER BY "expectedOn" NULLS LAST, number LIMIT ${MOST}`;
  return (await db.query<InboundRow>(prepared('inbound-of-sku', text, where.values))).rows;
}
