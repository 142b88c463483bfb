-- What a merchant says about cancelling, refunding, taking money and second persons: a version for each change, never altered. What is said
-- about returns is in return_policies. Terms are typed by their kind, in server/domains/policies/schema.ts.
CREATE TABLE policies (
  id             uuid PRIMARY KEY,
  merchant_id    uuid NOT NULL,
  kind           text NOT NULL CONSTRAINT policy_kind_is_known CHECK (kind IN ('cancellation', 'refund', 'capture', 'approval')),
  version        integer NOT NULL CONSTRAINT versions_of_a_kind_count_from_one CHECK (version >= 1),
  effective_from timestamptz NOT NULL,
  terms          jsonb NOT NULL,
  created_by     text NOT NULL,
  created_at     timestamptz NOT NULL,
  CONSTRAINT a_merchants_policies_of_a_kind_are_versions UNIQUE (merchant_id, kind, version)
);

-- What was kept of cancelled units, by the policy that held when they were cancelled. Of a card that gave nothing it is dropped again.
CREATE TABLE cancellation_fees (
  id             uuid PRIMARY KEY,
  order_id       uuid NOT NULL,
  merchant_id    uuid NOT NULL,
  policy_version integer NOT NULL,
  by_actor       text NOT NULL CONSTRAINT fee_is_paid_by_people CHECK (by_actor IN ('customer', 'agent')),
  actor          text NOT NULL,
  value_minor    bigint NOT NULL,        -- what the cancelled units are worth
  amount_minor   bigint NOT NULL CONSTRAINT cancellation_fee_is_within_the_value CHECK (amount_minor >= 0 AND amount_minor <= value_minor),
  waived_minor   bigint NOT NULL DEFAULT 0 CONSTRAINT waived_fee_is_not_negative CHECK (waived_minor >= 0),
  waive_reason   text CONSTRAINT a_waived_fee_has_its_reason CHECK ((waived_minor > 0) = (waive_reason IS NOT NULL)),
  currency       text NOT NULL,
  created_at     timestamptz NOT NULL,
  dropped_at     timestamptz
);
CREATE INDEX cancellation_fees_by_order ON cancellation_fees (order_id);

-- Beside what was cancelled: what of it is kept. And what the policies said when the order was placed: null where they said nothing.
ALTER TABLE orders ADD COLUMN cancellation_fee_minor bigint NOT NULL DEFAULT 0;
ALTER TABLE orders ADD CONSTRAINT cancellation_fee_is_within_what_was_cancelled
  CHECK (cancellation_fee_minor >= 0 AND cancellation_fee_minor <= cancelled_minor) NOT VALID;
ALTER TABLE orders ADD COLUMN terms jsonb;

-- What placing an order has to know of the policies, kept with the merchant's row, which it reads anyway.
ALTER TABLE merchants ADD COLUMN order_terms jsonb;

GRANT SELECT, INSERT ON policies TO waybill_app;
GRANT SELECT, INSERT, UPDATE ON cancellation_fees TO waybill_app;
