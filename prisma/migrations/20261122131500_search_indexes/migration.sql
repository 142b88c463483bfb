-- What people type into the search box is found by index. Names match by the beginning of any word, so "gar" finds Ana García:
-- a `simple` text vector needs no extension and knows no language. Orders are found by name through their customer.

CREATE INDEX customers_by_name_words ON customers USING gin (to_tsvector('simple', coalesce(name, '')));
CREATE INDEX skus_by_name_words ON skus USING gin (to_tsvector('simple', name));

-- Only tagged orders pay for the tag index.
CREATE INDEX orders_by_tag ON orders USING gin (tags) WHERE tags <> '{}';
CREATE INDEX orders_by_total ON orders (total_minor, id);

-- The queues of people: what waits, oldest first. A row leaves them when its work is done.
CREATE INDEX refunds_by_status ON refunds (status, created_at, id);
CREATE INDEX spans_waiting_at_a_node ON line_spans (node_id, order_id) WHERE state = 'allocated';
CREATE INDEX sagas_stuck ON sagas (updated_at) WHERE status = 'stuck';
CREATE INDEX customers_by_created ON customers (created_at, id);
