-- Which gateways take a merchant's payments, the preferred first: [{"gateway", "currencies"?, "methods"?}]. Absent: the first of all takes them
-- (docs/decisions/105).
ALTER TABLE merchants ADD COLUMN payment_gateways jsonb;

-- Its report is compared with the books as the others' are.
ALTER TABLE reconciliation_runs DROP CONSTRAINT reconciled_provider_is_known, ADD CONSTRAINT reconciled_provider_is_known
  CHECK (provider IN ('card', 'adyen', 'bank')) NOT VALID;
