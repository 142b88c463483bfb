-- New rows are found by the transaction that wrote them. They lie in the table roughly in that order, so that a few bytes per hundreds of
-- rows do; a posting pays next to nothing for it.
CREATE INDEX CONCURRENTLY IF NOT EXISTS transfers_by_transaction ON transfers
  USING brin ((xid::text::bigint)) WITH (pages_per_range = 32, autosummarize = on);
CREATE INDEX CONCURRENTLY IF NOT EXISTS audit_log_by_transaction ON audit_log
  USING brin ((xid::text::bigint)) WITH (pages_per_range = 32, autosummarize = on);
