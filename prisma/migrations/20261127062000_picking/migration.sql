-- Picking is a recorded assignment (docs/decisions/042): who went for which units, when, and what became of it. Orders keep their own
-- states; whether units are being picked follows from these rows and from the units still being allocated and in no shipment.

CREATE TABLE pick_lists (
  id          uuid PRIMARY KEY,
  number      text NOT NULL CONSTRAINT pick_list_number_is_unique UNIQUE,
  home        text NOT NULL,
  merchant_id uuid NOT NULL,
  node_id     uuid NOT NULL,
  created_by  text NOT NULL,
  created_at  timestamptz NOT NULL,
  trace_id    text NOT NULL
);

-- One order's part of a list.
CREATE TABLE pick_tasks (
  pick_list_id uuid NOT NULL,
  order_id     uuid NOT NULL,
  node_id      uuid NOT NULL,
  position     integer NOT NULL,
  status       text NOT NULL CONSTRAINT pick_status_is_known CHECK (status IN ('picking', 'packed', 'released')),
  changed_by   text NOT NULL,
  changed_at   timestamptz NOT NULL,
  PRIMARY KEY (pick_list_id, order_id)
) WITH (fillfactor = 80);
CREATE INDEX pick_tasks_by_order ON pick_tasks (order_id) WHERE status <> 'released';

-- The units that somebody goes for; never changed.
CREATE TABLE pick_lines (
  pick_list_id uuid NOT NULL,
  line_id      uuid NOT NULL,
  from_unit    integer NOT NULL,
  to_unit      integer NOT NULL,
  order_id     uuid NOT NULL,
  PRIMARY KEY (pick_list_id, line_id, from_unit),
  CONSTRAINT picked_units_are_a_range CHECK (from_unit >= 1 AND to_unit >= from_unit)
);
CREATE INDEX pick_lines_by_order ON pick_lines (order_id);

GRANT SELECT, INSERT ON pick_lists, pick_lines TO waybill_app;
GRANT SELECT, INSERT, UPDATE ON pick_tasks TO waybill_app;

-- A scanner reads what is printed on the goods.
CREATE INDEX skus_by_barcode ON skus (barcode) WHERE barcode IS NOT NULL;

-- How long orders take is asked for by the day their parcels left.
CREATE INDEX shipments_by_shipped ON shipments (merchant_id, shipped_at) INCLUDE (order_id) WHERE shipped_at IS NOT NULL;
