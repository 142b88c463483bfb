-- Keys come in order of time and are only looked up by time to be purged: a range of pages is enough to know.
DROP INDEX CONCURRENTLY IF EXISTS idempotency_keys_by_age;
CREATE INDEX CONCURRENTLY IF NOT EXISTS idempotency_keys_by_age ON idempotency_keys USING brin (created_at) WITH (autosummarize = on);
