-- Money into and out of wallets, and out to merchants (docs/wallet-rails.md). A row is written before anybody outside is asked; its id is the
-- outside world's idempotency key. Each has one position, compared under its lock: a job may run twice, and a lost one is found by `next_at`.

CREATE TABLE top_ups (
  id             uuid PRIMARY KEY,
  wallet_id      uuid NOT NULL,
  customer_id    uuid NOT NULL,
  home           text NOT NULL,
  method         text NOT NULL CONSTRAINT top_up_method_is_known CHECK (method IN ('card', 'bank')),
  currency       text NOT NULL,
  amount_minor   bigint NOT NULL CONSTRAINT top_up_is_positive CHECK (amount_minor > 0),
  credited_minor bigint NOT NULL DEFAULT 0 CONSTRAINT credited_is_not_negative CHECK (credited_minor >= 0),
  fee_minor      bigint NOT NULL DEFAULT 0,
  status         text NOT NULL CONSTRAINT top_up_status_is_known
                 CHECK (status IN ('sending', 'requires_action', 'unknown', 'awaiting_transfer', 'arriving', 'succeeded', 'failed', 'expired')),
  token          text,              -- the provider's; never a card number
  return_url     text,
  provider_ref   text,
  next_action    jsonb,
  card           jsonb,             -- brand and last four
  reference      text CONSTRAINT reference_is_one UNIQUE,   -- what a bank transfer names (ISO 11649)
  hold_id        uuid,
  counted_on     date,              -- the day whose limit it used
  over_limit     boolean NOT NULL DEFAULT false,
  failure        jsonb,
  calls          integer NOT NULL DEFAULT 0,
  next_at        timestamptz,       -- when to look again; null when there is nothing to look for
  trace_id       text NOT NULL,
  version        bigint NOT NULL DEFAULT 1,
  created_at     timestamptz NOT NULL,
  settled_at     timestamptz,
  CONSTRAINT a_card_is_charged_under_a_hold CHECK (method <> 'card' OR hold_id IS NOT NULL),
  CONSTRAINT a_transfer_has_a_reference CHECK ((method = 'bank') = (reference IS NOT NULL)),
  CONSTRAINT an_ended_top_up_looks_no_more CHECK (status NOT IN ('succeeded', 'failed', 'expired') OR method = 'bank' OR next_at IS NULL)
) WITH (fillfactor = 70);
CREATE INDEX top_ups_by_wallet ON top_ups (wallet_id, id DESC);
CREATE INDEX top_ups_by_customer ON top_ups (customer_id, id DESC);
CREATE INDEX top_ups_by_provider_ref ON top_ups (provider_ref) WHERE provider_ref IS NOT NULL;
CREATE INDEX top_ups_due ON top_ups (next_at) WHERE next_at IS NOT NULL;

-- Transfers that the bank told us of, known or not.
CREATE TABLE bank_pay_ins (
  bank_ref     text PRIMARY KEY,
  home         text NOT NULL,
  reference    text,               -- read out of what the sender wrote; null where there is none in it
  written      text NOT NULL,      -- what the sender wrote
  currency     text NOT NULL,
  amount_minor bigint NOT NULL CONSTRAINT pay_in_is_positive CHECK (amount_minor > 0),
  state        text NOT NULL CONSTRAINT pay_in_state_is_known CHECK (state IN ('pending', 'settled', 'returned')),
  booked       text NOT NULL CONSTRAINT pay_in_booking_is_known CHECK (booked IN ('nothing', 'wallet', 'suspense', 'returned')),
  why          text CONSTRAINT why_is_known CHECK (why IN ('unknown_reference', 'wallet_closed', 'other_currency')),
  top_up_id    uuid,
  customer_id  uuid,
  assigned_by  text,
  assigned_note text,
  version      bigint NOT NULL DEFAULT 1,
  first_at     timestamptz NOT NULL,
  changed_at   timestamptz NOT NULL,
  CONSTRAINT what_is_returned_was_returned CHECK (booked <> 'returned' OR state = 'returned'),
  CONSTRAINT a_wallet_is_somebodys CHECK (booked <> 'wallet' OR customer_id IS NOT NULL),
  CONSTRAINT suspense_says_why CHECK (booked <> 'suspense' OR why IS NOT NULL)
) WITH (fillfactor = 80);
CREATE INDEX pay_ins_by_top_up ON bank_pay_ins (top_up_id) WHERE top_up_id IS NOT NULL;
CREATE INDEX pay_ins_in_suspense ON bank_pay_ins (first_at, bank_ref) WHERE booked = 'suspense';
CREATE INDEX pay_ins_by_time ON bank_pay_ins (first_at DESC, bank_ref DESC);

-- Where money may be sent. Only the bank keeps the account number: here is its token for it.
CREATE TABLE bank_accounts (
  id          uuid PRIMARY KEY,
  customer_id uuid,
  merchant_id uuid,
  holder      text NOT NULL,
  country     text NOT NULL,
  last4       text NOT NULL,
  token       text NOT NULL,
  added_by    text NOT NULL,
  added_at    timestamptz NOT NULL,
  removed_at  timestamptz,
  CONSTRAINT an_account_is_somebodys CHECK ((customer_id IS NULL) <> (merchant_id IS NULL))
);
CREATE INDEX bank_accounts_by_customer ON bank_accounts (customer_id) WHERE customer_id IS NOT NULL;
CREATE INDEX bank_accounts_by_merchant ON bank_accounts (merchant_id) WHERE merchant_id IS NOT NULL;

CREATE TABLE payouts (
  id              uuid PRIMARY KEY,
  kind            text NOT NULL CONSTRAINT payout_kind_is_known CHECK (kind IN ('withdrawal', 'merchant')),
  wallet_id       uuid,
  customer_id     uuid,
  merchant_id     uuid,
  home            text NOT NULL,
  bank_account_id uuid NOT NULL,
  currency        text NOT NULL,
  amount_minor    bigint NOT NULL CONSTRAINT payout_is_positive CHECK (amount_minor > 0),
  status          text NOT NULL CONSTRAINT payout_status_is_known
                  CHECK (status IN ('awaiting_approval', 'sending', 'unknown', 'accepted', 'settled', 'rejected', 'returned', 'cancelled')),
  hold_id         uuid NOT NULL,
  counted_on      date,
  bank_ref        text,
  reason          text,
  approval_id     uuid,
  requested_by    text NOT NULL,
  calls           integer NOT NULL DEFAULT 0,
  next_at         timestamptz,
  trace_id        text NOT NULL,
  version         bigint NOT NULL DEFAULT 1,
  created_at      timestamptz NOT NULL,
  settled_at      timestamptz,
  CONSTRAINT a_payout_is_somebodys CHECK ((kind = 'withdrawal') = (wallet_id IS NOT NULL AND customer_id IS NOT NULL)
                                      AND (kind = 'merchant') = (merchant_id IS NOT NULL))
) WITH (fillfactor = 70);
CREATE INDEX payouts_by_customer ON payouts (customer_id, id DESC) WHERE customer_id IS NOT NULL;
CREATE INDEX payouts_by_merchant ON payouts (merchant_id, id DESC) WHERE merchant_id IS NOT NULL;
CREATE INDEX payouts_by_bank_ref ON payouts (bank_ref) WHERE bank_ref IS NOT NULL;
CREATE INDEX payouts_due ON payouts (next_at) WHERE next_at IS NOT NULL;

-- What cardholders' banks took back of top ups.
CREATE TABLE top_up_disputes (
  provider_ref text PRIMARY KEY,
  top_up_id    uuid NOT NULL,
  customer_id  uuid NOT NULL,
  currency     text NOT NULL,
  amount_minor bigint NOT NULL CONSTRAINT dispute_is_positive CHECK (amount_minor > 0),
  debited_minor bigint NOT NULL,    -- what the wallet bore; the rest is a loss of the platform
  fee_minor    bigint NOT NULL,
  status       text NOT NULL CONSTRAINT dispute_status_is_known CHECK (status IN ('open', 'won', 'lost')),
  version      bigint NOT NULL DEFAULT 1,
  opened_at    timestamptz NOT NULL,
  closed_at    timestamptz,
  CONSTRAINT a_wallet_bears_no_more CHECK (debited_minor >= 0 AND debited_minor <= amount_minor)
);
CREATE INDEX top_up_disputes_by_top_up ON top_up_disputes (top_up_id);

-- How far a charge-back or a transfer taken back may drive a wallet below zero. A currency without a row: as far as it takes.
CREATE TABLE wallet_debt_policies (
  currency       text PRIMARY KEY,
  max_debt_minor bigint NOT NULL CONSTRAINT debt_is_not_negative CHECK (max_debt_minor >= 0)
);

GRANT SELECT, INSERT, UPDATE ON top_ups, bank_pay_ins, bank_accounts, payouts, top_up_disputes TO waybill_app;
GRANT SELECT ON wallet_debt_policies TO waybill_app;
