-- Whoever finds out whose money is in suspense does not give a large amount away alone: the approval that it waits for.
ALTER TABLE bank_pay_ins ADD COLUMN approval_id uuid;
