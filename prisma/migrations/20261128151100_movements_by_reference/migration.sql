-- What a paper moved, and what moved at a node: promises, allocations and releases have neither, so placing an order writes no entry here.
CREATE INDEX CONCURRENTLY IF NOT EXISTS stock_movements_by_reference ON stock_movements (reference, id) WHERE reference IS NOT NULL;
CREATE INDEX CONCURRENTLY IF NOT EXISTS stock_movements_on_hand ON stock_movements (merchant_id, id) WHERE on_hand_delta <> 0;
CREATE INDEX CONCURRENTLY IF NOT EXISTS stock_movements_on_hand_by_node ON stock_movements (node_id, id) WHERE on_hand_delta <> 0;
