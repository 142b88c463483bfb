-- What every thousand entries of an account add up to and when they were written, so that its balance at an instant is read from a few
-- rows however long its history is. Derived from transfers; a stretch without a mark is read entry by entry.

CREATE TABLE account_marks (
  account_id     uuid NOT NULL,
  version        bigint NOT NULL,        -- the mark covers the entries after since_version up to this one
  since_version  bigint NOT NULL,
  first_at       timestamptz NOT NULL,   -- earliest and latest time among them: versions order an account's history, clocks do not
  last_at        timestamptz NOT NULL,
  debits_posted  bigint NOT NULL,        -- what they added to the account's counters; what is held may shrink
  credits_posted bigint NOT NULL,
  debits_pending bigint NOT NULL,
  credits_pending bigint NOT NULL,
  PRIMARY KEY (account_id, version),
  CONSTRAINT a_mark_covers_entries CHECK (version > since_version AND since_version >= 0)
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON account_marks FOR EACH ROW EXECUTE FUNCTION refuse_change();
GRANT SELECT, INSERT ON account_marks TO waybill_app;
