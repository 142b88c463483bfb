-- Orders that a customer fetches at a node (docs/decisions/094). One row per such order, written with it; an order that is sent has none.

CREATE TABLE pickups (
  order_id     uuid PRIMARY KEY,
  merchant_id  uuid NOT NULL,
  node_id      uuid NOT NULL,
  status       text NOT NULL CONSTRAINT pickup_status_is_known CHECK (status IN ('waiting', 'ready', 'handing_over', 'collected', 'uncollected', 'cancelled')),
  code         text,                 -- what the customer shows; made when the order is ready
  ready_at     timestamptz,
  collect_by   timestamptz,
  reminded_at  timestamptz,
  collected_at timestamptz,
  handed_by    text,
  created_at   timestamptz NOT NULL,
  updated_at   timestamptz NOT NULL,
  version      bigint NOT NULL,
  CONSTRAINT what_is_ready_has_a_code CHECK (status NOT IN ('ready', 'handing_over', 'collected') OR (code IS NOT NULL AND collect_by IS NOT NULL))
) WITH (fillfactor = 80);
CREATE INDEX pickups_by_node ON pickups (node_id, created_at, order_id) WHERE status IN ('waiting', 'ready', 'handing_over');
CREATE INDEX pickups_by_code ON pickups (code) WHERE status IN ('ready', 'handing_over');
CREATE INDEX pickups_due ON pickups (collect_by) WHERE status = 'ready';

GRANT SELECT, INSERT, UPDATE ON pickups TO waybill_app;
