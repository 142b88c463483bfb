-- Quotes: what an order will cost, with the ways it can be sent. An order names its quote.

CREATE TABLE shipping_methods (
  id              uuid PRIMARY KEY,
  merchant_id     uuid NOT NULL REFERENCES merchants,
  code            text NOT NULL,
  name            text NOT NULL,
  countries       text[] NOT NULL DEFAULT '{}',  -- ISO 3166-1 alpha-2; empty: everywhere
  postal_prefixes text[] NOT NULL DEFAULT '{}',  -- empty: the whole of each country
  basis           text NOT NULL CONSTRAINT basis_is_known CHECK (basis IN ('flat', 'weight', 'subtotal')),
  tiers           jsonb NOT NULL,                -- [{"up_to": grams, minor units or null, "price_minor": n}], the first that fits
  min_days        int NOT NULL CONSTRAINT days_are_not_negative CHECK (min_days >= 0),
  max_days        int NOT NULL,                  -- working days after the parcel leaves
  cutoff_hour     int NOT NULL DEFAULT 14 CONSTRAINT cutoff_is_an_hour CHECK (cutoff_hour BETWEEN 0 AND 24),  -- UTC; later orders leave a day later
  active          boolean NOT NULL DEFAULT true,
  position        int NOT NULL DEFAULT 100,
  version         bigint NOT NULL DEFAULT 1,
  created_at      timestamptz NOT NULL,
  updated_at      timestamptz NOT NULL,
  CONSTRAINT shipping_code_is_unique_per_merchant UNIQUE (merchant_id, code),
  CONSTRAINT the_last_day_is_not_before_the_first CHECK (max_days >= min_days)
);

-- A quote never changes. It holds no personal data: of the address only what decides tax and delivery.
CREATE TABLE quotes (
  id                 uuid PRIMARY KEY,
  home               text NOT NULL,
  merchant_id        uuid NOT NULL,
  currency           text NOT NULL,
  prices_include_tax boolean NOT NULL,
  destination        jsonb NOT NULL,   -- country, region, postal_code
  lines              jsonb NOT NULL,
  discount_minor     bigint NOT NULL,  -- asked off the whole order
  options            jsonb NOT NULL,
  rates              jsonb NOT NULL,   -- tax class → rate as a decimal string
  tax_provider       text NOT NULL,
  goods_total_minor  bigint NOT NULL,
  actor              text NOT NULL,
  trace_id           text NOT NULL,
  created_at         timestamptz NOT NULL,
  expires_at         timestamptz NOT NULL,
  CONSTRAINT a_quote_lasts_a_while CHECK (expires_at > created_at)
);
CREATE INDEX quotes_by_age ON quotes (created_at);

ALTER TABLE orders
  ADD COLUMN quote_id        uuid,
  ADD COLUMN shipping_method text,
  ADD COLUMN promised_from   date,
  ADD COLUMN promised_by     date,
  ADD CONSTRAINT a_promise_ends_after_it_begins CHECK (promised_by >= promised_from);

GRANT SELECT, INSERT, UPDATE ON shipping_methods TO waybill_app;
GRANT SELECT, INSERT, DELETE ON quotes TO waybill_app;
