-- What comes back for a wallet that was closed meanwhile waits in suspense, on the same work list as transfers that named nobody.
ALTER TABLE bank_pay_ins
  DROP CONSTRAINT why_is_known,
  ADD CONSTRAINT why_is_known
    CHECK (why IN ('unknown_reference', 'wallet_closed', 'other_currency', 'withdrawal_returned', 'chargeback_won')) NOT VALID;
