-- What the oracle looked at and found, and how far each row has been verified (DESIGN 9).

CREATE TABLE integrity_runs (
  id          uuid PRIMARY KEY,
  scope       text NOT NULL CONSTRAINT run_scope_is_known CHECK (scope IN ('full', 'incremental')),
  checked_at  timestamptz NOT NULL,
  took_ms     integer NOT NULL,
  violations  bigint NOT NULL,
  unchecked   integer NOT NULL,       -- invariants that could not be checked, for instance because the provider was silent
  mark        text NOT NULL,          -- xid8: every event of a transaction below it was visible to this run
  verified    boolean NOT NULL,       -- nothing violated: the next incremental run starts at this mark
  results     jsonb NOT NULL
);
CREATE INDEX integrity_runs_by_time ON integrity_runs (checked_at, id);

-- The version up to which a counter row agreed with its history. The next incremental run looks at what moved on from here.
CREATE TABLE integrity_marks (
  kind    text NOT NULL CONSTRAINT mark_kind_is_known CHECK (kind IN ('account', 'supply', 'node')),
  key     text NOT NULL,
  version bigint NOT NULL,
  PRIMARY KEY (kind, key)
) WITH (fillfactor = 70);

GRANT SELECT, INSERT, UPDATE ON integrity_runs, integrity_marks TO waybill_app;
GRANT DELETE ON integrity_runs TO waybill_app;
