import { type Invariant, NOW, orderInScope, unitsValueSql } from './invariant.ts';

/** Whoever issues documents is told in the background: this long a document may be missing. */
const TOLD_WITHIN = `interval '10 minutes'`;

/** Numbers have no gap, and a document is the sum of its lines. */
const SERIES: Invariant = {
  id: 'orders.invoice_numbers',
  group: 4,
  title: 'Invoices and credit notes are numbered without a gap, and add up',
  sql: `
    SELECT format('merchant %s', s.merchant_id), format('%s: last %s, issued %s from %s to %s', s.kind, s.value, count(i.id), min(i.series_value), max(i.series_value))
    FROM invoice_series s LEFT JOIN invoices i ON i.merchant_id = s.merchant_id AND i.kind = s.kind
    GROUP BY s.merchant_id, s.kind, s.value
    HAVING count(i.id) <> s.value - 10000 OR min(i.series_value) <> 10001 OR max(i.series_value) <> s.value
    UNION ALL
    SELECT format('invoice %s', i.number), format('net %s, discount %s, tax %s; lines %s, %s, %s', i.net_minor, i.discount_minor, i.tax_minor, l.net, l.discount, l.tax)
    FROM invoices i
    CROSS JOIN LATERAL (SELECT COALESCE(sum(net_minor), 0) AS net, COALESCE(sum(discount_minor), 0) AS discount, COALESCE(sum(tax_minor), 0) AS tax
                        FROM invoice_lines WHERE invoice_id = i.id) l
    WHERE ${orderInScope('i.order_id')} AND (i.net_minor, i.discount_minor, i.tax_minor) IS DISTINCT FROM (l.net, l.discount, l.tax)`,
};

/** Everything that left is invoiced once, for what it was worth. */
const SHIPPED: Invariant = {
  id: 'orders.invoiced',
  group: 4,
  title: 'What left is invoiced once, for what its units are worth',
  sql: `
    WITH sent AS (
      SELECT s.id, s.number, s.shipped_at, sum(${unitsValueSql('l', 'p.from_unit', 'p.to_unit')}) AS worth
      FROM invoice_profiles f
      JOIN shipments s ON s.merchant_id = f.merchant_id AND s.shipped_at >= f.since
      JOIN line_spans p ON p.order_id = s.order_id AND p.shipment_id = s.id AND p.state <> 'cancelled'
      JOIN order_lines l ON l.id = p.line_id
      WHERE ${orderInScope('s.order_id')}
      GROUP BY s.id, s.number, s.shipped_at
      HAVING bool_and(p.state IN ('shipped', 'delivered', 'returned')))
    SELECT format('shipment %s', sent.number), format('worth %s, invoiced %s', sent.worth, i.total_minor)
    FROM sent LEFT JOIN invoices i ON i.source_id = sent.id
    WHERE i.total_minor <> sent.worth OR (i.id IS NULL AND sent.worth > 0 AND sent.shipped_at < ${NOW} - ${TOLD_WITHIN})`,
};

/** What was given back of the price is credited once, and never more than was invoiced. */
const CREDITED: Invariant = {
  id: 'orders.credited',
  group: 4,
  title: 'What was given back of the price is credited once, and no more than was invoiced',
  sql: `
    WITH sums AS (
      SELECT order_id, COALESCE(sum(total_minor) FILTER (WHERE kind = 'invoice'), 0) AS invoiced,
             COALESCE(sum(tax_minor) FILTER (WHERE kind = 'invoice'), 0) AS tax,
             COALESCE(sum(total_minor) FILTER (WHERE kind = 'credit_note'), 0) AS credited,
             COALESCE(sum(tax_minor) FILTER (WHERE kind = 'credit_note'), 0) AS tax_back
      FROM invoices WHERE ${orderInScope('order_id')} GROUP BY order_id),
    back AS (
      SELECT r.id, r.number, r.order_id, r.settled_at, g.paid
      FROM refunds r CROSS JOIN LATERAL (SELECT sum(amount_minor) AS paid FROM refund_legs WHERE refund_id = r.id AND status = 'succeeded') g
      WHERE r.kind <> 'goodwill' AND r.reason <> 'cancelled' AND r.status IN ('succeeded', 'failed') AND g.paid > 0
        AND r.order_id IN (SELECT order_id FROM sums))
    SELECT format('order %s', order_id), format('invoiced %s with tax %s, credited %s with tax %s', invoiced, tax, credited, tax_back)
    FROM sums WHERE credited > invoiced OR tax_back > tax OR (credited = invoiced AND tax_back <> tax)
    UNION ALL
    SELECT format('refund %s', b.number), format('gave back %s, credited %s of %s invoiced', b.paid, i.total_minor, s.invoiced)
    FROM back b JOIN sums s ON s.order_id = b.order_id LEFT JOIN invoices i ON i.source_id = b.id
    WHERE i.total_minor > b.paid
       OR (COALESCE(i.total_minor, 0) < b.paid AND s.credited < s.invoiced AND b.settled_at < ${NOW} - ${TOLD_WITHIN}
           AND NOT EXISTS (SELECT FROM line_spans w WHERE w.order_id = b.order_id AND w.state IN ('open', 'backordered', 'allocated'))
           AND NOT EXISTS (SELECT FROM refund_lines l WHERE l.refund_id = b.id AND NOT EXISTS (
                 SELECT FROM invoice_lines n WHERE n.order_id = b.order_id AND n.line_id = l.line_id AND n.from_unit <= l.from_unit AND n.to_unit >= l.to_unit)))`,
};

export const INVOICE_INVARIANTS: readonly Invariant[] = [SERIES, SHIPPED, CREDITED];
