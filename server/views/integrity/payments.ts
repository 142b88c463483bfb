import { type Invariant, orderInScope, shareSql } from './invariant.ts';

const WITHIN: Invariant = {
  id: 'money.within',
  group: 4,
  title: 'Captured is within the total, refunded within captured, goodwill within refunded',
  sql: `
    SELECT 'order ' || number, format('total %s, captured %s, refunded %s, goodwill %s', total_minor, captured_minor, refunded_minor, goodwill_minor)
    FROM orders
    WHERE ${orderInScope('id')}
      AND NOT (0 <= goodwill_minor AND goodwill_minor <= refunded_minor AND refunded_minor <= captured_minor AND captured_minor <= total_minor)
    UNION ALL
    SELECT 'payment ' || id, format('authorized %s, captured %s, refunded %s', authorized_minor, captured_minor, refunded_minor)
    FROM payments
    WHERE ${orderInScope('order_id')}
      AND NOT (0 <= refunded_minor AND refunded_minor <= captured_minor AND captured_minor <= authorized_minor)`,
};

const ORDER_SUMS: Invariant = {
  id: 'money.order_sums',
  group: 4,
  title: 'Each order’s captured and refunded amounts are those of its payments',
  sql: `
    WITH sums AS (
      SELECT order_id, sum(captured_minor) AS captured, sum(refunded_minor) AS refunded
      FROM payments WHERE ${orderInScope('order_id')} GROUP BY order_id)
    SELECT 'order ' || o.number, format('captured %s, payments %s; refunded %s, payments %s', o.captured_minor, COALESCE(s.captured, 0),
                                        o.refunded_minor, COALESCE(s.refunded, 0))
    FROM orders o LEFT JOIN sums s ON s.order_id = o.id
    WHERE ${orderInScope('o.id')} AND (o.captured_minor <> COALESCE(s.captured, 0) OR o.refunded_minor <> COALESCE(s.refunded, 0))`,
};

const OPERATIONS: Invariant = {
  id: 'money.operations',
  group: 4,
  title: 'Each payment’s captured and refunded amounts are those of its succeeded operations, and of what went back as credit',
  sql: `
    WITH sums AS (
      SELECT payment_id, COALESCE(sum(amount_minor) FILTER (WHERE kind = 'capture'), 0) AS captured,
             COALESCE(sum(amount_minor) FILTER (WHERE kind = 'refund'), 0) AS refunded
      FROM payment_operations WHERE status = 'succeeded' AND ${orderInScope('order_id')} GROUP BY payment_id),
    credited AS (
      SELECT payment_id, sum(amount_minor) AS amount FROM refund_legs
      WHERE status = 'succeeded' AND destination IS NOT NULL AND ${orderInScope('order_id')} GROUP BY payment_id)
    SELECT 'payment ' || p.id, format('captured %s, operations %s; refunded %s, operations %s, as credit %s', p.captured_minor,
                                      COALESCE(s.captured, 0), p.refunded_minor, COALESCE(s.refunded, 0), COALESCE(c.amount, 0))
    FROM payments p LEFT JOIN sums s ON s.payment_id = p.id LEFT JOIN credited c ON c.payment_id = p.id
    WHERE ${orderInScope('p.order_id')}
      AND (p.captured_minor <> COALESCE(s.captured, 0) OR p.refunded_minor <> COALESCE(s.refunded, 0) + COALESCE(c.amount, 0))`,
};

const REFUNDED: Invariant = {
  id: 'money.refunded',
  group: 4,
  title: 'What was refunded is the sum of the refunds’ succeeded legs, goodwill apart',
  sql: `
    WITH legs AS (
      SELECT g.order_id, g.payment_id, g.amount_minor, r.kind FROM refund_legs g JOIN refunds r ON r.id = g.refund_id
      WHERE g.status = 'succeeded' AND ${orderInScope('g.order_id')}),
    per_payment AS (SELECT payment_id, sum(amount_minor) AS amount FROM legs GROUP BY payment_id),
    per_order AS (SELECT order_id, sum(amount_minor) AS goodwill FROM legs WHERE kind = 'goodwill' GROUP BY order_id)
    SELECT 'payment ' || p.id, format('refunded %s, legs %s', p.refunded_minor, COALESCE(s.amount, 0))
    FROM payments p LEFT JOIN per_payment s ON s.payment_id = p.id
    WHERE ${orderInScope('p.order_id')} AND p.refunded_minor <> COALESCE(s.amount, 0)
    UNION ALL
    SELECT 'order ' || o.number, format('goodwill %s, legs %s', o.goodwill_minor, COALESCE(s.goodwill, 0))
    FROM orders o LEFT JOIN per_order s ON s.order_id = o.id
    WHERE ${orderInScope('o.id')} AND o.goodwill_minor <> COALESCE(s.goodwill, 0)`,
};

/** A failed leg is replaced by a new one. A refund that waits for approval has its legs already: they reserve what is left of each tender. */
const REFUND_LEGS: Invariant = {
  id: 'money.refund_legs',
  group: 4,
  title: 'The legs of each refund add up to it',
  sql: `
    WITH sums AS (
      SELECT refund_id, COALESCE(sum(amount_minor) FILTER (WHERE status <> 'failed'), 0) AS amount,
             COALESCE(sum(amount_minor) FILTER (WHERE status = 'succeeded'), 0) AS settled
      FROM refund_legs WHERE ${orderInScope('order_id')} GROUP BY refund_id)
    SELECT 'refund ' || r.number, format('%s over %s, legs %s of which %s succeeded', r.status, r.amount_minor, COALESCE(s.amount, 0), COALESCE(s.settled, 0))
    FROM refunds r LEFT JOIN sums s ON s.refund_id = r.id
    WHERE ${orderInScope('r.order_id')}
      AND CASE r.status
            WHEN 'pending' THEN r.amount_minor <> COALESCE(s.amount, 0)
            WHEN 'awaiting_approval' THEN r.amount_minor <> COALESCE(s.amount, 0) OR COALESCE(s.settled, 0) <> 0
            WHEN 'rejected' THEN COALESCE(s.settled, 0) <> 0
            WHEN 'undone' THEN COALESCE(s.settled, 0) <> 0
            WHEN 'succeeded' THEN r.amount_minor <> COALESCE(s.settled, 0) OR r.amount_minor <> COALESCE(s.amount, 0)
            WHEN 'failed' THEN COALESCE(s.settled, 0) >= r.amount_minor
            END`,
};

const share = (component: string): string => shareSql('l', component, 'x.from_unit', 'x.to_unit');

const REFUND_LINES: Invariant = {
  id: 'money.refund_lines',
  group: 4,
  title: 'Each refunded unit gives back exactly its share',
  sql: `
    WITH lines AS (
      SELECT x.refund_id, x.line_id, x.from_unit, x.to_unit, l.quantity, x.net_minor - x.discount_minor + x.tax_minor AS amount,
             x.net_minor = ${share('net_minor')} AND x.discount_minor = ${share('discount_minor')}
               AND x.tax_minor = ${share('tax_minor')} AS exact
      FROM refund_lines x JOIN order_lines l ON l.id = x.line_id WHERE ${orderInScope('x.order_id')})
    SELECT format('refund %s line %s', refund_id, line_id), format('units %s to %s do not carry their shares', from_unit, to_unit)
    FROM lines WHERE NOT exact OR from_unit < 1 OR to_unit > quantity
    UNION ALL
    SELECT 'refund ' || r.number, format('of units over %s, its lines add up to %s', r.amount_minor, COALESCE(sum(x.amount), 0))
    FROM refunds r LEFT JOIN lines x ON x.refund_id = r.id
    WHERE r.kind = 'units' AND ${orderInScope('r.order_id')}
    GROUP BY r.id, r.number, r.amount_minor HAVING COALESCE(sum(x.amount), 0) <> r.amount_minor`,
};

const REFUNDED_UNITS: Invariant = {
  id: 'money.refunded_units',
  group: 4,
  title: 'The units of each refund are marked with it, once',
  sql: `
    WITH listed AS (
      SELECT x.refund_id, x.line_id, sum(x.to_unit - x.from_unit + 1) AS units
      FROM refund_lines x JOIN refunds r ON r.id = x.refund_id
      WHERE r.kind IN ('units', 'return') AND r.status IN ('awaiting_approval', 'pending', 'succeeded') AND ${orderInScope('x.order_id')}
      GROUP BY x.refund_id, x.line_id),
    marked AS (
      SELECT s.refund_id, s.line_id, sum(s.to_unit - s.from_unit + 1) AS units,
             bool_and(EXISTS (SELECT FROM refund_lines x WHERE x.refund_id = s.refund_id AND x.line_id = s.line_id
                              AND x.from_unit <= s.from_unit AND x.to_unit >= s.to_unit)) AS inside
      FROM line_spans s WHERE s.refund_id IS NOT NULL AND ${orderInScope('s.order_id')} GROUP BY s.refund_id, s.line_id)
    SELECT format('refund %s line %s', COALESCE(l.refund_id, m.refund_id), COALESCE(l.line_id, m.line_id)),
           format('lists %s units, %s are marked%s', COALESCE(l.units, 0), COALESCE(m.units, 0), CASE WHEN m.inside THEN '' ELSE ', some not listed' END)
    FROM listed l FULL JOIN marked m ON m.refund_id = l.refund_id AND m.line_id = l.line_id
    WHERE COALESCE(l.units, 0) <> COALESCE(m.units, 0) OR NOT COALESCE(m.inside, true)`,
};

/** Group 4, inside the shop: orders, payments, operations and refunds tell the same sums. */
export const PAYMENT_INVARIANTS: readonly Invariant[] = [
  WITHIN,
  ORDER_SUMS,
  OPERATIONS,
  REFUNDED,
  REFUND_LEGS,
  REFUND_LINES,
  REFUNDED_UNITS,
];
