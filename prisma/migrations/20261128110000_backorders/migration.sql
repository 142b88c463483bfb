-- What may be sold beyond stock, per SKU and region. A policy is never changed: the next version replaces it, written under the lock of
-- the SKU's supply. The newest version counts.
CREATE TABLE backorder_policies (
  sku_id               uuid NOT NULL,
  region               text NOT NULL,
  version              int NOT NULL,
  merchant_id          uuid NOT NULL,
  kind                 text NOT NULL CONSTRAINT policy_kind_is_known CHECK (kind IN ('none', 'backorder', 'preorder')),
  limit_units          bigint NOT NULL CONSTRAINT limit_is_not_negative CHECK (limit_units >= 0),
  lead_days            int CONSTRAINT lead_is_days CHECK (lead_days BETWEEN 0 AND 730),
  release_on           date,
  stop_on              date,
  stop_without_inbound boolean NOT NULL DEFAULT false,
  stop_at_waiting      bigint CONSTRAINT stop_is_units CHECK (stop_at_waiting > 0),
  stopped              text CONSTRAINT stop_is_known CHECK (stopped IN ('waiting')),
  pay_days             int NOT NULL DEFAULT 7 CONSTRAINT pay_is_days CHECK (pay_days BETWEEN 1 AND 60),
  note                 text,
  actor                text NOT NULL,
  at                   timestamptz NOT NULL,
  PRIMARY KEY (sku_id, region, version),
  CONSTRAINT backorder_has_its_lead_time CHECK (kind <> 'backorder' OR lead_days IS NOT NULL),
  CONSTRAINT preorder_has_its_release CHECK (kind <> 'preorder' OR release_on IS NOT NULL)
);
CREATE INDEX backorder_policies_by_merchant ON backorder_policies (merchant_id, sku_id);
GRANT SELECT, INSERT ON backorder_policies TO waybill_app;

-- The queue of waiting units: one row for each span of units in state backordered, in parts where parts are promised for different days.
-- Written under the order's lock, and gone when the units are: their history is in events.
CREATE TABLE backorders (
  line_id           uuid NOT NULL,
  from_unit         int NOT NULL,
  to_unit           int NOT NULL,
  order_id          uuid NOT NULL,
  sku_id            uuid NOT NULL,
  region            text NOT NULL,
  merchant_id       uuid NOT NULL,
  kind              text NOT NULL CONSTRAINT backorder_kind_is_known CHECK (kind IN ('backorder', 'preorder')),
  policy_version    int NOT NULL,
  since             timestamptz NOT NULL,
  first_promised_on date NOT NULL,
  promised_on       date NOT NULL,
  -- The later day that the customer agreed to.
  accepted_on       date,
  -- The announced delivery that covers them; none where the policy's own time does.
  inbound_id        uuid,
  PRIMARY KEY (line_id, from_unit),
  CONSTRAINT backorder_is_units CHECK (from_unit >= 1 AND to_unit >= from_unit)
);
CREATE INDEX backorders_in_line ON backorders (sku_id, region, since, order_id);
CREATE INDEX backorders_by_order ON backorders (order_id);
CREATE INDEX backorders_by_day ON backorders (promised_on, line_id, from_unit);
GRANT SELECT, INSERT, UPDATE, DELETE ON backorders TO waybill_app;

-- Ship what is here, or wait until the whole order is.
ALTER TABLE orders ADD COLUMN ship_together boolean NOT NULL DEFAULT false;
