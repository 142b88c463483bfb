-- What a partner is asked to send: a logistics company or a drop shipper (docs/decisions/093). The request is the promise of its units; which
-- of them wait there still follows from the units being allocated at the node and in no shipment.

CREATE TABLE fulfilment_requests (
  id          uuid PRIMARY KEY,     -- the partner's name for it, and the idempotency key
  order_id    uuid NOT NULL,
  merchant_id uuid NOT NULL,
  node_id     uuid NOT NULL,
  kind        text NOT NULL,        -- of the node when it was asked: whom to call
  status      text NOT NULL CONSTRAINT request_status_is_known CHECK (status IN ('pending', 'asked', 'accepted', 'rejected', 'shipped', 'cancelled')),
  partner_ref text,
  reason      text,                 -- why they said no, or part of it
  recall      text CONSTRAINT recall_is_known CHECK (recall IN ('order_cancelled', 'silent', 'late', 'operator')),
  answer_by   timestamptz NOT NULL,
  ship_by     timestamptz,
  created_at  timestamptz NOT NULL,
  answered_at timestamptz,
  ended_at    timestamptz,
  version     bigint NOT NULL,
  updated_at  timestamptz NOT NULL,
  CONSTRAINT a_request_ends_once CHECK ((ended_at IS NOT NULL) = (status IN ('rejected', 'shipped', 'cancelled')))
) WITH (fillfactor = 70);
CREATE INDEX fulfilment_requests_by_order ON fulfilment_requests (order_id);
CREATE INDEX fulfilment_requests_open ON fulfilment_requests (created_at, id) WHERE ended_at IS NULL;
CREATE INDEX fulfilment_requests_by_merchant ON fulfilment_requests (merchant_id, created_at, id);

-- The units it asks for; never changed.
CREATE TABLE fulfilment_request_lines (
  request_id uuid NOT NULL,
  line_id    uuid NOT NULL,
  from_unit  integer NOT NULL,
  to_unit    integer NOT NULL,
  order_id   uuid NOT NULL,
  PRIMARY KEY (request_id, line_id, from_unit),
  CONSTRAINT requested_units_are_a_range CHECK (from_unit >= 1 AND to_unit >= from_unit)
);
CREATE INDEX fulfilment_request_lines_by_order ON fulfilment_request_lines (order_id);

GRANT SELECT, INSERT, UPDATE ON fulfilment_requests TO waybill_app;
GRANT SELECT, INSERT ON fulfilment_request_lines TO waybill_app;

-- A new kind of node is a file and a line of code; the database asks for a word.
ALTER TABLE nodes DROP CONSTRAINT node_kind_is_known, ADD CONSTRAINT node_kind_is_a_word CHECK (kind ~ '^[a-z][a-z_]{0,39}$') NOT VALID;
