-- What had succeeded may be taken back by a bank weeks later: a debit that is returned, a capture that the scheme refuses after all.
ALTER TABLE payment_operations DROP CONSTRAINT operation_status_is_known, ADD CONSTRAINT operation_status_is_known
  CHECK (status IN ('in_flight', 'requires_action', 'unknown', 'succeeded', 'failed', 'reversed')) NOT VALID;

-- What people recorded of payments that no provider tells of: a transfer that came, a refund that was paid out by hand (docs/decisions/109).
CREATE TABLE payment_records (
  id           uuid PRIMARY KEY,
  order_id     uuid NOT NULL,
  merchant_id  uuid NOT NULL,
  payment_id   uuid NOT NULL,
  operation_id uuid NOT NULL,
  kind         text NOT NULL CONSTRAINT record_kind_is_known CHECK (kind IN ('received', 'paid_out')),
  amount_minor bigint NOT NULL CONSTRAINT record_is_of_money CHECK (amount_minor > 0),
  currency     text NOT NULL,
  reference    text NOT NULL,      -- what the bank's statement says
  occurred_on  date NOT NULL,
  note         text,
  recorded_by  text NOT NULL,
  recorded_at  timestamptz NOT NULL
);
CREATE INDEX payment_records_by_order ON payment_records (order_id);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON payment_records FOR EACH ROW EXECUTE FUNCTION refuse_change();
GRANT SELECT, INSERT ON payment_records TO waybill_app;
