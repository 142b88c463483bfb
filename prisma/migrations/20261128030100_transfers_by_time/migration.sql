-- What was written since an instant: the trial balance of the past reads it. A block-range index costs a transfer nothing that can be measured.
CREATE INDEX CONCURRENTLY IF NOT EXISTS transfers_by_time ON transfers USING brin (at) WITH (autosummarize = on);
