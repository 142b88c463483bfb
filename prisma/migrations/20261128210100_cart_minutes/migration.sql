-- How long a cart of the shop keeps its units while its customer pays (docs/decisions/102).
ALTER TABLE stock_policies ADD COLUMN cart_minutes integer NOT NULL DEFAULT 15;
ALTER TABLE stock_policies ADD CONSTRAINT cart_minutes_are_an_hour CHECK (cart_minutes BETWEEN 1 AND 60) NOT VALID;
