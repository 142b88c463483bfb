import { type Invariant, skuInScope } from './invariant.ts';

/** What came of purchase orders is what their receipts say and what movements put on the shelf, per order and SKU. */
const PURCHASES: Invariant = {
  id: 'stock.purchases',
  group: 2,
  title: 'What arrived of purchase orders is on their receipts and in movements, and no more than was allowed',
  sql: `
    WITH lines AS (
      SELECT o.number, o.status, l.* FROM purchase_order_lines l JOIN purchase_orders o ON o.id = l.purchase_order_id
      WHERE ${skuInScope('l.sku_id')}),
    unloaded AS (
      SELECT t.line_id, sum(t.received) AS received, sum(t.damaged) AS damaged
      FROM purchase_receipt_lines t JOIN purchase_order_lines l ON l.id = t.line_id WHERE ${skuInScope('l.sku_id')} GROUP BY t.line_id),
    moved AS (
      SELECT reference, sku_id, sum(on_hand_delta) AS units FROM stock_movements
      WHERE kind = 'receive' AND reference IS NOT NULL AND ${skuInScope('sku_id')} GROUP BY reference, sku_id)
    SELECT format('purchase order %s', l.number), format('line %s: ordered %s (+%s), received %s, damaged %s, cancelled %s, open %s; receipts %s and %s',
             l.position, l.ordered, l.over_allowed, l.received, l.damaged, l.cancelled, l.open_units, COALESCE(u.received, 0), COALESCE(u.damaged, 0))
    FROM lines l LEFT JOIN unloaded u ON u.line_id = l.id
    WHERE l.received <> COALESCE(u.received, 0) OR l.damaged <> COALESCE(u.damaged, 0)
       OR l.received + l.damaged + l.cancelled > l.ordered + l.over_allowed
       OR l.open_units <> CASE WHEN l.status IN ('ordered', 'partly_received')
                               THEN GREATEST(l.ordered - l.received - l.damaged - l.cancelled, 0) ELSE 0 END
    UNION ALL
    SELECT format('purchase order %s', l.number), format('SKU %s: received %s, movements brought %s', l.sku_id, l.units, COALESCE(m.units, 0))
    FROM (SELECT id, number, sku_id, sum(received) AS units FROM
            (SELECT purchase_order_id AS id, number, sku_id, received FROM lines) each GROUP BY id, number, sku_id) l
    LEFT JOIN moved m ON m.reference = l.id::text AND m.sku_id = l.sku_id
    WHERE l.units <> COALESCE(m.units, 0)`,
};

/** Group 2, further: what stock goes through before anybody orders it. */
export const STOCK_WORK_INVARIANTS: readonly Invariant[] = [PURCHASES];
