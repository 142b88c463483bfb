-- Gift cards and store credit: who owes what to whom is in the ledger (accounts gift_card:… and store_credit:…); these rows say what a card or
-- a credit is. A row changes only under the lock of its account. Of a card's code an HMAC under WAYBILL_DATA_KEY and the last four characters are kept.
CREATE TABLE gift_cards (
  id            uuid PRIMARY KEY,
  home          text NOT NULL,
  merchant_id   uuid NOT NULL,
  account_id    uuid NOT NULL,
  currency      text NOT NULL,
  code_hash     text NOT NULL,
  last4         text NOT NULL,
  initial_minor bigint NOT NULL CONSTRAINT gift_card_is_worth_something CHECK (initial_minor > 0),
  status        text NOT NULL CONSTRAINT gift_card_status_is_known CHECK (status IN ('awaiting_approval', 'active', 'frozen', 'void', 'expired')),
  reason        text NOT NULL,
  note          text,
  customer_id   uuid,
  approval_id   uuid,
  issued_by     text NOT NULL,
  expires_at    timestamptz,
  created_at    timestamptz NOT NULL,
  updated_at    timestamptz NOT NULL,
  version       bigint NOT NULL
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX a_code_is_one_gift_card ON gift_cards (code_hash);
CREATE UNIQUE INDEX a_gift_card_has_its_account ON gift_cards (account_id);
CREATE INDEX gift_cards_by_merchant ON gift_cards (merchant_id, created_at, id);
CREATE INDEX gift_cards_by_creation ON gift_cards (created_at, id);
CREATE INDEX gift_cards_by_customer ON gift_cards (customer_id) WHERE customer_id IS NOT NULL;
CREATE INDEX gift_cards_that_end ON gift_cards (expires_at) WHERE status IN ('active', 'frozen') AND expires_at IS NOT NULL;
GRANT SELECT, INSERT, UPDATE ON gift_cards TO waybill_app;

-- The id is the account's: one row per merchant, customer and currency.
CREATE TABLE store_credits (
  id          uuid PRIMARY KEY,
  home        text NOT NULL,
  merchant_id uuid NOT NULL,
  customer_id uuid NOT NULL,
  currency    text NOT NULL,
  status      text NOT NULL CONSTRAINT store_credit_status_is_known CHECK (status IN ('active', 'frozen')),
  created_at  timestamptz NOT NULL,
  updated_at  timestamptz NOT NULL,
  version     bigint NOT NULL
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX store_credits_by_customer ON store_credits (customer_id, merchant_id, currency);
CREATE INDEX store_credits_by_merchant ON store_credits (merchant_id, created_at, id);
GRANT SELECT, INSERT, UPDATE ON store_credits TO waybill_app;

-- Where a leg's money goes; to the tender it came from where nothing is said.
ALTER TABLE refund_legs ADD COLUMN destination text;
-- What a customer chose to pay with beside the card: [{type, id, last4}]. Never a code.
ALTER TABLE checkouts ADD COLUMN tenders jsonb NOT NULL DEFAULT '[]';
