-- A refund that was taken back before anything was sent.
ALTER TABLE refunds DROP CONSTRAINT refund_status_is_known;
ALTER TABLE refunds ADD CONSTRAINT refund_status_is_known
  CHECK (status IN ('awaiting_approval', 'pending', 'succeeded', 'failed', 'rejected', 'undone'));

-- Goods that are sent once more at no charge are a line of their own, which says what it stands in for.
ALTER TABLE order_lines
  ADD COLUMN replaces_line_id uuid,
  ADD COLUMN replaces_shipment_id uuid,
  ADD CONSTRAINT a_replacement_names_line_and_shipment CHECK ((replaces_line_id IS NULL) = (replaces_shipment_id IS NULL)),
  ADD CONSTRAINT a_replacement_costs_nothing CHECK (replaces_line_id IS NULL OR (net_minor = 0 AND discount_minor = 0 AND tax_minor = 0)),
  ADD CONSTRAINT only_goods_are_replaced CHECK (replaces_line_id IS NULL OR (kind = 'item' AND stocked));

-- What people write about a customer. A merchant's own notes are that merchant's; those of the staff have no merchant.
CREATE TABLE customer_notes (
  id          uuid PRIMARY KEY,
  customer_id uuid NOT NULL REFERENCES customers,
  merchant_id uuid REFERENCES merchants,
  body        text NOT NULL CONSTRAINT a_customer_note_says_something CHECK (length(body) BETWEEN 1 AND 4000),
  actor       text NOT NULL,
  at          timestamptz NOT NULL
);
CREATE INDEX customer_notes_by_customer ON customer_notes (customer_id, at);
GRANT SELECT, INSERT ON customer_notes TO waybill_app;
REVOKE UPDATE ON customer_notes FROM waybill_app;
