-- When a SKU is to be ordered again, at one node or over all of them, and the alerts that say so (docs/decisions/100).

-- No rule: point and quantity are null. A rule that is taken away stays as a row, so that whoever sets or reads one locks the same row.
CREATE TABLE reorder_points (
  id          uuid PRIMARY KEY,
  sku_id      uuid NOT NULL REFERENCES skus,
  node_id     uuid REFERENCES nodes,      -- null: over all nodes of the region
  merchant_id uuid NOT NULL,
  region      text NOT NULL,
  point       bigint CONSTRAINT a_reorder_point_is_units CHECK (point >= 0),
  quantity    bigint CONSTRAINT something_is_ordered_again CHECK (quantity > 0),
  version     bigint NOT NULL DEFAULT 0,
  CONSTRAINT one_point_per_place UNIQUE NULLS NOT DISTINCT (sku_id, node_id),
  CONSTRAINT a_point_has_its_quantity CHECK ((point IS NULL) = (quantity IS NULL))
) WITH (fillfactor = 80);
CREATE INDEX reorder_points_by_merchant ON reorder_points (merchant_id, id);

-- One row per crossing: opened when the position fell to the point, closed when it was above it again, or the rule was taken away.
CREATE TABLE stock_alerts (
  id          uuid PRIMARY KEY,
  point_id    uuid NOT NULL REFERENCES reorder_points,
  sku_id      uuid NOT NULL,
  node_id     uuid,
  merchant_id uuid NOT NULL,
  point       bigint NOT NULL,
  position    bigint NOT NULL,             -- when it was opened
  opened_at   timestamptz NOT NULL,
  closed_at   timestamptz,
  closed_why  text CONSTRAINT alert_end_is_known CHECK (closed_why IN ('above', 'no_rule')),
  CONSTRAINT a_closed_alert_says_why CHECK ((closed_at IS NULL) = (closed_why IS NULL))
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX one_open_alert_per_point ON stock_alerts (point_id) WHERE closed_at IS NULL;
CREATE INDEX stock_alerts_open ON stock_alerts (merchant_id, id) WHERE closed_at IS NULL;
CREATE INDEX stock_alerts_by_sku ON stock_alerts (sku_id, id);

-- Whether what purchase orders bring counts as there: then ordering closes an alert, otherwise only receiving does.
ALTER TABLE stock_policies ADD COLUMN low_counts_inbound boolean NOT NULL DEFAULT true;

GRANT SELECT, INSERT, UPDATE ON reorder_points, stock_alerts TO waybill_app;
