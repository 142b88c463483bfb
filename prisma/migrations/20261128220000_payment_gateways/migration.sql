-- Which gateways take a merchant's payments, the preferred first: [{"gateway", "currencies"?, "methods"?}]. Absent: the first of all takes them
-- (docs/decisions/105).
ALTER TABLE merchants ADD COLUMN payment_gateways jsonb;
