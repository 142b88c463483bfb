-- A difference at a channel is counted (docs/decisions/104).
ALTER TABLE channel_drift DROP CONSTRAINT drift_status_is_known, ADD CONSTRAINT drift_status_is_known
  CHECK (status IN ('open', 'counting', 'ignored', 'closed')) NOT VALID;

-- How often its shelf was asked for: sheets of an earlier round, which were given up, say nothing.
ALTER TABLE channel_drift ADD COLUMN count_round integer NOT NULL DEFAULT 0;

-- The sheets on which somebody looks for it, one per node that has the goods.
CREATE TABLE channel_drift_counts (
  drift_id uuid NOT NULL,
  count_id uuid NOT NULL,
  round    integer NOT NULL,
  PRIMARY KEY (drift_id, count_id)
);
CREATE INDEX channel_drift_counts_by_count ON channel_drift_counts (count_id);

GRANT SELECT, INSERT ON channel_drift_counts TO waybill_app;
