-- A key is claimed and, in the same transaction, given its outcome, which is five times as long. With room in the page the row changes
-- in place (a heap-only tuple) and its key is not indexed a second time; the outcomes fill the room.
ALTER TABLE idempotency_keys SET (fillfactor = 12);
