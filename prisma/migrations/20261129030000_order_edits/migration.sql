-- Orders that change before their goods leave (docs/decisions/111).

-- What an authorization holds may be raised.
ALTER TABLE payment_operations DROP CONSTRAINT operation_kind_is_known, ADD CONSTRAINT operation_kind_is_known CHECK (kind IN ('authorize', 'increment', 'capture', 'void', 'refund')) NOT VALID;

-- A change of an order's lines, shipping or address as one plan: applied as it is made, or once its difference is paid. A child of its
-- order: read, and changed, under its lock.
CREATE TABLE order_edits (
  id             uuid PRIMARY KEY,
  home           text NOT NULL,
  merchant_id    uuid NOT NULL,
  order_id       uuid NOT NULL,
  channel        text NOT NULL,       -- the order's: whose promises its units count as
  status         text NOT NULL CONSTRAINT edit_status_is_known CHECK (status IN ('waiting', 'applied', 'withdrawn', 'lapsed', 'dropped')),
  plan           jsonb NOT NULL,      -- units that go, lines that come with their prices, shipping, address
  held           jsonb NOT NULL,      -- [{skuId, units}]: promised for it while it waits
  currency       text NOT NULL,
  before_minor   bigint NOT NULL,     -- what the order was worth, its cancelled units apart
  after_minor    bigint NOT NULL CONSTRAINT an_edited_order_is_worth_something CHECK (after_minor >= 0),
  added_minor    bigint NOT NULL CONSTRAINT what_is_added_is_not_negative CHECK (added_minor >= 0),
  removed_minor  bigint NOT NULL CONSTRAINT what_goes_is_not_negative CHECK (removed_minor >= 0),
  reason         text,
  why            text,                -- why it came to nothing
  pay_until      timestamptz,         -- set when its customer is asked to pay
  requested_by   text NOT NULL,
  requested_at   timestamptz NOT NULL,
  settled_at     timestamptz,
  version        bigint NOT NULL,
  CONSTRAINT an_edit_adds_up CHECK (after_minor = before_minor + added_minor - removed_minor),
  CONSTRAINT what_waits_is_not_settled CHECK ((status = 'waiting') = (settled_at IS NULL)),
  CONSTRAINT only_what_waits_holds_units CHECK (status = 'waiting' OR held = '[]'::jsonb)
) WITH (fillfactor = 70);
CREATE INDEX order_edits_by_order ON order_edits (order_id);
CREATE INDEX order_edits_waiting ON order_edits (requested_at) WHERE status = 'waiting';
CREATE UNIQUE INDEX one_edit_of_an_order_waits ON order_edits (order_id) WHERE status = 'waiting';

GRANT SELECT, INSERT, UPDATE ON order_edits TO waybill_app;
