import { type Invariant, orderInScope } from './invariant.ts';

const BOXES: Invariant = {
  id: 'parcels.boxes',
  group: 3,
  title: 'The boxes of a shipment partition its units, and say its status',
  sql: `
    WITH boxed AS (
      SELECT h.id, h.number, h.boxes, h.status FROM shipments h
      WHERE ${orderInScope('h.order_id')}
        AND (h.boxes > 0 OR h.id IN (SELECT b.shipment_id FROM shipment_boxes b WHERE ${orderInScope('b.order_id')}))),
    units AS (
      SELECT l.shipment_id, l.line_id, u AS unit, 1 AS listed, 0 AS packed
      FROM boxed JOIN shipment_lines l ON l.shipment_id = boxed.id, generate_series(l.from_unit, l.to_unit) u
      UNION ALL
      SELECT l.shipment_id, l.line_id, u, 0, 1
      FROM boxed JOIN shipment_boxes b ON b.shipment_id = boxed.id JOIN shipment_box_lines l ON l.box_id = b.id,
           generate_series(l.from_unit, l.to_unit) u),
    wrong AS (
      SELECT shipment_id, count(*) AS units
      FROM (SELECT shipment_id FROM units GROUP BY shipment_id, line_id, unit HAVING sum(listed) <> 1 OR sum(packed) <> 1) x GROUP BY shipment_id),
    counted AS (
      SELECT b.shipment_id, count(*) AS boxes, count(*) FILTER (WHERE b.status <> 'CANCELLED') AS live,
             count(*) FILTER (WHERE b.status NOT IN ('PENDING', 'LABELLED', 'CANCELLED')) AS gone,
             count(*) FILTER (WHERE b.status IN ('DELIVERED', 'RETURNED')) AS ended,
             count(*) FILTER (WHERE b.status IN ('EXCEPTION', 'LOST', 'DAMAGED')) AS troubled
      FROM boxed JOIN shipment_boxes b ON b.shipment_id = boxed.id GROUP BY b.shipment_id)
    SELECT 'shipment ' || x.number, format('%s units are not in exactly one of its boxes', w.units) FROM boxed x JOIN wrong w ON w.shipment_id = x.id
    UNION ALL
    SELECT 'shipment ' || x.number, format('says %s boxes, has %s', x.boxes, COALESCE(c.boxes, 0))
    FROM boxed x LEFT JOIN counted c ON c.shipment_id = x.id WHERE x.boxes <> COALESCE(c.boxes, 0)
    UNION ALL
    SELECT 'shipment ' || x.number, format('is %s; of %s boxes %s left, %s arrived, %s are in trouble', x.status, c.live, c.gone, c.ended, c.troubled)
    FROM boxed x JOIN counted c ON c.shipment_id = x.id
    WHERE (x.status = 'CANCELLED') <> (c.live = 0)
       OR (x.status IN ('PENDING', 'LABELLED')) <> (c.live > 0 AND c.gone = 0)
       OR (x.status IN ('DELIVERED', 'RETURNED')) <> (c.live > 0 AND c.ended = c.live)
       OR (x.status IN ('EXCEPTION', 'LOST', 'DAMAGED')) <> (c.troubled > 0)`,
};

const RECEIVED: Invariant = {
  id: 'parcels.received_back',
  group: 3,
  title: 'Units that came back were received once, in a condition',
  sql: `
    WITH units AS (
      SELECT s.order_id, s.line_id, u AS unit, 1 AS returned, 0 AS received
      FROM line_spans s, generate_series(s.from_unit, s.to_unit) u
      -- Units that nobody took at the door are cancelled once they are back; nothing else is cancelled in a parcel.
      WHERE (s.state = 'returned' OR (s.state = 'cancelled' AND s.shipment_id IS NOT NULL)) AND ${orderInScope('s.order_id')}
        AND EXISTS (SELECT FROM shipment_returns r WHERE r.order_id = s.order_id)
      UNION ALL
      SELECT r.order_id, r.line_id, u, 0, 1
      FROM shipment_returns r, generate_series(r.from_unit, r.to_unit) u WHERE ${orderInScope('r.order_id')})
    SELECT format('line %s unit %s', line_id, unit), format('returned %s times, received %s times', sum(returned), sum(received))
    FROM units GROUP BY line_id, unit HAVING sum(received) > sum(returned)`,
};

const CLAIMS: Invariant = {
  id: 'parcels.claims',
  group: 4,
  title: 'Claims explain the money that carriers paid, and the other way round',
  sql: `
    WITH paid AS (
      SELECT t.reference, sum(t.amount_minor) AS amount, min(t.currency) AS currency, count(*) AS transfers
      FROM transfers t JOIN carrier_claims c ON c.id::text = t.reference
      WHERE t.kind = 'claim_payment' AND ${orderInScope('c.order_id')} GROUP BY t.reference)
    SELECT 'claim ' || c.number, format('says %s %s were paid, the ledger %s in %s transfers', c.paid_minor, c.currency, COALESCE(p.amount, 0), COALESCE(p.transfers, 0))
    FROM carrier_claims c LEFT JOIN paid p ON p.reference = c.id::text
    WHERE ${orderInScope('c.order_id')}
      AND (c.paid_minor <> COALESCE(p.amount, 0) OR COALESCE(p.transfers, 0) > 1 OR (p.currency IS NOT NULL AND p.currency <> c.currency))
    UNION ALL
    SELECT 'transfer ' || t.id, 'pays no claim'
    FROM transfers t
    WHERE t.kind = 'claim_payment' AND $1::uuid[] IS NULL AND NOT EXISTS (SELECT FROM carrier_claims c WHERE c.id::text = t.reference)`,
};

const MANIFESTS: Invariant = {
  id: 'parcels.manifests',
  group: 3,
  title: 'Parcels are on the manifest that they say, and those handed over have left or leave now',
  sql: `
    WITH parcels AS (
      SELECT h.id, h.number, h.order_id, h.status, h.manifest_id, h.handed_over_at FROM shipments h
      WHERE h.boxes = 0 AND h.manifest_id IS NOT NULL AND ${orderInScope('h.order_id')}
      UNION ALL
      SELECT b.id, h.number, b.order_id, b.status, b.manifest_id, b.handed_over_at
      FROM shipment_boxes b JOIN shipments h ON h.id = b.shipment_id
      WHERE b.manifest_id IS NOT NULL AND ${orderInScope('b.order_id')})
    SELECT 'a parcel of ' || p.number, format('%s, on its manifest: %s', p.status, COALESCE(m.status, 'not'))
    FROM parcels p LEFT JOIN manifest_parcels m ON m.manifest_id = p.manifest_id AND m.parcel_id = p.id
    WHERE m.status IS NULL OR m.status = 'left_behind' OR (m.status = 'handed_over') <> (p.handed_over_at IS NOT NULL)`,
};

/** Boxes, manifests, what came back, and what carriers owe. */
export const PARCEL_INVARIANTS: readonly Invariant[] = [BOXES, RECEIVED, CLAIMS, MANIFESTS];
