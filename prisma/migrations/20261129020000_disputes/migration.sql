-- What cardholders' banks ask about, and take back, of orders' payments (docs/decisions/110).

-- What the provider holds of a payment for disputes: it is not there to be refunded. A bank may take back what was refunded already, so that it
-- is not bounded by what is left.
ALTER TABLE payments ADD COLUMN disputed_minor bigint NOT NULL DEFAULT 0;

-- While one is open nothing more of its order leaves.
ALTER TABLE orders
  DROP CONSTRAINT holds_are_known,
  ADD CONSTRAINT holds_are_known CHECK (holds <@ ARRAY['fraud', 'address', 'manual', 'payment', 'dispute']) NOT VALID;

-- A child of its order: read, and changed, under its lock.
CREATE TABLE disputes (
  id              uuid PRIMARY KEY,
  number          text NOT NULL CONSTRAINT dispute_number_is_unique UNIQUE,
  home            text NOT NULL,
  merchant_id     uuid NOT NULL,
  order_id        uuid NOT NULL,
  payment_id      uuid NOT NULL,
  provider        text NOT NULL,
  provider_ref    text NOT NULL,
  status          text NOT NULL CONSTRAINT order_dispute_status_is_known CHECK (status IN ('inquiry', 'open', 'submitted', 'won', 'lost', 'accepted', 'withdrawn')),
  reason          text NOT NULL,          -- the provider's word for it
  currency        text NOT NULL,
  amount_minor    bigint NOT NULL CONSTRAINT disputed_amount_is_positive CHECK (amount_minor > 0),
  taken_minor     bigint NOT NULL,        -- of it, what the provider has and the ledger shows as a loss
  fee_minor       bigint NOT NULL,        -- what the provider charged for it in all,
  fee_back_minor  bigint NOT NULL,        -- and gave back of that
  set_off_minor   bigint NOT NULL,        -- of what was lost, what the customer was owed anyhow
  evidence        jsonb NOT NULL,         -- what was gathered, as it stands
  evidence_due_at timestamptz,
  answer          text CONSTRAINT dispute_answer_is_known CHECK (answer IN ('evidence', 'accept')),
  answer_id       uuid,                   -- the attempt: the provider's idempotency key
  answered_by     text,
  answered_at     timestamptz,            -- when the provider had it
  answer_error    jsonb,
  opened_at       timestamptz NOT NULL,
  closed_at       timestamptz,
  said_at         timestamptz NOT NULL,   -- when the provider was asked what this row says
  version         bigint NOT NULL,
  CONSTRAINT a_dispute_takes_its_amount_at_most CHECK (taken_minor BETWEEN 0 AND amount_minor),
  CONSTRAINT a_dispute_that_is_over_took_nothing CHECK (status NOT IN ('inquiry', 'won', 'withdrawn') OR taken_minor = 0),
  CONSTRAINT a_lost_dispute_took_all CHECK (status NOT IN ('lost', 'accepted') OR taken_minor = amount_minor),
  CONSTRAINT dispute_fees_come_back_once CHECK (fee_minor >= 0 AND fee_back_minor BETWEEN 0 AND fee_minor),
  CONSTRAINT only_losses_are_set_off CHECK (set_off_minor >= 0 AND (set_off_minor = 0 OR (status IN ('lost', 'accepted') AND set_off_minor <= amount_minor))),
  CONSTRAINT an_answer_has_an_attempt CHECK ((answer IS NULL) = (answer_id IS NULL)),
  CONSTRAINT a_closed_dispute_has_its_time CHECK ((closed_at IS NOT NULL) = (status IN ('won', 'lost', 'accepted', 'withdrawn'))),
  CONSTRAINT a_dispute_is_known_once UNIQUE (provider, provider_ref)
) WITH (fillfactor = 70);
CREATE INDEX disputes_by_order ON disputes (order_id);
CREATE INDEX disputes_by_opened ON disputes (opened_at, id);
CREATE INDEX disputes_by_merchant ON disputes (merchant_id, opened_at, id);
CREATE INDEX disputes_to_answer ON disputes (evidence_due_at, id) WHERE status IN ('inquiry', 'open');
CREATE INDEX disputes_to_ask ON disputes (said_at) WHERE status IN ('inquiry', 'open', 'submitted');

-- Papers and pictures that go with an answer: small ones, never changed. The newest of a kind counts.
CREATE TABLE dispute_files (
  id           uuid PRIMARY KEY,
  dispute_id   uuid NOT NULL,
  order_id     uuid NOT NULL,
  kind         text NOT NULL CONSTRAINT evidence_file_kind_is_known CHECK (kind IN ('receipt', 'delivery', 'messages', 'other')),
  content_type text NOT NULL CONSTRAINT evidence_file_type_is_known CHECK (content_type IN ('image/jpeg', 'image/png', 'application/pdf')),
  bytes        bytea NOT NULL CONSTRAINT evidence_file_is_small CHECK (octet_length(bytes) BETWEEN 1 AND 524288),
  added_by     text NOT NULL,
  added_at     timestamptz NOT NULL
);
CREATE INDEX dispute_files_by_dispute ON dispute_files (dispute_id, id);

GRANT SELECT, INSERT, UPDATE ON disputes TO waybill_app;
GRANT SELECT, INSERT ON dispute_files TO waybill_app;
