-- What is kept of a cancellation is invoiced too: it is no price of goods, and bears no tax.
ALTER TABLE invoices DROP CONSTRAINT an_invoice_is_of_its_source;
ALTER TABLE invoices ADD CONSTRAINT an_invoice_is_of_its_source
  CHECK ((kind = 'invoice' AND source_kind IN ('shipment', 'cancellation')) OR (kind = 'credit_note' AND source_kind = 'refund')) NOT VALID;

-- Of several fees of an order only what nobody could be made to pay is dropped.
ALTER TABLE cancellation_fees ADD COLUMN dropped_minor bigint NOT NULL DEFAULT 0;
