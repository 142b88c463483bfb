-- Shipments of several boxes, what becomes of each, manifests, and claims against carriers (docs/decisions/095, 096).

-- A shipment without rows here is one box: itself. Children of their order: read, and changed, under its lock.
CREATE TABLE shipment_boxes (
  id              uuid PRIMARY KEY,
  shipment_id     uuid NOT NULL,
  order_id        uuid NOT NULL,
  number          integer NOT NULL CONSTRAINT box_number_is_positive CHECK (number >= 1),
  status          text NOT NULL CONSTRAINT box_status_is_known CHECK (status IN ('PENDING', 'LABELLED', 'SHIPPED', 'IN_TRANSIT', 'DELIVERED', 'EXCEPTION', 'LOST', 'DAMAGED', 'RETURNING', 'RETURNED', 'CANCELLED')),
  status_at       timestamptz,          -- when what the status says happened, by whoever reported it
  weight_grams    integer CONSTRAINT box_weighs_something CHECK (weight_grams > 0),
  length_mm       integer CONSTRAINT box_is_long CHECK (length_mm > 0),
  width_mm        integer CONSTRAINT box_is_wide CHECK (width_mm > 0),
  height_mm       integer CONSTRAINT box_is_high CHECK (height_mm > 0),
  label_no        integer NOT NULL DEFAULT 1,  -- which label it bears: the first, or one bought in place of another
  carrier_ref     text,
  tracking_number text,
  label_url       text,
  manifest_id     uuid,
  handed_over_at  timestamptz,
  delivered_at    timestamptz,
  settled_at      timestamptz,          -- somebody said that nothing more has to be done about it
  created_at      timestamptz NOT NULL,
  updated_at      timestamptz NOT NULL,
  CONSTRAINT box_number_is_unique UNIQUE (shipment_id, number)
) WITH (fillfactor = 70);
CREATE INDEX shipment_boxes_by_order ON shipment_boxes (order_id);
CREATE INDEX shipment_boxes_by_tracking ON shipment_boxes (tracking_number);
CREATE INDEX shipment_boxes_by_manifest ON shipment_boxes (manifest_id) WHERE manifest_id IS NOT NULL;

-- The units of a box; never changed. The boxes of a shipment partition its units.
CREATE TABLE shipment_box_lines (
  box_id      uuid NOT NULL,
  line_id     uuid NOT NULL,
  from_unit   integer NOT NULL,
  to_unit     integer NOT NULL,
  shipment_id uuid NOT NULL,
  order_id    uuid NOT NULL,
  PRIMARY KEY (box_id, line_id, from_unit),
  CONSTRAINT boxed_units_are_a_range CHECK (from_unit >= 1 AND to_unit >= from_unit)
);
CREATE INDEX shipment_box_lines_by_order ON shipment_box_lines (order_id);

ALTER TABLE shipments
  ADD COLUMN boxes integer NOT NULL DEFAULT 0,     -- how many rows it has in shipment_boxes
  ADD COLUMN status_at timestamptz,
  ADD COLUMN label_no integer NOT NULL DEFAULT 1,
  ADD COLUMN manifest_id uuid,
  ADD COLUMN handed_over_at timestamptz,
  ADD COLUMN settled_at timestamptz;
ALTER TABLE shipments DROP CONSTRAINT shipment_status_is_known, ADD CONSTRAINT shipment_status_is_known CHECK (status IN ('PENDING', 'LABELLED', 'SHIPPED', 'IN_TRANSIT', 'DELIVERED', 'EXCEPTION', 'LOST', 'DAMAGED', 'RETURNING', 'RETURNED', 'CANCELLED')) NOT VALID;

-- Each report says which box it is of, and what proves a delivery: { name, place, signature, picture }.
ALTER TABLE shipment_updates ADD COLUMN box_id uuid, ADD COLUMN proof jsonb;

-- Whether parcels leave a node as soon as they are paid, or are called for with a manifest.
ALTER TABLE nodes ADD COLUMN hand_over text NOT NULL DEFAULT 'at_once';

-- What came back to its sender, and in which condition; never changed. Only sellable units are on the shelf again.
CREATE TABLE shipment_returns (
  id          uuid PRIMARY KEY,
  shipment_id uuid NOT NULL,
  box_id      uuid,
  order_id    uuid NOT NULL,
  line_id     uuid NOT NULL,
  from_unit   integer NOT NULL,
  to_unit     integer NOT NULL,
  node_id     uuid NOT NULL,
  condition   text NOT NULL CONSTRAINT returned_condition_is_known CHECK (condition IN ('sellable', 'damaged')),
  note        text,
  received_by text NOT NULL,
  received_at timestamptz NOT NULL,
  CONSTRAINT returned_units_are_a_range CHECK (from_unit >= 1 AND to_unit >= from_unit)
);
CREATE INDEX shipment_returns_by_order ON shipment_returns (order_id);

-- A day's parcels of one carrier at one node. Locked before the orders whose parcels it names.
CREATE TABLE manifests (
  id             uuid PRIMARY KEY,
  number         text NOT NULL CONSTRAINT manifest_number_is_unique UNIQUE,
  home           text NOT NULL,
  merchant_id    uuid NOT NULL,
  node_id        uuid NOT NULL,
  carrier        text NOT NULL,
  status         text NOT NULL CONSTRAINT manifest_status_is_known CHECK (status IN ('closing', 'closed', 'handed_over', 'refused')),
  carrier_ref    text,
  error          text,
  asked          boolean NOT NULL DEFAULT false,   -- whether the carrier may know of it: then it is asked first
  attempt        integer NOT NULL DEFAULT 0,
  next_at        timestamptz,                      -- when it is looked at again; null where nothing is left to do by itself
  version        bigint NOT NULL,
  created_by     text NOT NULL,
  created_at     timestamptz NOT NULL,
  closed_at      timestamptz,
  handed_over_at timestamptz,
  trace_id       text NOT NULL,
  CONSTRAINT a_closing_manifest_has_its_time CHECK ((status = 'closing') = (next_at IS NOT NULL))
) WITH (fillfactor = 70);
CREATE INDEX manifests_by_merchant ON manifests (merchant_id, created_at, id);
CREATE INDEX manifests_by_created ON manifests (created_at, id);
CREATE INDEX manifests_due ON manifests (next_at) WHERE next_at IS NOT NULL;

CREATE TABLE manifest_parcels (
  manifest_id     uuid NOT NULL,
  parcel_id       uuid NOT NULL,        -- a box, or a shipment that is one
  shipment_id     uuid NOT NULL,
  box_id          uuid,
  order_id        uuid NOT NULL,
  tracking_number text NOT NULL,
  carrier_ref     text NOT NULL,
  status          text NOT NULL CONSTRAINT manifest_parcel_status_is_known CHECK (status IN ('listed', 'handed_over', 'left_behind')),
  changed_at      timestamptz NOT NULL,
  PRIMARY KEY (manifest_id, parcel_id)
) WITH (fillfactor = 70);
CREATE UNIQUE INDEX a_parcel_is_on_one_manifest ON manifest_parcels (parcel_id) WHERE status <> 'left_behind';
CREATE INDEX manifest_parcels_by_order ON manifest_parcels (order_id);

-- What a carrier owes for what it lost or damaged. Children of their order.
CREATE TABLE carrier_claims (
  id             uuid PRIMARY KEY,
  number         text NOT NULL CONSTRAINT claim_number_is_unique UNIQUE,
  home           text NOT NULL,
  merchant_id    uuid NOT NULL,
  order_id       uuid NOT NULL,
  shipment_id    uuid NOT NULL,
  box_id         uuid,
  parcel_id      uuid NOT NULL,
  carrier        text NOT NULL,
  kind           text NOT NULL CONSTRAINT claim_kind_is_known CHECK (kind IN ('lost', 'damaged')),
  status         text NOT NULL CONSTRAINT claim_status_is_known CHECK (status IN ('open', 'filed', 'accepted', 'rejected', 'paid')),
  amount_minor   bigint NOT NULL CONSTRAINT claim_is_for_something CHECK (amount_minor >= 0),
  accepted_minor bigint CONSTRAINT accepted_is_not_negative CHECK (accepted_minor >= 0),
  paid_minor     bigint NOT NULL DEFAULT 0 CONSTRAINT paid_is_not_negative CHECK (paid_minor >= 0),
  currency       text NOT NULL,
  carrier_ref    text,
  answer         text,
  note           text,
  opened_by      text NOT NULL,
  opened_at      timestamptz NOT NULL,
  filed_at       timestamptz,
  answered_at    timestamptz,
  paid_at        timestamptz,
  version        bigint NOT NULL,
  CONSTRAINT paid_claims_were_paid CHECK ((status = 'paid') = (paid_minor > 0))
) WITH (fillfactor = 70);
CREATE INDEX carrier_claims_by_order ON carrier_claims (order_id);
CREATE INDEX carrier_claims_by_created ON carrier_claims (opened_at, id);
CREATE INDEX carrier_claims_by_merchant ON carrier_claims (merchant_id, opened_at, id);
-- A parcel is claimed once at a time; a rejected claim may be made again.
CREATE UNIQUE INDEX a_parcel_is_claimed_once ON carrier_claims (parcel_id) WHERE status <> 'rejected';

GRANT SELECT, INSERT, UPDATE ON shipment_boxes, manifests, manifest_parcels, carrier_claims TO waybill_app;
GRANT SELECT, INSERT ON shipment_box_lines, shipment_returns TO waybill_app;
