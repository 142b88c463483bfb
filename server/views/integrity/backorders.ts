import { type Invariant, orderInScope, skuInScope } from './invariant.ts';

const QUEUE: Invariant = {
  id: 'orders.backorders',
  group: 3,
  title: 'The queue of waiting units is the units sold before they were here, each once',
  sql: `
    WITH queued AS (
      SELECT line_id, min(order_id::text) AS order_id, sum(to_unit - from_unit + 1) AS units, bool_or(from_unit <= previous) AS twice FROM (
        SELECT *, lag(to_unit) OVER (PARTITION BY line_id ORDER BY from_unit) AS previous FROM backorders WHERE ${orderInScope('order_id')}) b
      GROUP BY line_id),
    inside AS (
      SELECT b.line_id, sum(least(b.to_unit, s.to_unit) - greatest(b.from_unit, s.from_unit) + 1) AS units
      FROM backorders b JOIN line_spans s ON s.line_id = b.line_id AND s.order_id = b.order_id AND s.state = 'backordered'
       AND s.from_unit <= b.to_unit AND s.to_unit >= b.from_unit
      WHERE ${orderInScope('b.order_id')} GROUP BY b.line_id),
    spans AS (
      SELECT line_id, sum(to_unit - from_unit + 1) AS units FROM line_spans
      WHERE state = 'backordered' AND ${orderInScope('order_id')} GROUP BY line_id)
    SELECT 'line ' || COALESCE(q.line_id, s.line_id),
           format('%s units are backordered, %s are queued, %s of those inside%s', COALESCE(s.units, 0), COALESCE(q.units, 0), COALESCE(i.units, 0),
                  CASE WHEN q.twice THEN ', some of them twice' ELSE '' END)
    FROM queued q FULL JOIN spans s ON s.line_id = q.line_id LEFT JOIN inside i ON i.line_id = COALESCE(q.line_id, s.line_id)
    WHERE COALESCE(q.units, 0) <> COALESCE(s.units, 0) OR COALESCE(i.units, 0) <> COALESCE(s.units, 0) OR q.twice`,
};

/** A limit outlives the policy that set it while units wait, and is never above what some policy allowed. */
const LIMIT: Invariant = {
  id: 'stock.limit',
  group: 2,
  title: 'Nothing is promised beyond stock that no policy allowed',
  sql: `
    WITH allowed AS (
      SELECT sku_id, region, max(limit_units) AS units FROM backorder_policies WHERE ${skuInScope('sku_id')} GROUP BY sku_id, region)
    SELECT format('SKU %s in %s', s.sku_id, s.region), format('limit %s, its policies allowed %s', s.limit_over, COALESCE(a.units, 0))
    FROM sku_supply s LEFT JOIN allowed a ON a.sku_id = s.sku_id AND a.region = s.region
    WHERE ${skuInScope('s.sku_id')} AND s.limit_over > COALESCE(a.units, 0)`,
};

export const BACKORDER_INVARIANTS: readonly Invariant[] = [QUEUE, LIMIT];
