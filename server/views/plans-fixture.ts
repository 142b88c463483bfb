import type pg from 'pg';
import { addManyOrders, buildShop, type ShopFixture } from './shop-fixture.ts';

/** Thousands of orders with what belongs to them: nearly all are like one another, and a few are of every other kind. */
export async function buildHistory(pool: pg.Pool, orders: number): Promise<ShopFixture> {
  const shop = await buildShop(pool);
  await addManyOrders(pool, shop, orders);
  const many = `orders o WHERE o.external_id LIKE 'ext-%'`;
  // Few are open at any time.
  await pool.query(
    `UPDATE orders SET status = 'FULFILLED' WHERE external_id LIKE 'ext-%' AND status = 'PENDING' AND total_minor % 500 <> 0`,
  );
  await pool.query(
    `
    INSERT INTO payments (id, order_id, merchant_id, provider, method, currency, amount_minor, status, provider_ref, last4, version, created_at, updated_at)
    SELECT gen_random_uuid(), o.id, o.merchant_id, 'card', 'card', 'EUR', 1,
      CASE WHEN o.total_minor % 100 = 0 THEN 'FAILED' ELSE 'CAPTURED' END, 'pi_' || o.number, lpad((o.total_minor % 10000)::text, 4, '0'), 1, o.placed_at, o.placed_at
    FROM ${many};
    INSERT INTO payment_operations (id, payment_id, order_id, kind, amount_minor, status, provider_ref, trace_id, created_at)
    SELECT gen_random_uuid(), p.id, p.order_id, 'capture', 1, 'succeeded', 'ch_' || p.provider_ref, 't', p.created_at FROM payments p WHERE p.provider = 'card';
    INSERT INTO shipments (id, number, order_id, merchant_id, node_id, status, tracking_number, value_minor, currency, version, created_at, updated_at)
    SELECT gen_random_uuid(), 'S-' || o.number, o.id, o.merchant_id, $1, CASE WHEN o.total_minor % 100 = 0 THEN 'IN_TRANSIT' ELSE 'DELIVERED' END, 'T-' || o.number, 1, 'EUR', 1, o.placed_at, o.placed_at
    FROM ${many};
    INSERT INTO shipment_lines (shipment_id, line_id, from_unit, to_unit, order_id)
    SELECT s.id, l.id, 1, 2, l.order_id FROM shipments s JOIN order_lines l ON l.order_id = s.order_id ON CONFLICT DO NOTHING;
    INSERT INTO shipment_updates (id, shipment_id, order_id, status, occurred_at, received_at)
    SELECT gen_random_uuid(), s.id, s.order_id, 'DELIVERED', s.created_at, s.created_at FROM shipments s;
    INSERT INTO line_spans (line_id, from_unit, to_unit, order_id, state)
    SELECT l.id, 1, l.quantity, l.order_id, 'delivered' FROM order_lines l ON CONFLICT DO NOTHING;
    INSERT INTO refunds (id, order_id, merchant_id, number, kind, status, amount_minor, currency, reason, requested_by, created_at)
    SELECT gen_random_uuid(), o.id, o.merchant_id, 'R-' || o.number, 'amount', 'succeeded', 1, 'EUR', 'late', 'system:test', o.placed_at FROM ${many};
    INSERT INTO refund_legs (id, refund_id, order_id, payment_id, amount_minor, status)
    SELECT gen_random_uuid(), r.id, r.order_id, p.id, 1, 'succeeded' FROM refunds r JOIN payments p ON p.order_id = r.order_id;
    INSERT INTO notifications (id, kind, event_id, order_id, merchant_id, data, status, created_at, sent_at)
    SELECT gen_random_uuid(), 'shipped', gen_random_uuid(), o.id, o.merchant_id, '{}', 'sent', o.placed_at, o.placed_at FROM ${many};
    INSERT INTO order_notes (id, order_id, body, actor, at) SELECT gen_random_uuid(), o.id, 'note', 'system:test', o.placed_at FROM ${many};
    INSERT INTO sagas (id, kind, flow_version, order_id, merchant_id, step, status, outcome, wake_at, actor, trace_id, created_at, updated_at)
    SELECT gen_random_uuid(), 'placement', 1, o.id, o.merchant_id, 'done', 'done', 'completed', o.placed_at, 'system:test', 't', o.placed_at, o.placed_at FROM ${many};
    INSERT INTO events (id, home, merchant_id, aggregate, aggregate_id, aggregate_version, type, data, actor, trace_id, at)
    SELECT gen_random_uuid(), 'EU', o.merchant_id, 'order', o.id, 1, 'order.placed', '{}', 'system:test', 't', o.placed_at FROM ${many};`.replaceAll(
      '$1',
      `'${shop.nodes[0]}'`,
    ),
  );
  await pool.query('VACUUM ANALYZE');
  return shop;
}
