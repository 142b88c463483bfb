-- Corrections are found by what they correct, holds that run out by when they do.
CREATE INDEX CONCURRENTLY IF NOT EXISTS transfers_reversing ON transfers (reverses) WHERE reverses IS NOT NULL;
CREATE INDEX CONCURRENTLY IF NOT EXISTS holds_running_out ON holds (expires_at) WHERE status = 'open' AND expires_at IS NOT NULL;
