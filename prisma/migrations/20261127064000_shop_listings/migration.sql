-- What the public shop shows: a SKU is listed or it is not. The handle is its address there, /shop/{handle}; it does not change when a
-- SKU is renamed, and is one name for the whole shop, where a SKU's code is unique per merchant only.
CREATE TABLE shop_listings (
  sku_id      uuid PRIMARY KEY REFERENCES skus,
  merchant_id uuid NOT NULL REFERENCES merchants,
  handle      text NOT NULL CONSTRAINT listing_handle_is_unique UNIQUE
              CONSTRAINT listing_handle_is_an_address CHECK (handle ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$'),
  position    integer NOT NULL CONSTRAINT listing_position_is_not_negative CHECK (position >= 0),
  listed_at   timestamptz NOT NULL
);
CREATE INDEX shop_listings_by_position ON shop_listings (position, sku_id);

GRANT SELECT, INSERT, UPDATE, DELETE ON shop_listings TO waybill_app;
