-- Returns and exchanges: what customers send back after a delivery (docs/decisions/106).

-- The return that a unit is in, or was settled by: one at most, because a span has one. Only what has left can come back.
ALTER TABLE line_spans ADD COLUMN return_id uuid;
ALTER TABLE line_spans ADD CONSTRAINT only_units_that_left_come_back CHECK (return_id IS NULL OR state IN ('shipped', 'delivered', 'returned')) NOT VALID;

-- The return whose units a line is sent in place of.
ALTER TABLE order_lines ADD COLUMN return_id uuid;

-- A refund by a return lists its units as one of units does, and may give back less than they cost.
ALTER TABLE refunds DROP CONSTRAINT refund_kind_is_known, ADD CONSTRAINT refund_kind_is_known CHECK (kind IN ('units', 'amount', 'goodwill', 'return')) NOT VALID;

-- What a merchant takes back, and on which terms: a version for each change, never altered.
CREATE TABLE return_policies (
  id               uuid PRIMARY KEY,
  merchant_id      uuid NOT NULL,
  version          integer NOT NULL CONSTRAINT policy_versions_count_from_one CHECK (version >= 1),
  effective_from   timestamptz NOT NULL,
  window_days      integer NOT NULL CONSTRAINT return_window_is_sane CHECK (window_days BETWEEN 0 AND 3650),
  send_within_days integer NOT NULL CONSTRAINT sending_takes_some_days CHECK (send_within_days BETWEEN 1 AND 365),
  restocking_bps   integer NOT NULL CONSTRAINT restocking_is_a_share CHECK (restocking_bps BETWEEN 0 AND 10000),
  label_payer      text NOT NULL CONSTRAINT label_payer_is_known CHECK (label_payer IN ('merchant', 'customer')),
  label_fee_minor  bigint NOT NULL CONSTRAINT label_fee_is_not_negative CHECK (label_fee_minor >= 0),
  currency         text NOT NULL,
  destination      text NOT NULL CONSTRAINT return_destination_is_known CHECK (destination IN ('original', 'store_credit', 'choice')),
  exchanges        boolean NOT NULL,
  auto_approve     boolean NOT NULL,
  final_sale       text[] NOT NULL,     -- codes of SKUs that are never taken back
  created_by       text NOT NULL,
  created_at       timestamptz NOT NULL,
  CONSTRAINT a_merchants_policies_are_versions UNIQUE (merchant_id, version)
);

-- A child of its order: read, and changed, under its lock.
CREATE TABLE returns (
  id              uuid PRIMARY KEY,
  number          text NOT NULL CONSTRAINT return_number_is_unique UNIQUE,
  home            text NOT NULL,
  merchant_id     uuid NOT NULL,
  order_id        uuid NOT NULL,
  customer_id     uuid,
  status          text NOT NULL CONSTRAINT return_status_is_known CHECK (status IN ('requested', 'declined', 'approved', 'labelled', 'in_transit', 'received', 'inspected', 'settling', 'settled', 'closed', 'cancelled', 'expired')),
  wants           text NOT NULL CONSTRAINT return_wish_is_known CHECK (wants IN ('refund', 'store_credit', 'exchange')),
  policy_version  integer NOT NULL,     -- 0 where the merchant had set none
  terms           jsonb NOT NULL,       -- what that version says
  despite         text,                 -- why it was taken although the policy says no
  note            text,
  requested_by    text NOT NULL,
  requested_at    timestamptz NOT NULL,
  decided_by      text,
  decided_at      timestamptz,
  decline_reason  text,
  ended_reason    text,                 -- of a cancellation
  send_by         timestamptz,          -- past it an approved return that was never sent expires
  node_id         uuid,                 -- where it is sent to, and where it was received last
  carrier         text,
  carrier_ref     text,
  tracking_number text,
  label_url       text,
  label_error     text,
  labelled_at     timestamptz,
  sent_at         timestamptz,
  arrived_at      timestamptz,
  received_at     timestamptz,
  inspected_at    timestamptz,
  resolution      text CONSTRAINT return_resolution_is_known CHECK (resolution IN ('refund', 'store_credit', 'exchange', 'nothing')),
  currency        text NOT NULL,
  due_minor       bigint NOT NULL DEFAULT 0 CONSTRAINT due_is_not_negative CHECK (due_minor >= 0),
  fee_minor       bigint NOT NULL DEFAULT 0 CONSTRAINT fee_is_not_negative CHECK (fee_minor >= 0),
  label_fee_minor bigint NOT NULL DEFAULT 0 CONSTRAINT return_label_fee_is_not_negative CHECK (label_fee_minor >= 0),
  exchanged_minor bigint NOT NULL DEFAULT 0 CONSTRAINT exchanged_is_not_negative CHECK (exchanged_minor >= 0),
  refund_minor    bigint NOT NULL DEFAULT 0 CONSTRAINT refunded_is_not_negative CHECK (refund_minor >= 0),
  refund_id       uuid,
  settled_by      text,
  settled_at      timestamptz,
  closed_at       timestamptz,
  version         bigint NOT NULL,
  trace_id        text NOT NULL,
  CONSTRAINT a_return_gives_back_what_is_due CHECK (refund_minor + fee_minor + label_fee_minor + exchanged_minor <= due_minor),
  CONSTRAINT what_is_settled_has_an_outcome CHECK (status NOT IN ('settling', 'settled') OR resolution IS NOT NULL),
  CONSTRAINT money_moves_by_a_refund CHECK (status <> 'settling' OR refund_id IS NOT NULL)
) WITH (fillfactor = 70);
CREATE INDEX returns_by_order ON returns (order_id);
CREATE INDEX returns_by_requested ON returns (requested_at, id);
CREATE INDEX returns_by_merchant ON returns (merchant_id, requested_at, id);
CREATE INDEX returns_by_tracking ON returns (tracking_number);
CREATE INDEX returns_to_expire ON returns (send_by) WHERE status IN ('approved', 'labelled');
CREATE INDEX returns_to_close ON returns (settled_at) WHERE status = 'settled';

-- Units of a return that share one fate. Those of one return are replaced together.
CREATE TABLE return_lines (
  return_id  uuid NOT NULL,
  line_id    uuid NOT NULL,
  from_unit  integer NOT NULL,
  to_unit    integer NOT NULL,
  order_id   uuid NOT NULL,
  reason     text NOT NULL CONSTRAINT return_reason_is_known CHECK (reason IN ('changed_mind', 'does_not_fit', 'not_as_described', 'damaged', 'wrong_item', 'late', 'other', 'unannounced')),
  note       text,
  status     text NOT NULL CONSTRAINT return_line_status_is_known CHECK (status IN ('announced', 'received', 'inspected', 'missing')),
  node_id    uuid,
  verdict    text CONSTRAINT verdict_is_known CHECK (verdict IN ('accept', 'part', 'reject')),
  value_bps  integer CONSTRAINT value_is_a_share CHECK (value_bps BETWEEN 0 AND 10000),
  stock      text CONSTRAINT restock_is_known CHECK (stock IN ('sellable', 'damaged', 'scrap')),
  remark     text,
  PRIMARY KEY (return_id, line_id, from_unit),
  CONSTRAINT returned_units_are_some CHECK (from_unit >= 1 AND to_unit >= from_unit),
  CONSTRAINT inspected_units_have_a_verdict CHECK ((status = 'inspected') = (verdict IS NOT NULL)),
  CONSTRAINT a_verdict_says_how_much CHECK (CASE verdict WHEN 'accept' THEN value_bps = 10000 WHEN 'part' THEN value_bps BETWEEN 1 AND 9999 WHEN 'reject' THEN value_bps = 0 ELSE value_bps IS NULL END),
  CONSTRAINT what_is_kept_goes_somewhere CHECK ((stock IS NOT NULL) = COALESCE(verdict IN ('accept', 'part'), false))
) WITH (fillfactor = 70);
CREATE INDEX return_lines_by_order ON return_lines (order_id);
CREATE INDEX return_lines_by_line ON return_lines (line_id);

-- Pictures of what is wrong: small ones, never changed.
CREATE TABLE return_photos (
  id           uuid PRIMARY KEY,
  return_id    uuid NOT NULL,
  order_id     uuid NOT NULL,
  content_type text NOT NULL CONSTRAINT photo_type_is_known CHECK (content_type IN ('image/jpeg', 'image/png', 'image/webp')),
  bytes        bytea NOT NULL CONSTRAINT photo_is_small CHECK (octet_length(bytes) BETWEEN 1 AND 524288),
  added_by     text NOT NULL,
  added_at     timestamptz NOT NULL
);
CREATE INDEX return_photos_by_return ON return_photos (return_id);

GRANT SELECT, INSERT ON return_policies, return_photos TO waybill_app;
GRANT SELECT, INSERT, UPDATE ON returns TO waybill_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON return_lines TO waybill_app;
