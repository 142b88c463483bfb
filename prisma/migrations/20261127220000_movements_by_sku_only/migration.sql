-- Nobody asks for the movements of an order: its lines and shipments say the same. Each order paid for two entries at placement, and more later.
DROP INDEX CONCURRENTLY IF EXISTS stock_movements_by_order;
