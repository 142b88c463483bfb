import { type Invariant, orderInScope, unitsValueSql } from './invariant.ts';

const SPANS: Invariant = {
  id: 'orders.spans',
  group: 3,
  title: 'The spans of each line partition its units',
  sql: `
    WITH spans AS (
      SELECT line_id, from_unit, to_unit, lag(to_unit) OVER (PARTITION BY line_id ORDER BY from_unit) AS previous
      FROM line_spans WHERE ${orderInScope('order_id')}),
    lines AS (
      SELECT line_id, min(from_unit) AS first, max(to_unit) AS last, bool_or(from_unit <> previous + 1) AS torn FROM spans GROUP BY line_id)
    SELECT 'line ' || l.id, CASE WHEN s.line_id IS NULL THEN 'has no spans'
      ELSE format('units 1 to %s, spans %s to %s%s', l.quantity, s.first, s.last, CASE WHEN s.torn THEN ' with a gap or an overlap' ELSE '' END) END
    FROM order_lines l LEFT JOIN lines s ON s.line_id = l.id
    WHERE ${orderInScope('l.order_id')} AND (s.line_id IS NULL OR s.first <> 1 OR s.last <> l.quantity OR s.torn)`,
};

const TOTALS: Invariant = {
  id: 'orders.totals',
  group: 3,
  title: 'Each order’s total is the sum of its lines',
  sql: `
    WITH sums AS (
      SELECT order_id, sum(total_minor) AS total, bool_or(total_minor <> net_minor - discount_minor + tax_minor) AS wrong
      FROM order_lines WHERE ${orderInScope('order_id')} GROUP BY order_id)
    SELECT 'order ' || o.number, format('total %s, lines add up to %s', o.total_minor, COALESCE(s.total, 0))
    FROM orders o LEFT JOIN sums s ON s.order_id = o.id
    WHERE ${orderInScope('o.id')} AND (s.order_id IS NULL OR o.total_minor <> s.total OR s.wrong)`,
};

const CANCELLED_VALUE: Invariant = {
  id: 'orders.cancelled_value',
  group: 3,
  title: 'Each order’s cancelled amount is the value of its cancelled units',
  sql: `
    WITH sums AS (
      SELECT s.order_id, sum(${unitsValueSql('l', 's.from_unit', 's.to_unit')}) AS value
      FROM line_spans s JOIN order_lines l ON l.id = s.line_id
      WHERE s.state = 'cancelled' AND ${orderInScope('s.order_id')} GROUP BY s.order_id)
    SELECT 'order ' || o.number, format('cancelled %s, its cancelled units are worth %s', o.cancelled_minor, COALESCE(s.value, 0))
    FROM orders o LEFT JOIN sums s ON s.order_id = o.id
    WHERE ${orderInScope('o.id')} AND o.cancelled_minor <> COALESCE(s.value, 0)`,
};

const CANCELLATION_FEES: Invariant = {
  id: 'orders.cancellation_fees',
  group: 3,
  title: 'What an order keeps of its cancellations is what was charged and not dropped, within what was cancelled',
  sql: `
    WITH sums AS (
      SELECT order_id, sum(amount_minor - dropped_minor) AS kept FROM cancellation_fees
      WHERE ${orderInScope('order_id')} GROUP BY order_id)
    SELECT 'order ' || o.number, format('keeps %s of %s cancelled, its fees add up to %s', o.cancellation_fee_minor, o.cancelled_minor,
                                        COALESCE(s.kept, 0))
    FROM orders o LEFT JOIN sums s ON s.order_id = o.id
    WHERE ${orderInScope('o.id')}
      AND (o.cancellation_fee_minor <> COALESCE(s.kept, 0) OR o.cancellation_fee_minor > o.cancelled_minor)`,
};

/** Judged by the goods that are not cancelled; by the services where no goods are left. */
const STATUS: Invariant = {
  id: 'orders.status',
  group: 3,
  title: 'Each order’s status is the function of its spans and payments',
  sql: `
    WITH units AS (
      SELECT l.order_id,
             bool_and(s.state = 'cancelled') AS all_cancelled,
             count(*) FILTER (WHERE l.stocked AND s.state IN ('shipped', 'delivered', 'returned')) AS stocked_gone,
             count(*) FILTER (WHERE l.stocked AND s.state <> 'cancelled') AS stocked_live,
             count(*) FILTER (WHERE s.state IN ('shipped', 'delivered', 'returned')) AS gone,
             count(*) FILTER (WHERE s.state <> 'cancelled') AS live
      FROM order_lines l JOIN line_spans s ON s.line_id = l.id
      WHERE ${orderInScope('l.order_id')} GROUP BY l.order_id),
    judged AS (
      SELECT u.*, CASE WHEN stocked_live > 0 THEN stocked_gone ELSE gone END AS fulfilled,
             CASE WHEN stocked_live > 0 THEN stocked_live ELSE live END AS wanted
      FROM units u),
    expected AS (
      SELECT o.number, o.status, CASE
        WHEN j.all_cancelled THEN 'CANCELLED'
        WHEN o.confirmed_at IS NULL THEN 'PENDING'
        WHEN o.captured_minor > 0 AND o.refunded_minor - o.goodwill_minor >= o.captured_minor AND j.fulfilled = j.wanted THEN 'REFUNDED'
        WHEN j.fulfilled = 0 THEN 'CONFIRMED'
        WHEN j.fulfilled = j.wanted THEN 'FULFILLED'
        ELSE 'PARTIALLY_FULFILLED' END AS derived
      FROM orders o JOIN judged j ON j.order_id = o.id
      WHERE ${orderInScope('o.id')})
    SELECT 'order ' || number, format('is %s, its units and payments say %s', status, derived) FROM expected WHERE status <> derived`,
};

/** One tender that is still asked for keeps an order unpaid unless the others hold all of it; one that failed lets the whole fail, unless another card took its place. */
const PAYMENT_STATUS: Invariant = {
  id: 'orders.payment_status',
  group: 3,
  title: 'Each order’s payment status is the function of its payments',
  sql: `
    WITH paid AS (
      SELECT order_id, bool_or(status = 'IN_DOUBT') AS in_doubt, bool_or(status = 'AUTHORIZED') AS authorized,
             COALESCE(sum(authorized_minor - captured_minor) FILTER (WHERE hold_id IS NOT NULL), 0) AS held,
             bool_or(status IN ('CREATED', 'REQUIRES_ACTION', 'FAILED')) AS awaited, bool_or(status = 'FAILED') AS failed,
             bool_and(status IN ('VOIDED', 'FAILED')) AS closed, bool_or(status = 'VOIDED') AS voided
      FROM payments p WHERE ${orderInScope('order_id')}
        AND NOT (status = 'FAILED' AND EXISTS (SELECT 1 FROM payments q WHERE q.order_id = p.order_id AND q.id > p.id
            AND (q.provider = p.provider OR q.method = p.method)))
      GROUP BY order_id),
    expected AS (
      SELECT o.number, o.payment_status, CASE
        WHEN p.in_doubt THEN 'IN_DOUBT'
        WHEN o.refunded_minor > 0 AND o.refunded_minor = o.captured_minor THEN 'REFUNDED'
        WHEN o.refunded_minor > 0 THEN 'PARTIALLY_REFUNDED'
        WHEN o.captured_minor > 0 AND o.captured_minor >= o.total_minor - o.cancelled_minor + o.cancellation_fee_minor THEN 'CAPTURED'
        WHEN o.captured_minor > 0 THEN 'PARTIALLY_CAPTURED'
        WHEN p.authorized AND p.awaited AND p.held < o.total_minor - o.cancelled_minor THEN 'UNPAID'
        WHEN p.authorized THEN 'AUTHORIZED'
        WHEN p.closed AND p.failed THEN 'FAILED'
        WHEN p.voided THEN 'VOIDED'
        ELSE 'UNPAID' END AS derived
      FROM orders o LEFT JOIN paid p ON p.order_id = o.id
      WHERE ${orderInScope('o.id')})
    SELECT 'order ' || number, format('is %s, its payments say %s', payment_status, derived) FROM expected WHERE payment_status <> derived`,
};

const SHIPPED_UNITS: Invariant = {
  id: 'orders.shipped_units',
  group: 3,
  title: 'Units are where their shipment says',
  sql: `
    WITH broken AS (
      SELECT s.line_id, s.from_unit, CASE
        WHEN l.stocked AND s.state = 'allocated' AND s.node_id IS NULL THEN 'allocated at no node'
        WHEN l.stocked AND s.state IN ('shipped', 'delivered') AND s.shipment_id IS NULL THEN format('%s without a shipment', s.state)
        WHEN s.state IN ('shipped', 'delivered', 'returned') AND p.status IN ('PENDING', 'LABELLED', 'CANCELLED')
          THEN format('%s in the %s shipment %s', s.state, p.status, h.number)
        WHEN s.state = 'delivered' AND p.status <> 'DELIVERED' THEN format('delivered by the %s shipment %s', p.status, h.number)
        WHEN s.state = 'returned' AND p.status NOT IN ('DELIVERED', 'RETURNED') THEN format('returned by the %s shipment %s', p.status, h.number)
        WHEN s.state IN ('open', 'backordered', 'allocated') AND p.status NOT IN ('PENDING', 'LABELLED')
          THEN format('%s in the %s shipment %s', s.state, p.status, h.number)
        WHEN s.shipment_id IS NOT NULL AND NOT EXISTS (
          SELECT FROM shipment_lines c
          WHERE c.shipment_id = s.shipment_id AND c.line_id = s.line_id AND c.from_unit <= s.from_unit AND c.to_unit >= s.to_unit)
          THEN format('not on the list of shipment %s', h.number)
        END AS detail
      FROM line_spans s JOIN order_lines l ON l.id = s.line_id LEFT JOIN shipments h ON h.id = s.shipment_id
      LEFT JOIN LATERAL (
        SELECT b.status FROM shipment_boxes b JOIN shipment_box_lines c ON c.box_id = b.id
        WHERE h.boxes > 0 AND b.shipment_id = h.id AND c.line_id = s.line_id AND c.from_unit <= s.to_unit AND c.to_unit >= s.from_unit
        UNION ALL SELECT h.status WHERE COALESCE(h.boxes, 0) = 0) p ON true
      WHERE ${orderInScope('s.order_id')})
    SELECT format('line %s from unit %s', line_id, from_unit), detail FROM broken WHERE detail IS NOT NULL`,
};

const SHIPMENT_VALUE: Invariant = {
  id: 'orders.shipment_value',
  group: 3,
  title: 'Each shipment’s value is the value of its units',
  sql: `
    WITH sums AS (
      SELECT c.shipment_id, sum(${unitsValueSql('l', 'c.from_unit', 'c.to_unit')}) AS value
      FROM shipment_lines c JOIN order_lines l ON l.id = c.line_id
      WHERE ${orderInScope('c.order_id')} GROUP BY c.shipment_id)
    SELECT 'shipment ' || h.number, format('value %s, its units are worth %s', h.value_minor, COALESCE(s.value, 0))
    FROM shipments h LEFT JOIN sums s ON s.shipment_id = h.id
    WHERE ${orderInScope('h.order_id')} AND h.value_minor <> COALESCE(s.value, 0)`,
};

/** What was sent again was in that shipment, and at most once for each unit. */
const REPLACEMENTS: Invariant = {
  id: 'orders.replacements',
  group: 3,
  title: 'No unit of a shipment is replaced twice, and a replacement is worth nothing',
  sql: `
    WITH instead AS (
      SELECT l.replaces_line_id AS line_id, l.replaces_shipment_id AS shipment_id, sum(s.to_unit - s.from_unit + 1) AS units,
             bool_or(l.total_minor <> 0) AS worth_something
      FROM order_lines l JOIN line_spans s ON s.line_id = l.id AND s.state <> 'cancelled'
      WHERE l.replaces_line_id IS NOT NULL AND ${orderInScope('l.order_id')} GROUP BY 1, 2),
    sent AS (
      SELECT line_id, shipment_id, sum(to_unit - from_unit + 1) AS units FROM shipment_lines
      WHERE ${orderInScope('order_id')} GROUP BY 1, 2)
    SELECT format('line %s of shipment %s', i.line_id, i.shipment_id),
           format('%s units replace %s%s', i.units, COALESCE(s.units, 0), CASE WHEN i.worth_something THEN ', and cost something' ELSE '' END)
    FROM instead i LEFT JOIN sent s ON s.line_id = i.line_id AND s.shipment_id = i.shipment_id
    WHERE i.units > COALESCE(s.units, 0) OR i.worth_something`,
};

const CURRENCY: Invariant = {
  id: 'orders.currency',
  group: 3,
  title: 'Payments, refunds, shipments and postings are in the order’s currency',
  sql: `
    WITH money AS (
      SELECT 'payment ' || id AS subject, order_id, currency FROM payments WHERE ${orderInScope('order_id')}
      UNION ALL SELECT 'refund ' || number, order_id, currency FROM refunds WHERE ${orderInScope('order_id')}
      UNION ALL SELECT 'shipment ' || number, order_id, currency FROM shipments WHERE ${orderInScope('order_id')}
      UNION ALL SELECT 'transfer ' || id, order_id, currency FROM transfers WHERE order_id IS NOT NULL AND ${orderInScope('order_id')})
    SELECT m.subject, format('%s on the %s order %s', m.currency, o.currency, o.number)
    FROM money m JOIN orders o ON o.id = m.order_id WHERE m.currency <> o.currency`,
};

/** Group 3: lines, spans and states agree. References are in references.ts. */
export const ORDER_INVARIANTS: readonly Invariant[] = [
  SPANS,
  TOTALS,
  CANCELLED_VALUE,
  CANCELLATION_FEES,
  STATUS,
  PAYMENT_STATUS,
  SHIPPED_UNITS,
  SHIPMENT_VALUE,
  REPLACEMENTS,
  CURRENCY,
];
