-- Replacements that leave before the goods come back (docs/decisions/113): how far, what they cost, and what secures them.
ALTER TABLE returns ADD COLUMN advance_status text;
ALTER TABLE returns ADD COLUMN advance_minor bigint NOT NULL DEFAULT 0;
-- Why it went without a card that could be asked.
ALTER TABLE returns ADD COLUMN advance_why text;
-- The payment whose authorization secures it.
ALTER TABLE returns ADD COLUMN security_id uuid;
-- What the customer pays of it, because less came back.
ALTER TABLE returns ADD COLUMN charge_minor bigint NOT NULL DEFAULT 0;
ALTER TABLE returns ADD CONSTRAINT advance_status_is_known CHECK (advance_status IN ('securing', 'refused', 'sent', 'released', 'charged', 'unpaid')) NOT VALID;
ALTER TABLE returns ADD CONSTRAINT a_charge_is_of_the_replacement CHECK (advance_minor >= 0 AND charge_minor >= 0 AND charge_minor <= advance_minor) NOT VALID;
ALTER TABLE returns ADD CONSTRAINT what_is_unsecured_says_why CHECK (advance_status IS NULL OR advance_status = 'securing' OR (security_id IS NOT NULL) <> (advance_why IS NOT NULL)) NOT VALID;
