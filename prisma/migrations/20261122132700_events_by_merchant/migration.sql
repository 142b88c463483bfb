-- A merchant that keeps a copy of its events reads its own in commit-safe order, without walking past everybody else's.
CREATE INDEX events_by_merchant ON events (merchant_id, xid, id) WHERE merchant_id IS NOT NULL;
