-- Every list, filter and search is answered by an index, however many rows there are and however few of them match
-- (docs/benches.md, server/views/plans.test.ts). Checkout pays for as little of it as can be: its rows are in no partial index until
-- something unusual happens to them.

-- Orders. What nearly all orders are (CAPTURED in the end, PENDING and UNPAID or CONFIRMED and AUTHORIZED on the way) is found by
-- walking the newest, or by status; these hold the rest. The conditions are repeated by server/views/order-filters.ts, word for word.
CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_by_payment_status ON orders (payment_status, placed_at, id)
  WHERE payment_status <> 'CAPTURED' AND NOT (status = 'PENDING' AND payment_status = 'UNPAID')
    AND NOT (status = 'CONFIRMED' AND payment_status = 'AUTHORIZED');
CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_by_fulfilment_status ON orders (fulfilment_status, placed_at, id)
  WHERE fulfilment_status NOT IN ('UNALLOCATED', 'ALLOCATED', 'DELIVERED');
CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_by_channel ON orders (channel, placed_at, id) WHERE channel <> 'api';

-- Who is looked up by a telephone number has one.
DROP INDEX CONCURRENTLY IF EXISTS orders_by_phone;
CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_by_phone ON orders (phone) WHERE phone IS NOT NULL;
DROP INDEX CONCURRENTLY IF EXISTS customers_by_phone;
CREATE INDEX CONCURRENTLY IF NOT EXISTS customers_by_phone ON customers (phone) WHERE phone IS NOT NULL;

-- Names are found by their words (customers_by_name_words).
DROP INDEX CONCURRENTLY IF EXISTS customers_by_name;
CREATE INDEX CONCURRENTLY IF NOT EXISTS customers_by_guest ON customers (guest, created_at, id);

-- Payments. At placement the provider has said nothing yet.
CREATE INDEX CONCURRENTLY IF NOT EXISTS payments_by_merchant ON payments (merchant_id, created_at, id);
CREATE INDEX CONCURRENTLY IF NOT EXISTS payments_by_status ON payments (status, created_at, id) WHERE status <> 'CAPTURED';
DROP INDEX CONCURRENTLY IF EXISTS payments_in_doubt;
DROP INDEX CONCURRENTLY IF EXISTS payments_by_provider_ref;
CREATE INDEX CONCURRENTLY IF NOT EXISTS payments_by_provider_ref ON payments (provider_ref) WHERE provider_ref IS NOT NULL;
DROP INDEX CONCURRENTLY IF EXISTS payments_by_last4;
CREATE INDEX CONCURRENTLY IF NOT EXISTS payments_by_last4 ON payments (last4) WHERE last4 IS NOT NULL;
DROP INDEX CONCURRENTLY IF EXISTS payment_operations_by_provider_ref;
CREATE INDEX CONCURRENTLY IF NOT EXISTS payment_operations_by_provider_ref ON payment_operations (provider_ref) WHERE provider_ref IS NOT NULL;

-- Shipments and refunds, newest first: all, and a merchant's.
CREATE INDEX CONCURRENTLY IF NOT EXISTS shipments_by_created ON shipments (created_at, id);
CREATE INDEX CONCURRENTLY IF NOT EXISTS shipments_by_merchant ON shipments (merchant_id, created_at, id);
CREATE INDEX CONCURRENTLY IF NOT EXISTS shipments_by_node ON shipments (node_id, created_at, id);
CREATE INDEX CONCURRENTLY IF NOT EXISTS refunds_by_merchant ON refunds (merchant_id, created_at, id);
