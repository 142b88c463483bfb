-- A correction names the transfer that it reverses. Not unique: a transfer may be taken back in parts, which its accounts' locks add up.
ALTER TABLE transfers ADD COLUMN reverses uuid;

-- Closed periods. Nothing is posted with a time before the newest of them.
CREATE TABLE ledger_periods (
  closed_until timestamptz PRIMARY KEY,
  home         text NOT NULL,
  closed_by    text NOT NULL,
  closed_at    timestamptz NOT NULL,
  trace_id     text NOT NULL
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON ledger_periods FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON ledger_periods EXECUTE FUNCTION refuse_change();
GRANT SELECT, INSERT ON ledger_periods TO waybill_app;
