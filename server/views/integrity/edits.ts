import { type Invariant, orderInScope } from './invariant.ts';

/** An edit that waits is carried by its saga; what an applied one added is there, for what it said. */
const CARRIED: Invariant = {
  id: 'orders.edits',
  group: 4,
  title: 'Edits of orders are carried out as they were shown, and those that wait are carried by a saga',
  sql: `
    WITH own AS (SELECT * FROM order_edits WHERE ${orderInScope('order_id')}),
    lines AS (
      SELECT e.id, count(*) AS lines, sum(l.total_minor) AS total
      FROM own e CROSS JOIN LATERAL jsonb_array_elements_text(e.plan->'lineIds') i JOIN order_lines l ON l.id = i::uuid AND l.order_id = e.order_id
      WHERE e.status = 'applied' GROUP BY e.id)
    SELECT 'edit ' || e.id, format('added %s by %s lines, its order has %s of them over %s', e.added_minor, jsonb_array_length(e.plan->'added'),
                                   COALESCE(l.lines, 0), COALESCE(l.total, 0))
    FROM own e LEFT JOIN lines l ON l.id = e.id
    WHERE e.status = 'applied' AND (COALESCE(l.total, 0) <> e.added_minor OR COALESCE(l.lines, 0) <> jsonb_array_length(e.plan->'added'))
    UNION ALL
    SELECT 'edit ' || e.id, 'waits, and no saga carries it' FROM own e
    WHERE e.status = 'waiting' AND NOT EXISTS (
      SELECT FROM sagas s WHERE s.order_id = e.order_id AND s.kind = 'edit-order' AND s.status <> 'done' AND s.state->>'editId' = e.id::text)`,
};

/** What is raised holds what it says: the authorization is the last that succeeded. */
const RAISED: Invariant = {
  id: 'money.raised',
  group: 4,
  title: 'An authorization that was raised holds its last total',
  sql: `
    WITH raised AS (
      SELECT payment_id, max(amount_minor) AS total FROM payment_operations
      WHERE kind = 'increment' AND status = 'succeeded' AND ${orderInScope('order_id')} GROUP BY payment_id)
    SELECT 'payment ' || p.id, format('authorized %s, raised to %s', p.authorized_minor, r.total)
    FROM raised r JOIN payments p ON p.id = r.payment_id WHERE p.authorized_minor <> r.total`,
};

export const EDIT_INVARIANTS: readonly Invariant[] = [CARRIED, RAISED];
