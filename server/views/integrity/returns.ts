import { type Invariant, orderInScope, unitsValueSql } from './invariant.ts';

/** The units of a return that is not over are marked with it; those that came back are somewhere here, and were received. */
const UNITS: Invariant = {
  id: 'returns.units',
  group: 3,
  title: 'The units of each return are marked with it, once, and those that came back were received',
  sql: `
    WITH listed AS (
      SELECT l.return_id, l.line_id, u AS unit, l.status, l.verdict, r.status AS stands
      FROM return_lines l JOIN returns r ON r.id = l.return_id, generate_series(l.from_unit, l.to_unit) u
      WHERE ${orderInScope('l.order_id')}),
    held AS (
      SELECT * FROM listed WHERE status <> 'missing' AND stands NOT IN ('declined', 'cancelled', 'expired')),
    marked AS (
      SELECT s.return_id, s.line_id, u AS unit, s.state
      FROM line_spans s, generate_series(s.from_unit, s.to_unit) u WHERE s.return_id IS NOT NULL AND ${orderInScope('s.order_id')})
    SELECT format('return %s line %s unit %s', return_id, line_id, unit), format('is in it %s times', count(*))
    FROM listed GROUP BY return_id, line_id, unit HAVING count(*) > 1
    UNION ALL
    SELECT format('line %s unit %s', COALESCE(h.line_id, m.line_id), COALESCE(h.unit, m.unit)),
           CASE WHEN h.unit IS NULL THEN 'is marked with a return that does not have it' ELSE 'is in a return that it is not marked with' END
    FROM held h FULL JOIN marked m ON m.return_id = h.return_id AND m.line_id = h.line_id AND m.unit = h.unit
    WHERE h.unit IS NULL OR m.unit IS NULL
    UNION ALL
    SELECT format('line %s unit %s', h.line_id, h.unit), format('%s%s, and the unit is %s', h.status, COALESCE(' (' || h.verdict || ')', ''), m.state)
    FROM held h JOIN marked m ON m.return_id = h.return_id AND m.line_id = h.line_id AND m.unit = h.unit
    WHERE (m.state = 'returned') <> (h.status = 'received' OR (h.status = 'inspected' AND h.verdict <> 'reject'))`,
};

/** What a settled return says is what its refund gives, and is explained by its units. */
const MONEY: Invariant = {
  id: 'returns.money',
  group: 4,
  title: 'Settled returns gave back what they say, by one refund, and no more than their units cost',
  sql: `
    WITH worth AS (
      SELECT l.return_id,
             sum(CASE WHEN l.verdict IN ('accept', 'part') THEN COALESCE(
               ${unitsValueSql('o', 'l.from_unit', 'l.to_unit')}, 0) ELSE 0 END) AS most
      FROM return_lines l JOIN order_lines o ON o.id = l.line_id WHERE ${orderInScope('l.order_id')} GROUP BY l.return_id)
    SELECT 'return ' || r.number,
           format('%s over %s, its refund %s over %s', r.status, r.refund_minor, COALESCE(f.status, 'none'), COALESCE(f.amount_minor, 0))
    FROM returns r LEFT JOIN refunds f ON f.id = r.refund_id
    WHERE ${orderInScope('r.order_id')}
      AND CASE
            WHEN r.status IN ('settled', 'closed') THEN r.refund_minor <> COALESCE(f.amount_minor, 0) OR COALESCE(f.status, 'succeeded') <> 'succeeded'
            WHEN r.status = 'settling' THEN r.refund_minor <> COALESCE(f.amount_minor, 0) OR COALESCE(f.status, '') NOT IN ('awaiting_approval', 'pending')
            ELSE r.refund_id IS NOT NULL OR r.refund_minor <> 0 END
    UNION ALL
    SELECT 'return ' || r.number, format('%s is due, its units cost %s', r.due_minor, COALESCE(w.most, 0))
    FROM returns r LEFT JOIN worth w ON w.return_id = r.id
    WHERE ${orderInScope('r.order_id')} AND r.due_minor > COALESCE(w.most, 0)
    UNION ALL
    SELECT 'refund ' || f.number, 'is of a return, and no return has it'
    FROM refunds f
    WHERE f.kind = 'return' AND f.status IN ('awaiting_approval', 'pending', 'succeeded') AND ${orderInScope('f.order_id')}
      AND NOT EXISTS (SELECT FROM returns r WHERE r.refund_id = f.id)`,
};

/** What of a return is sellable again is what was counted in for it. */
const STOCK: Invariant = {
  id: 'returns.stock',
  group: 2,
  title: 'Sellable units of returns are on the shelf, once',
  sql: `
    WITH said AS (
      SELECT l.return_id, o.sku_id, l.node_id, sum(l.to_unit - l.from_unit + 1) FILTER (WHERE l.stock = 'sellable') AS units
      FROM return_lines l JOIN order_lines o ON o.id = l.line_id
      WHERE l.status = 'inspected' AND ${orderInScope('l.order_id')} GROUP BY 1, 2, 3),
    moved AS (
      SELECT r.id AS return_id, m.sku_id, m.node_id, sum(m.on_hand_delta) AS units
      FROM returns r JOIN stock_movements m ON m.reference = r.id::text AND m.kind IN ('return', 'damage')
      WHERE ${orderInScope('r.order_id')} GROUP BY 1, 2, 3)
    SELECT format('return %s', COALESCE(s.return_id, m.return_id)), format('%s units are sellable, %s were counted in', COALESCE(s.units, 0), COALESCE(m.units, 0))
    FROM said s FULL JOIN moved m ON m.return_id = s.return_id AND m.sku_id = s.sku_id AND m.node_id = s.node_id
    WHERE COALESCE(s.units, 0) <> COALESCE(m.units, 0)`,
};

/** Goods that left before others came back: what they cost is held until it is known who pays for them, and then taken or let go. */
const AHEAD: Invariant = {
  id: 'returns.ahead',
  group: 4,
  title: 'What went ahead of a return is held for, and what of it the goods did not pay for is charged, once',
  sql: `
    WITH charged AS (
      SELECT l.return_id, sum(l.total_minor) AS amount
      FROM order_lines l WHERE l.return_id IS NOT NULL AND l.replaces_line_id IS NULL AND ${orderInScope('l.order_id')} GROUP BY 1)
    SELECT 'return ' || r.number, format('its replacement is %s over %s, charged are %s', COALESCE(r.advance_status, 'none'), r.charge_minor, COALESCE(c.amount, 0))
    FROM returns r LEFT JOIN charged c ON c.return_id = r.id
    WHERE ${orderInScope('r.order_id')} AND COALESCE(c.amount, 0) <> CASE WHEN r.advance_status = 'charged' THEN r.charge_minor ELSE 0 END
    UNION ALL
    SELECT 'return ' || r.number, format('its replacement was sent over %s, %s were held', r.advance_minor, COALESCE(p.authorized_minor, 0))
    FROM returns r LEFT JOIN payments p ON p.id = r.security_id
    WHERE ${orderInScope('r.order_id')} AND r.advance_status IN ('sent', 'charged', 'released') AND r.advance_why IS NULL
      AND r.advance_minor > COALESCE(p.authorized_minor, 0)
    UNION ALL
    SELECT 'return ' || r.number, format('%s were taken for a replacement that is %s', p.captured_minor, r.advance_status)
    FROM returns r JOIN payments p ON p.id = r.security_id
    WHERE ${orderInScope('r.order_id')} AND r.advance_status IN ('securing', 'sent', 'released', 'refused') AND p.captured_minor > 0`,
};

export const RETURN_INVARIANTS: readonly Invariant[] = [UNITS, MONEY, STOCK, AHEAD];
