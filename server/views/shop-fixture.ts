import type pg from 'pg';
import { newId } from '../kernel/ids.ts';

/**
 * Two small merchants with one order each in every way that views look at, for tests of views. Written with plain SQL and not by
 * the flows: it says what the tables hold, so that a view is tested against the data model rather than against the writers.
 */
export interface ShopFixture {
  readonly merchants: readonly [string, string];
  readonly customers: readonly [string, string];
  readonly orders: readonly [string, string];
  readonly skus: readonly [string, string];
  readonly nodes: readonly [string, string];
  readonly user: string;
  readonly payment: string;
  readonly refund: string;
  readonly shipment: string;
  readonly mail: string;
  readonly line: string;
}

/** Fills an empty, migrated database. The first merchant's order has shipped in part, was refunded in part, and has a stuck saga. */
export async function buildShop(pool: pg.Pool): Promise<ShopFixture> {
  const id = () => newId();
  const f = {
    merchants: [id(), id()] as const,
    customers: [id(), id()] as const,
    orders: [id(), id()] as const,
    skus: [id(), id()] as const,
    nodes: [id(), id()] as const,
    user: id(),
    payment: id(),
    refund: id(),
    shipment: id(),
    mail: id(),
    line: id(),
  };
  const run = (text: string, values: unknown[]) => pool.query(text, values);
  await run("INSERT INTO home_owner VALUES ('EU', 'EU')", []);
  await run(
    `INSERT INTO merchants (id, home, slug, name, currency, country, created_at)
     VALUES ($1, 'EU', 'north', 'North Supply', 'EUR', 'DE', now()), ($2, 'EU', 'south', 'South Goods', 'EUR', 'ES', now())`,
    [...f.merchants],
  );
  await run(
    `INSERT INTO customers (id, email, email_normalized, name, phone, guest, created_at)
     VALUES ($1, 'Ana@example.com', 'ana@example.com', 'Ana García', '+34600111222', false, now()),
            ($2, 'bo@example.com', 'bo@example.com', 'Bo Lindqvist', '+46700333444', true, now())`,
    [...f.customers],
  );
  await run(
    `INSERT INTO users (id, email, email_normalized, name, role, created_at) VALUES ($1, 'a@w.test', 'a@w.test', 'Agnes Agent', 'agent', now())`,
    [f.user],
  );
  await run(
    `INSERT INTO nodes (id, merchant_id, home, code, name, kind, created_at)
     VALUES ($1, $3, 'EU', 'BER', 'Berlin', 'warehouse', now()), ($2, $4, 'EU', 'MAD', 'Madrid', 'store', now())`,
    [...f.nodes, ...f.merchants],
  );
  await run(
    `INSERT INTO skus (id, merchant_id, code, name, price, currency, created_at, updated_at)
     VALUES ($1, $3, 'TENT-2', 'Two person tent', 100, 'EUR', now(), now()), ($2, $4, 'MUG-RED', 'Red mug', 12, 'EUR', now(), now())`,
    [...f.skus, ...f.merchants],
  );
  await run(
    `INSERT INTO sku_supply (sku_id, region, merchant_id, sellable, promised, version) VALUES ($1, 'EU', $3, 9, 2, 3), ($2, 'EU', $4, 5, 0, 1)`,
    [...f.skus, ...f.merchants],
  );
  await run(
    `INSERT INTO node_stock (sku_id, node_id, merchant_id, region, on_hand, allocated, safety, bin, version)
     VALUES ($1, $3, $5, 'EU', 10, 2, 1, 'A-1', 3), ($2, $4, $6, 'EU', 5, 0, 0, NULL, 1)`,
    [...f.skus, ...f.nodes, ...f.merchants],
  );
  await run(
    `INSERT INTO stock_movements (id, sku_id, merchant_id, region, node_id, kind, on_hand_delta, sellable_delta, reason, actor, trace_id, at)
     VALUES ($1, $2, $3, 'EU', $4, 'receive', 11, 10, 'opening', $5, 't', now())`,
    [id(), f.skus[0], f.merchants[0], f.nodes[0], `user:${f.user}`],
  );
  await addOrders(run, f);
  await addFulfilment(run, f);
  await addMoney(run, f);
  await addStory(run, f);
  return f;
}

type Run = (text: string, values: unknown[]) => Promise<unknown>;

async function addOrders(run: Run, f: ShopFixture): Promise<void> {
  await run(
    `INSERT INTO orders (id, home, merchant_id, customer_id, number, external_id, channel, currency, status, payment_status, fulfilment_status,
       holds, total_minor, authorized_minor, captured_minor, refunded_minor, customer_name, email, phone, tags, placed_at, updated_at, version)
     VALUES ($1, 'EU', $3, $5, 'EU-1001', 'shop-77', 'web', 'EUR', 'PARTIALLY_FULFILLED', 'IN_DOUBT', 'SHIPPED',
       '{manual}', 1000, 1000, 1000, 333, 'Ana García', 'Ana@example.com', '+34600111222', '{vip}', now() - interval '2 hours', now(), 4),
            ($2, 'EU', $4, $6, 'EU-1002', 'shop-78', 'pos', 'EUR', 'PENDING', 'UNPAID', 'UNALLOCATED',
       '{}', 1200, 0, 0, 0, 'Bo Lindqvist', 'bo@example.com', '+46700333444', '{}', now() - interval '1 hour', now(), 1)`,
    [...f.orders, ...f.merchants, ...f.customers],
  );
  await run(
    `INSERT INTO order_lines (id, order_id, position, kind, sku_id, sku_code, name, stocked, quantity, unit_price, net_minor, discount_minor, tax_minor, total_minor, tax_rate)
     VALUES ($1, $2, 1, 'item', $3, 'TENT-2', 'Two person tent', true, 3, 3.333333, 1000, 0, 0, 1000, 0)`,
    [f.line, f.orders[0], f.skus[0]],
  );
  await run(
    `INSERT INTO line_spans (line_id, from_unit, to_unit, order_id, state, node_id, shipment_id, refund_id)
     VALUES ($1, 1, 1, $2, 'shipped', $3, $4, $5), ($1, 2, 3, $2, 'allocated', $3, NULL, NULL)`,
    [f.line, f.orders[0], f.nodes[0], f.shipment, f.refund],
  );
}

async function addFulfilment(run: Run, f: ShopFixture): Promise<void> {
  await run(
    `INSERT INTO shipments (id, number, order_id, merchant_id, node_id, status, carrier, tracking_number, value_minor, currency, version, created_at, shipped_at, updated_at)
     VALUES ($1, 'S-EU-501', $2, $3, $4, 'SHIPPED', 'Simpost', 'SP123456789', 333, 'EUR', 2, now(), now(), now())`,
    [f.shipment, f.orders[0], f.merchants[0], f.nodes[0]],
  );
  await run(
    `INSERT INTO notifications (id, kind, event_id, order_id, customer_id, merchant_id, recipient, data, status, created_at, sent_at)
     VALUES ($1, 'shipped', $2, $3, $4, $5, 'Ana@example.com', '{"shipmentId":"x"}', 'sent', now(), now())`,
    [f.mail, newId(), f.orders[0], f.customers[0], f.merchants[0]],
  );
  await run('INSERT INTO shipment_lines VALUES ($1, $2, 1, 1, $3)', [f.shipment, f.line, f.orders[0]]);
  await run(`INSERT INTO shipment_updates VALUES ($1, $2, $3, 'SHIPPED', 'Left the depot', now(), now())`, [
    newId(),
    f.shipment,
    f.orders[0],
  ]);
}

async function addMoney(run: Run, f: ShopFixture): Promise<void> {
  await run(
    `INSERT INTO payments (id, order_id, merchant_id, provider, method, currency, amount_minor, status, provider_ref, brand, last4,
       authorized_minor, captured_minor, refunded_minor, version, created_at, updated_at)
     VALUES ($1, $2, $3, 'stripe', 'card', 'EUR', 1000, 'IN_DOUBT', 'pi_north1', 'visa', '4242', 1000, 1000, 333, 3, now(), now())`,
    [f.payment, f.orders[0], f.merchants[0]],
  );
  await run(
    `INSERT INTO payment_operations (id, payment_id, order_id, kind, amount_minor, status, provider_ref, calls, trace_id, created_at, settled_at)
     VALUES ($1, $3, $4, 'authorize', 1000, 'succeeded', 'pi_north1', 1, 't', now() - interval '1 minute', now()),
            ($2, $3, $4, 'refund', 333, 'unknown', 're_north1', 2, 't', now(), NULL)`,
    [newId(), newId(), f.payment, f.orders[0]],
  );
  await run(
    `INSERT INTO refunds (id, order_id, merchant_id, number, kind, status, amount_minor, currency, reason, requested_by, created_at)
     VALUES ($1, $2, $3, 'R-EU-9', 'units', 'pending', 333, 'EUR', 'damaged', $4, now())`,
    [f.refund, f.orders[0], f.merchants[0], `user:${f.user}`],
  );
  await run('INSERT INTO refund_lines VALUES ($1, $2, 1, 1, $3, 333, 0, 0)', [f.refund, f.line, f.orders[0]]);
  await run(`INSERT INTO refund_legs VALUES ($1, $2, $3, $4, 333, 'pending', NULL)`, [newId(), f.refund, f.orders[0], f.payment]);
}

async function addStory(run: Run, f: ShopFixture): Promise<void> {
  const placed = newId();
  const event = `INSERT INTO events (id, home, merchant_id, aggregate, aggregate_id, aggregate_version, type, data, actor, cause, trace_id, at)
     VALUES ($1, 'EU', $2, 'order', $3, $4, $5, '{}', $6, $7, 't', $8)`;
  const at = (minutes: number) => new Date(Date.now() + minutes * 60_000);
  const [merchant] = f.merchants;
  const [order] = f.orders;
  await run(event, [placed, merchant, order, 1, 'order.placed', 'api_key:0190f0a0-0000-7000-8000-000000000001', null, at(-60)]);
  await run(event, [newId(), merchant, order, 2, 'order.confirmed', 'system:worker', placed, at(-50)]);
  await run(event, [newId(), merchant, order, 3, 'order.noted', `user:${f.user}`, null, at(-40)]);
  await run(event, [newId(), merchant, order, 4, 'shipment.shipped', `user:${f.user}`, null, at(-30)]);
  await run('INSERT INTO order_notes VALUES ($1, $2, $3, $4, $5)', [
    newId(),
    order,
    'Asked for a call',
    `user:${f.user}`,
    at(-40),
  ]);
  await run(
    `INSERT INTO sagas (id, kind, flow_version, order_id, merchant_id, step, status, attempt, error, wake_at, actor, trace_id, created_at, updated_at)
     VALUES ($1, 'refund-order', 1, $2, $3, 'refund-payment', 'stuck', 7, '{"code":"unavailable","message":"No answer"}', now(), 'system:worker', 't', now(), now())`,
    [newId(), order, merchant],
  );
  await run(
    `INSERT INTO approvals (id, merchant_id, action, subject, subject_id, summary, amount_minor, currency, payload, status, requested_by, requested_at, expires_at)
     VALUES ($1, $2, 'refund', 'order', $3, 'Refund of EUR 3.33', 333, 'EUR', '{}', 'pending', $4, now(), now() + interval '3 days')`,
    [newId(), merchant, order, `user:${f.user}`],
  );
}

/** Adds many orders in one statement each, spread over both merchants and 90 days: enough that a planner has to choose well. */
export async function addManyOrders(pool: pg.Pool, f: ShopFixture, count: number): Promise<void> {
  await pool.query(
    `WITH c AS (
       INSERT INTO customers (id, email, email_normalized, name, phone, created_at)
       SELECT gen_random_uuid(), 'c' || i || '@many.test', 'c' || i || '@many.test', 'Customer Number' || i, '+4915' || i, now() - i * interval '1 minute'
       FROM generate_series(1, $1::int / 4) i RETURNING id, email, name, phone
     ), n AS (SELECT *, row_number() OVER () AS i FROM c)
     INSERT INTO orders (id, home, merchant_id, customer_id, number, external_id, channel, currency, status, payment_status, fulfilment_status, holds,
       total_minor, customer_name, email, phone, tags, placed_at, updated_at, version)
     SELECT gen_random_uuid(), 'EU', CASE WHEN g % 3 = 0 THEN $2::uuid ELSE $3::uuid END, n.id, 'EU-' || (10000 + g), 'ext-' || g, 'web', 'EUR',
       CASE WHEN g % 50 = 0 THEN 'PENDING' WHEN g % 10 = 0 THEN 'CONFIRMED' WHEN g % 33 = 0 THEN 'CANCELLED' ELSE 'FULFILLED' END,
       'CAPTURED', 'DELIVERED', CASE WHEN g % 400 = 0 THEN '{fraud}'::text[] ELSE '{}' END, g % 100000, n.name, n.email, n.phone,
       CASE WHEN g % 500 = 0 THEN '{gift}'::text[] ELSE '{}' END, now() - g * interval '6 minutes', now(), 1
     FROM generate_series(1, $1::int) g JOIN n ON n.i = 1 + g % ($1::int / 4)`,
    [count, f.merchants[0], f.merchants[1]],
  );
  await pool.query(
    `INSERT INTO order_lines (id, order_id, position, kind, sku_id, sku_code, name, stocked, quantity, unit_price, net_minor, discount_minor, tax_minor, total_minor, tax_rate)
     SELECT gen_random_uuid(), id, 1, 'item', $1, 'TENT-2', 'Two person tent', true, 2, 1, 200, 0, 0, 200, 0 FROM orders WHERE external_id LIKE 'ext-%'`,
    [f.skus[0]],
  );
  await pool.query(
    `INSERT INTO payments (id, order_id, merchant_id, provider, method, currency, amount_minor, status, provider_ref, last4, authorized_minor, captured_minor, version, created_at, updated_at)
     SELECT gen_random_uuid(), id, merchant_id, 'stripe', 'card', 'EUR', 100, 'CAPTURED', 'pi_' || number, lpad((total_minor % 10000)::text, 4, '0'), 100, 100, 1, placed_at, placed_at
     FROM orders WHERE external_id LIKE 'ext-%'`,
  );
}
