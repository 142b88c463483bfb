-- Wallets belong to customers of the platform, one per currency; their money is an account of the ledger (docs/decisions/081). This row says
-- whether they may spend, by which tier, and how much they spent and took in today and this month (UTC): counted under its own lock.

CREATE TABLE wallets (
  id              uuid PRIMARY KEY,
  customer_id     uuid NOT NULL,
  currency        text NOT NULL,
  account_id      uuid NOT NULL,     -- follows from customer and currency: who opens a wallet again has the same account
  tier            text NOT NULL,
  status          text NOT NULL CONSTRAINT wallet_status_is_known CHECK (status IN ('active', 'frozen', 'closed')),
  frozen_by       text CONSTRAINT frozen_by_is_known CHECK (frozen_by IN ('customer', 'staff')),
  frozen_reason   text,
  home            text NOT NULL,
  version         bigint NOT NULL DEFAULT 1,
  day             date NOT NULL,
  day_out_minor   bigint NOT NULL DEFAULT 0,
  day_in_minor    bigint NOT NULL DEFAULT 0,
  month           date NOT NULL,     -- its first day
  month_out_minor bigint NOT NULL DEFAULT 0,
  month_in_minor  bigint NOT NULL DEFAULT 0,
  opened_at       timestamptz NOT NULL,
  closed_at       timestamptz,
  CONSTRAINT a_frozen_wallet_says_by_whom CHECK ((status = 'frozen') = (frozen_by IS NOT NULL)),
  CONSTRAINT a_closed_wallet_says_when CHECK ((status = 'closed') = (closed_at IS NOT NULL)),
  CONSTRAINT usage_is_not_negative CHECK (day_out_minor >= 0 AND day_in_minor >= 0 AND month_out_minor >= 0 AND month_in_minor >= 0),
  CONSTRAINT a_day_is_in_its_month CHECK (date_trunc('month', day::timestamp)::date = month AND month_out_minor >= day_out_minor AND month_in_minor >= day_in_minor)
) WITH (fillfactor = 50);
CREATE UNIQUE INDEX one_open_wallet_per_currency ON wallets (customer_id, currency) WHERE status <> 'closed';
CREATE INDEX wallets_by_customer ON wallets (customer_id);
CREATE INDEX wallets_by_account ON wallets (account_id);
CREATE INDEX wallets_by_opening ON wallets (opened_at DESC, id DESC);

-- Who has held a handle keeps it: nobody else ever receives what is meant for its former owner.
CREATE TABLE wallet_handles (
  handle      text PRIMARY KEY CONSTRAINT handle_is_plain CHECK (handle ~ '^[a-z0-9_]{3,24}$'),
  customer_id uuid NOT NULL,
  current     boolean NOT NULL,
  set_at      timestamptz NOT NULL
);
CREATE UNIQUE INDEX one_current_handle ON wallet_handles (customer_id) WHERE current;
CREATE INDEX wallet_handles_by_customer ON wallet_handles (customer_id);

-- What each tier may do, in minor units. A currency is offered when it has rows here. Out and in are counted apart: spending against
-- per_day and per_month of what goes out, top ups against the same figures of what comes in.
CREATE TABLE wallet_tiers (
  tier               text NOT NULL,
  currency           text NOT NULL,
  per_transfer_minor bigint NOT NULL,
  per_day_minor      bigint NOT NULL,
  per_month_minor    bigint NOT NULL,
  balance_minor      bigint NOT NULL,
  PRIMARY KEY (tier, currency),
  CONSTRAINT limits_are_nested CHECK (0 < per_transfer_minor AND per_transfer_minor <= per_day_minor AND per_day_minor <= per_month_minor AND balance_minor > 0)
);
INSERT INTO wallet_tiers (tier, currency, per_transfer_minor, per_day_minor, per_month_minor, balance_minor)
SELECT t.tier, c.currency, t.per_transfer * c.factor, t.per_day * c.factor, t.per_month * c.factor, t.balance * c.factor
FROM (VALUES ('basic',       250::bigint,   500::bigint,   2500::bigint,   2500::bigint),
             ('verified',   2000,          5000,          20000,          20000),
             ('plus',      10000,         25000,         100000,         100000)) AS t (tier, per_transfer, per_day, per_month, balance)
CROSS JOIN (VALUES ('EUR', 100::bigint), ('USD', 100), ('GBP', 100), ('CHF', 100), ('JPY', 150)) AS c (currency, factor);

-- One customer asks another for money.
CREATE TABLE money_requests (
  id               uuid PRIMARY KEY,
  requester_wallet uuid NOT NULL,
  requester_id     uuid NOT NULL,
  payer_id         uuid NOT NULL,
  currency         text NOT NULL,
  amount_minor     bigint NOT NULL CONSTRAINT asked_amount_is_positive CHECK (amount_minor > 0),
  note             text,
  status           text NOT NULL CONSTRAINT request_status_is_known CHECK (status IN ('open', 'paid', 'declined', 'cancelled', 'expired')),
  transfer_id      uuid,
  home             text NOT NULL,
  version          bigint NOT NULL DEFAULT 1,
  created_at       timestamptz NOT NULL,
  expires_at       timestamptz NOT NULL,
  decided_at       timestamptz,
  CONSTRAINT nobody_asks_himself CHECK (requester_id <> payer_id),
  CONSTRAINT a_paid_request_names_its_transfer CHECK ((status = 'paid') = (transfer_id IS NOT NULL)),
  CONSTRAINT an_open_request_is_undecided CHECK ((status = 'open') = (decided_at IS NULL))
) WITH (fillfactor = 80);
CREATE INDEX money_requests_by_requester ON money_requests (requester_id, id DESC);
CREATE INDEX money_requests_by_payer ON money_requests (payer_id, id DESC);
CREATE INDEX money_requests_due ON money_requests (expires_at) WHERE status = 'open';

-- What people said about the money they sent each other: kept out of ledger and events. The id is the ledger transfer's.
CREATE TABLE wallet_transfers (
  id            uuid PRIMARY KEY,
  from_wallet   uuid NOT NULL,
  to_wallet     uuid NOT NULL,
  from_customer uuid NOT NULL,
  to_customer   uuid NOT NULL,
  currency      text NOT NULL,
  amount_minor  bigint NOT NULL CONSTRAINT sent_amount_is_positive CHECK (amount_minor > 0),
  note          text,
  request_id    uuid,
  counted_on    date NOT NULL,     -- the day whose limit it used
  at            timestamptz NOT NULL,
  CONSTRAINT nobody_sends_to_himself CHECK (from_wallet <> to_wallet AND from_customer <> to_customer)
);
CREATE INDEX wallet_transfers_by_sender ON wallet_transfers (from_customer, id DESC);
CREATE INDEX wallet_transfers_by_recipient ON wallet_transfers (to_customer, id DESC);
CREATE INDEX wallet_transfers_by_wallet_and_day ON wallet_transfers (from_wallet, counted_on);

GRANT SELECT, INSERT, UPDATE ON wallets, wallet_handles, money_requests TO waybill_app;
GRANT SELECT, INSERT ON wallet_transfers TO waybill_app;
GRANT SELECT ON wallet_tiers TO waybill_app;
