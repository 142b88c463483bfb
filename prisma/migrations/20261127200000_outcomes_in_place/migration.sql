-- A key is claimed and, in the same transaction, given its outcome, which is five times as long. With room in the page the row changes
-- in place (a heap-only tuple) and its key is not indexed a second time; the outcomes fill the room.
ALTER TABLE idempotency_keys SET (fillfactor = 12);

-- Keys come in order of time and are only looked up by time to be purged: a range of pages is enough to know.
DROP INDEX idempotency_keys_by_age;
CREATE INDEX idempotency_keys_by_age ON idempotency_keys USING brin (created_at) WITH (autosummarize = on);
