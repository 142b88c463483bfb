-- Invoices and credit notes with numbers without gaps, per merchant (docs/decisions/107).

-- Who sells, as its invoices say. A merchant without a row issues none; what left before `since` was invoiced elsewhere.
CREATE TABLE invoice_profiles (
  merchant_id uuid PRIMARY KEY REFERENCES merchants,
  legal_name  text NOT NULL,
  address     jsonb NOT NULL,
  tax_number  text NOT NULL,
  prefix      text NOT NULL CONSTRAINT a_prefix_is_short CHECK (prefix ~ '^[A-Z0-9]{2,8}$'),
  since       timestamptz NOT NULL,
  version     bigint NOT NULL DEFAULT 1,
  CONSTRAINT a_prefix_is_one_merchants UNIQUE (prefix)
);

-- The last number that was given, per merchant and kind.
CREATE TABLE invoice_series (
  merchant_id uuid NOT NULL,
  kind        text NOT NULL CONSTRAINT series_kind_is_known CHECK (kind IN ('invoice', 'credit_note')),
  value       bigint NOT NULL,
  PRIMARY KEY (merchant_id, kind)
) WITH (fillfactor = 50);

-- As they were issued: seller, buyer and every line are copies, and nothing of them ever changes.
CREATE TABLE invoices (
  id             uuid PRIMARY KEY,
  home           text NOT NULL,
  merchant_id    uuid NOT NULL,
  order_id       uuid NOT NULL,
  kind           text NOT NULL CONSTRAINT invoice_kind_is_known CHECK (kind IN ('invoice', 'credit_note')),
  number         text NOT NULL CONSTRAINT an_invoice_number_is_unique UNIQUE,
  series_value   bigint NOT NULL,
  source_kind    text NOT NULL,
  source_id      uuid NOT NULL,
  corrects       text[] NOT NULL DEFAULT '{}',   -- the invoices that a credit note takes back of
  currency       text NOT NULL,
  net_minor      bigint NOT NULL CONSTRAINT an_invoice_is_not_negative CHECK (net_minor >= 0),
  discount_minor bigint NOT NULL CHECK (discount_minor >= 0),
  tax_minor      bigint NOT NULL CHECK (tax_minor >= 0),
  total_minor    bigint NOT NULL,
  country        text NOT NULL,                  -- whose tax it bears
  region         text,
  supplied_at    timestamptz NOT NULL,
  issued_at      timestamptz NOT NULL,
  seller         jsonb NOT NULL,
  buyer          jsonb NOT NULL,
  CONSTRAINT an_invoice_adds_up CHECK (total_minor = net_minor - discount_minor + tax_minor),
  CONSTRAINT an_invoice_is_of_its_source CHECK ((kind = 'invoice' AND source_kind = 'shipment') OR (kind = 'credit_note' AND source_kind = 'refund')),
  CONSTRAINT a_source_is_documented_once UNIQUE (source_id),
  CONSTRAINT invoice_numbers_are_given_once UNIQUE (merchant_id, kind, series_value)
);
CREATE INDEX invoices_by_order ON invoices (order_id);
CREATE INDEX invoices_by_merchant ON invoices (merchant_id, issued_at, id);
CREATE INDEX invoices_by_day ON invoices (issued_at, id);

CREATE TABLE invoice_lines (
  invoice_id     uuid NOT NULL,
  position       int NOT NULL,
  order_id       uuid NOT NULL,
  line_id        uuid,                           -- null: a part of the price, not units
  from_unit      int,
  to_unit        int,
  sku_code       text,
  name           text NOT NULL,
  units          int,
  unit_price     numeric(20,6),
  net_minor      bigint NOT NULL,
  discount_minor bigint NOT NULL,
  tax_minor      bigint NOT NULL,
  tax_rate       numeric(9,6) NOT NULL,
  PRIMARY KEY (invoice_id, position),
  CONSTRAINT an_invoiced_line_names_its_units CHECK ((line_id IS NULL) = (from_unit IS NULL) AND (line_id IS NULL) = (to_unit IS NULL))
);
CREATE INDEX invoice_lines_by_order ON invoice_lines (order_id);

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON invoices      FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON invoice_lines FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON invoices      EXECUTE FUNCTION refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON invoice_lines EXECUTE FUNCTION refuse_change();

GRANT SELECT, INSERT, UPDATE ON invoice_profiles, invoice_series TO waybill_app;
GRANT SELECT, INSERT ON invoices, invoice_lines TO waybill_app;
