-- What was ordered of suppliers, and what of it arrived. Promises read what is inbound from the lines (docs/decisions/097).

CREATE TABLE purchase_orders (
  id          uuid PRIMARY KEY,
  number      text NOT NULL CONSTRAINT purchase_order_number_is_unique UNIQUE,
  home        text NOT NULL,
  merchant_id uuid NOT NULL REFERENCES merchants,
  node_id     uuid NOT NULL REFERENCES nodes,
  supplier    text NOT NULL,
  status      text NOT NULL CONSTRAINT purchase_status_is_known
                CHECK (status IN ('draft', 'ordered', 'partly_received', 'received', 'closed', 'cancelled')),
  expected_on date,
  currency    text NOT NULL,
  note        text,
  version     bigint NOT NULL DEFAULT 1,
  created_by  text NOT NULL,
  created_at  timestamptz NOT NULL,
  ordered_at  timestamptz,
  ended_at    timestamptz,
  trace_id    text NOT NULL,
  CONSTRAINT an_ordered_purchase_has_its_time CHECK (ordered_at IS NOT NULL OR status IN ('draft', 'cancelled')),
  CONSTRAINT an_ended_purchase_has_its_time CHECK ((ended_at IS NOT NULL) = (status IN ('received', 'closed', 'cancelled')))
) WITH (fillfactor = 80);
CREATE INDEX purchase_orders_by_merchant ON purchase_orders (merchant_id, id);
CREATE INDEX purchase_orders_open ON purchase_orders (merchant_id, id) WHERE status IN ('draft', 'ordered', 'partly_received');

-- received: good units, on hand by a movement. damaged: arrived and never on hand. over_allowed: what may arrive beyond what was ordered.
CREATE TABLE purchase_order_lines (
  id                uuid PRIMARY KEY,
  purchase_order_id uuid NOT NULL REFERENCES purchase_orders,
  position          integer NOT NULL,
  sku_id            uuid NOT NULL REFERENCES skus,
  ordered           bigint NOT NULL CONSTRAINT something_is_ordered CHECK (ordered > 0),
  over_allowed      bigint NOT NULL DEFAULT 0,
  received          bigint NOT NULL DEFAULT 0,
  damaged           bigint NOT NULL DEFAULT 0,
  cancelled         bigint NOT NULL DEFAULT 0,
  open_units        bigint NOT NULL DEFAULT 0,  -- still to come: nothing of a draft or of what has ended
  unit_cost         numeric(20, 6),
  expected_on       date,                       -- its own; the order's where absent
  CONSTRAINT purchased_units_are_not_negative CHECK (LEAST(over_allowed, received, damaged, cancelled, open_units) >= 0),
  CONSTRAINT no_more_arrives_than_allowed CHECK (received + damaged + cancelled <= ordered + over_allowed),
  CONSTRAINT open_units_are_not_there_yet CHECK (open_units = 0 OR open_units = ordered - received - damaged - cancelled),
  CONSTRAINT a_unit_costs_nothing_less_than_nothing CHECK (unit_cost >= 0)
) WITH (fillfactor = 80);
CREATE INDEX purchase_order_lines_by_order ON purchase_order_lines (purchase_order_id, position);
CREATE INDEX purchase_order_lines_inbound ON purchase_order_lines (sku_id) WHERE open_units > 0;

-- What was unloaded at one time; never changed.
CREATE TABLE purchase_receipts (
  id                uuid PRIMARY KEY,
  purchase_order_id uuid NOT NULL REFERENCES purchase_orders,
  merchant_id       uuid NOT NULL,
  node_id           uuid NOT NULL,
  note              text,
  actor             text NOT NULL,
  at                timestamptz NOT NULL,
  trace_id          text NOT NULL
);
CREATE INDEX purchase_receipts_by_order ON purchase_receipts (purchase_order_id, id);

CREATE TABLE purchase_receipt_lines (
  receipt_id uuid NOT NULL REFERENCES purchase_receipts,
  line_id    uuid NOT NULL REFERENCES purchase_order_lines,
  position   integer NOT NULL,
  received   bigint NOT NULL,
  damaged    bigint NOT NULL,
  lot_code   text,
  expires_on date,
  PRIMARY KEY (receipt_id, position),
  CONSTRAINT something_arrived CHECK (received >= 0 AND damaged >= 0 AND received + damaged > 0)
);
CREATE INDEX purchase_receipt_lines_by_line ON purchase_receipt_lines (line_id);

-- How a merchant's stock is looked after. Without a row: nothing over what was ordered, counts wait by worth alone.
CREATE TABLE stock_policies (
  merchant_id          uuid PRIMARY KEY REFERENCES merchants,
  over_receipt_percent integer NOT NULL DEFAULT 0 CONSTRAINT over_receipt_is_a_share CHECK (over_receipt_percent BETWEEN 0 AND 100),
  count_limit_units    bigint CONSTRAINT count_limit_is_not_negative CHECK (count_limit_units >= 0),
  expiry_warning_days  integer NOT NULL DEFAULT 30 CONSTRAINT warning_days_are_not_negative CHECK (expiry_warning_days BETWEEN 0 AND 3650),
  version              bigint NOT NULL DEFAULT 1
);

GRANT SELECT, INSERT, UPDATE ON purchase_orders, stock_policies TO waybill_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON purchase_order_lines TO waybill_app;
GRANT SELECT, INSERT ON purchase_receipts, purchase_receipt_lines TO waybill_app;
