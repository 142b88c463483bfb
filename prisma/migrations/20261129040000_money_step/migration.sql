-- The steps in which the money of a line's units is cut, in minor units: cards carry currencies of three decimals with a last digit of 0.
-- Lines that were placed before keep the shares that they had.
ALTER TABLE order_lines ADD COLUMN money_step integer NOT NULL DEFAULT 1;
