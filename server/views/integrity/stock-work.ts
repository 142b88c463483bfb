import { type Invariant, NOW, skuInScope } from './invariant.ts';

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

/** What left one node is in transit, arrived at the other, or was lost with its reason. */
const TRANSFERS: Invariant = {
  id: 'stock.transfers',
  group: 2,
  title: 'What transfers sent and received are movements at both ends, and what is between is in transit',
  sql: `
    WITH lines AS (
      SELECT t.number, t.status, t.id AS transfer, l.* FROM stock_transfer_lines l JOIN stock_transfers t ON t.id = l.transfer_id
      WHERE ${skuInScope('l.sku_id')}),
    moved AS (
      SELECT reference, sku_id, -sum(on_hand_delta) FILTER (WHERE kind = 'transfer_out') AS left_there,
             sum(on_hand_delta) FILTER (WHERE kind = 'transfer_in') AS came_here
      FROM stock_movements WHERE kind IN ('transfer_out', 'transfer_in') AND ${skuInScope('sku_id')} GROUP BY reference, sku_id)
    SELECT format('transfer %s', COALESCE(l.number, m.reference)),
           format('SKU %s: sent %s, received %s, lost %s, extra %s, in transit %s; movements %s and %s', COALESCE(l.sku_id, m.sku_id), l.sent, l.received,
                  l.lost, l.extra, l.in_transit, COALESCE(m.left_there, 0), COALESCE(m.came_here, 0))
    FROM lines l FULL JOIN moved m ON m.reference = l.transfer::text AND m.sku_id = l.sku_id
    WHERE l.id IS NULL OR l.sent <> COALESCE(m.left_there, 0) OR l.received <> COALESCE(m.came_here, 0)
       OR l.in_transit <> l.sent + l.extra - l.received - l.lost
       OR (l.status = 'received' AND l.in_transit <> 0) OR (l.status IN ('requested', 'cancelled') AND l.sent <> 0)`,
};

/** What a count found is what it moved, or waits for somebody. */
const COUNTS: Invariant = {
  id: 'stock.counts',
  group: 2,
  title: 'What counts applied are movements',
  sql: `
    SELECT format('count %s', c.number), format('SKU %s: expected %s, counted %s; movements %s', l.sku_id, l.expected, l.counted, COALESCE(m.units, 0))
    FROM stock_count_lines l JOIN stock_counts c ON c.id = l.count_id
    LEFT JOIN LATERAL (SELECT sum(v.on_hand_delta) AS units FROM stock_movements v
                       WHERE v.reference = c.id::text AND v.sku_id = l.sku_id AND v.node_id = c.node_id) m ON true
    WHERE ${skuInScope('l.sku_id')} AND COALESCE(m.units, 0) <> CASE WHEN l.status = 'applied' THEN l.counted - l.expected ELSE 0 END`,
};

/** Lots are a second ledger under the shelf: of tracked goods they add up to what is on hand. */
const LOTS: Invariant = {
  id: 'stock.lots',
  group: 2,
  title: 'Lots add up to what is on hand, and to what moved them',
  sql: `
    WITH sums AS (SELECT sku_id, node_id, sum(on_hand) AS units FROM stock_lots WHERE ${skuInScope('sku_id')} GROUP BY sku_id, node_id),
    moved AS (SELECT lot_id, sum(delta) AS units FROM lot_movements WHERE ${skuInScope('sku_id')} GROUP BY lot_id)
    SELECT format('SKU %s at node %s', n.sku_id, n.node_id), format('on hand %s, lots %s', n.on_hand, COALESCE(s.units, 0))
    FROM node_stock n LEFT JOIN sums s ON s.sku_id = n.sku_id AND s.node_id = n.node_id
    WHERE n.by_lot AND ${skuInScope('n.sku_id')} AND n.on_hand <> COALESCE(s.units, 0)
    UNION ALL
    SELECT format('lot %s', l.id), format('on hand %s, movements %s', l.on_hand, COALESCE(m.units, 0))
    FROM stock_lots l LEFT JOIN moved m ON m.lot_id = l.id
    WHERE ${skuInScope('l.sku_id')} AND l.on_hand <> COALESCE(m.units, 0)
    UNION ALL
    SELECT format('SKU %s', k.id), format('tracked by lot %s, at node %s %s', k.by_lot, n.node_id, n.by_lot)
    FROM node_stock n JOIN skus k ON k.id = n.sku_id WHERE ${skuInScope('n.sku_id')} AND k.by_lot <> n.by_lot`,
};

/**
 * Alerts follow a sweep of each half minute: what changed a moment ago is not late yet. Every point is looked at each time, because what was not late
 * when its SKU changed may be so when nothing of it changes any more.
 */
const ALERTS: Invariant = {
  id: 'stock.alerts',
  group: 2,
  title:
    'An alert is open exactly where what is left to sell is at its reorder point or below, two minutes after a change at the latest',
  sql: `
    WITH coming AS (
      SELECT l.sku_id, o.node_id, sum(l.open_units) AS units FROM purchase_order_lines l JOIN purchase_orders o ON o.id = l.purchase_order_id
      WHERE l.open_units > 0 GROUP BY l.sku_id, o.node_id),
    anywhere AS (SELECT sku_id, sum(units) AS units FROM coming GROUP BY sku_id),
    standing AS (
      SELECT r.*, a.id AS alert, CASE WHEN r.node_id IS NULL THEN COALESCE(s.sellable - s.promised, 0) ELSE COALESCE(n.on_hand - n.allocated - n.safety, 0) END
        + CASE WHEN p.low_counts_inbound IS FALSE THEN 0 WHEN r.node_id IS NULL THEN COALESCE(e.units, 0) ELSE COALESCE(c.units, 0) END AS position
      FROM reorder_points r LEFT JOIN stock_alerts a ON a.point_id = r.id AND a.closed_at IS NULL
      LEFT JOIN sku_supply s ON s.sku_id = r.sku_id AND s.region = r.region
      LEFT JOIN node_stock n ON n.sku_id = r.sku_id AND n.node_id = r.node_id
      LEFT JOIN stock_policies p ON p.merchant_id = r.merchant_id
      LEFT JOIN anywhere e ON e.sku_id = r.sku_id
      LEFT JOIN coming c ON c.sku_id = r.sku_id AND c.node_id = r.node_id
      WHERE r.point IS NOT NULL OR a.id IS NOT NULL)
    SELECT format('SKU %s at %s', t.sku_id, COALESCE(t.node_id::text, 'all nodes')),
           format('%s left to sell, reorder point %s, %s', t.position, COALESCE(t.point::text, 'none'), CASE WHEN t.alert IS NULL THEN 'no alert' ELSE 'an open alert' END)
    FROM standing t
    WHERE (t.alert IS NOT NULL) <> COALESCE(t.position <= t.point, false)
      AND NOT EXISTS (SELECT FROM (SELECT at FROM stock_movements m WHERE m.sku_id = t.sku_id ORDER BY m.id DESC LIMIT 20) moved
                      WHERE moved.at > ${NOW} - interval '2 minutes')
      AND NOT EXISTS (SELECT FROM events e WHERE e.at > ${NOW} - interval '2 minutes'
                      AND (e.aggregate_id = t.sku_id OR (e.aggregate_id = t.merchant_id AND e.aggregate = 'stock_policy')
                           OR e.aggregate_id IN (SELECT l.purchase_order_id FROM purchase_order_lines l WHERE l.sku_id = t.sku_id)))`,
};

/** Group 2, further: what stock goes through before anybody orders it. */
export const STOCK_WORK_INVARIANTS: readonly Invariant[] = [PURCHASES, TRANSFERS, COUNTS, LOTS, ALERTS];
