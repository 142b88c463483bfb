-- Legs of refunds that their tender does not take wait for somebody who sends them elsewhere (docs/decisions/110).
ALTER TABLE refund_legs
  ADD COLUMN failure   jsonb,                      -- why its tender did not take it: a person decides
  ADD COLUMN tries     integer NOT NULL DEFAULT 0, -- how often that was only for the moment
  ADD COLUMN reference text,                       -- of money that was paid by hand
  ADD COLUMN redirected_by text,
  ADD CONSTRAINT what_is_paid_by_hand_has_a_reference CHECK (destination IS DISTINCT FROM 'by_hand' OR reference IS NOT NULL) NOT VALID,
  ADD CONSTRAINT refund_destination_is_known CHECK (destination IN ('store_credit', 'wallet', 'by_hand')) NOT VALID;
