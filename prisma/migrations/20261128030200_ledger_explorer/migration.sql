-- What the explorer looks up. Journals are numbered as they are written, so block ranges find them; the others are few of many.
CREATE INDEX CONCURRENTLY IF NOT EXISTS transfers_by_journal ON transfers USING brin (journal_id) WITH (autosummarize = on);
CREATE INDEX CONCURRENTLY IF NOT EXISTS transfers_by_hold ON transfers (hold_id) WHERE hold_id IS NOT NULL;
CREATE INDEX CONCURRENTLY IF NOT EXISTS holds_open_by_age ON holds (created_at, id) WHERE status = 'open';
CREATE INDEX CONCURRENTLY IF NOT EXISTS holds_open_credit ON holds (credit_account) WHERE status = 'open';
