import { type Invariant, orderInScope } from './invariant.ts';

/** Units that a partner was asked for and that still lie at their node, with the request they wait for. */
const WAITING = `
  SELECT r.id, r.order_id, s.line_id, greatest(s.from_unit, l.from_unit) AS from_unit, least(s.to_unit, l.to_unit) AS to_unit
  FROM fulfilment_requests r
  JOIN fulfilment_request_lines l ON l.request_id = r.id
  JOIN line_spans s ON s.line_id = l.line_id AND s.node_id = r.node_id AND s.state = 'allocated' AND s.shipment_id IS NULL
    AND s.from_unit <= l.to_unit AND s.to_unit >= l.from_unit
  WHERE r.ended_at IS NULL AND ${orderInScope('r.order_id')}`;

const REQUESTS: Invariant = {
  id: 'orders.partner_requests',
  group: 2,
  title: 'Every open request to a partner explains units allocated at its node, and no unit is asked for twice',
  sql: `
    WITH waiting AS (${WAITING})
    SELECT format('request %s', r.id), format('is %s and no unit waits for it', r.status)
    FROM fulfilment_requests r WHERE r.ended_at IS NULL AND ${orderInScope('r.order_id')}
      AND NOT EXISTS (SELECT FROM waiting w WHERE w.id = r.id)
    UNION ALL
    SELECT format('line %s', a.line_id), format('units %s to %s wait for the requests %s and %s', a.from_unit, a.to_unit, a.id, b.id)
    FROM waiting a JOIN waiting b ON b.line_id = a.line_id AND b.id > a.id AND b.from_unit <= a.to_unit AND b.to_unit >= a.from_unit`,
};

/** Group 2, further: what lies with partners. */
export const PARTNER_INVARIANTS: readonly Invariant[] = [REQUESTS];
