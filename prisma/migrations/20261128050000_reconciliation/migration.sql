-- What a provider's own report says of a period, beside what the books say (docs/decisions/082). A run reads the report; an item is one
-- booking of theirs, one of ours, or the pair of them. What does not agree stays open until a person has said why.

CREATE TABLE reconciliation_runs (
  id             uuid PRIMARY KEY,
  home           text NOT NULL,
  provider       text NOT NULL CONSTRAINT reconciled_provider_is_known CHECK (provider IN ('card', 'bank')),
  period_from    timestamptz NOT NULL,
  period_to      timestamptz NOT NULL,
  status         text NOT NULL CONSTRAINT run_status_is_known CHECK (status IN ('running', 'done', 'failed')),
  requested_by   text NOT NULL,
  attempts       integer NOT NULL DEFAULT 0,
  error          text,
  matched        integer NOT NULL DEFAULT 0,
  missing_here   integer NOT NULL DEFAULT 0,
  missing_there  integer NOT NULL DEFAULT 0,
  amount_differs integer NOT NULL DEFAULT 0,
  version        bigint NOT NULL DEFAULT 1,
  started_at     timestamptz NOT NULL,
  finished_at    timestamptz,
  CONSTRAINT a_period_has_a_length CHECK (period_from < period_to),
  CONSTRAINT a_running_run_has_no_end CHECK ((status = 'running') = (finished_at IS NULL))
);
CREATE UNIQUE INDEX one_run_per_period_at_a_time ON reconciliation_runs (provider, period_from, period_to) WHERE status = 'running';
CREATE INDEX reconciliation_runs_by_start ON reconciliation_runs (started_at DESC, id DESC);

CREATE TABLE reconciliation_items (
  id            uuid PRIMARY KEY,
  provider      text NOT NULL,
  key           text NOT NULL,        -- what of theirs, or where there is none of ours, it is: the same in every run
  run_id        uuid NOT NULL,        -- the last run that saw it
  kind          text NOT NULL CONSTRAINT item_kind_is_known CHECK (kind IN ('matched', 'missing_here', 'missing_there', 'amount_differs')),
  status        text NOT NULL CONSTRAINT item_status_is_known CHECK (status IN ('agreed', 'open', 'awaiting_approval', 'explained', 'written_off', 'gone')),
  booking       text NOT NULL CONSTRAINT booking_is_known CHECK (booking IN ('charge', 'refund', 'dispute', 'pay_in', 'payout')),
  external_id   text,                 -- theirs
  journal_id    uuid,                 -- ours
  order_id      uuid,
  reference     text,                 -- what both sides call the payment
  currency      text NOT NULL,
  theirs_minor  bigint NOT NULL,      -- net of their fee; 0 where it is missing there
  ours_minor    bigint NOT NULL,
  occurred_at   timestamptz NOT NULL,
  seen_at       timestamptz NOT NULL,
  resolved_by   text,
  resolved_at   timestamptz,
  note          text,
  approval_id   uuid,
  write_off_id  uuid,                 -- the transfer to suspense
  version       bigint NOT NULL DEFAULT 1,
  CONSTRAINT item_is_one UNIQUE (provider, key),
  CONSTRAINT a_match_agrees CHECK (kind <> 'matched' OR (theirs_minor = ours_minor AND external_id IS NOT NULL AND journal_id IS NOT NULL)),
  CONSTRAINT what_is_missing_has_one_side CHECK (
    (kind <> 'missing_here' OR journal_id IS NULL) AND (kind <> 'missing_there' OR external_id IS NULL)),
  CONSTRAINT only_a_match_agrees CHECK ((kind = 'matched') = (status = 'agreed')),
  CONSTRAINT a_resolution_says_who CHECK ((status IN ('explained', 'written_off')) = (resolved_by IS NOT NULL)),
  CONSTRAINT a_write_off_names_its_transfer CHECK ((status = 'written_off') = (write_off_id IS NOT NULL))
) WITH (fillfactor = 80);
CREATE INDEX reconciliation_items_open ON reconciliation_items (occurred_at, id) WHERE status IN ('open', 'awaiting_approval');
CREATE INDEX reconciliation_items_by_time ON reconciliation_items (occurred_at DESC, id DESC);
CREATE INDEX reconciliation_items_by_journal ON reconciliation_items (journal_id) WHERE journal_id IS NOT NULL;

GRANT SELECT, INSERT, UPDATE ON reconciliation_runs, reconciliation_items TO waybill_app;
