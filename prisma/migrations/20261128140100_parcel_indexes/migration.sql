-- Parcels that wait for a manifest, and those that somebody has to look at.
CREATE INDEX CONCURRENTLY IF NOT EXISTS shipments_labelled ON shipments (node_id, id) WHERE status = 'LABELLED';
CREATE INDEX CONCURRENTLY IF NOT EXISTS shipments_in_trouble ON shipments (created_at, id) WHERE status IN ('EXCEPTION', 'LOST', 'DAMAGED', 'RETURNING', 'RETURNED');
