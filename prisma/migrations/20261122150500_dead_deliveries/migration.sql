-- Dead deliveries are counted and listed all day, among the millions that arrived.
CREATE INDEX event_deliveries_dead ON event_deliveries (event_id, consumer) WHERE status = 'dead';
