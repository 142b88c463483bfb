-- How long a customer has to pay whose bank does not hold the money any more when the units come.
ALTER TABLE backorders ADD COLUMN pay_days int NOT NULL DEFAULT 7;

-- An order whose money is not held any more waits for its customer.
ALTER TABLE orders
  DROP CONSTRAINT holds_are_known,
  ADD CONSTRAINT holds_are_known CHECK (holds <@ ARRAY['fraud', 'address', 'manual', 'payment']) NOT VALID;
