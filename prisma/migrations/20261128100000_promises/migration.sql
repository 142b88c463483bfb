-- Channels' buffers and caps are obeyed, and carts reserve units (docs/decisions/087, 088).

-- Says in the locking statement whether a SKU has rules of channels at all: those that have none never ask for any.
ALTER TABLE sku_supply ADD COLUMN by_channel boolean NOT NULL DEFAULT false;

-- Units promised beyond the cap: a cap that is lowered below what a channel was promised already takes nothing back. Like a shortfall it
-- only ever shrinks until the channel is within its cap again.
ALTER TABLE channel_supply ADD COLUMN excess bigint NOT NULL DEFAULT 0;
ALTER TABLE channel_supply DROP CONSTRAINT channel_is_not_oversold,
  ADD CONSTRAINT channel_is_not_oversold CHECK (cap IS NULL OR promised <= cap + excess) NOT VALID,
  DROP CONSTRAINT channel_is_not_negative,
  ADD CONSTRAINT channel_is_not_negative CHECK (promised >= 0 AND buffer >= 0 AND excess >= 0 AND (cap IS NULL OR cap >= 0)) NOT VALID;

-- What a movement did to a channel's row, where its SKU has one.
ALTER TABLE stock_movements ADD COLUMN channel text, ADD COLUMN channel_delta bigint NOT NULL DEFAULT 0, ADD COLUMN channel_version bigint;

-- Units promised to a cart until a time. Used: an order took the promise over.
CREATE TABLE reservations (
  id          uuid PRIMARY KEY,
  home        text NOT NULL,
  merchant_id uuid NOT NULL,
  channel     text NOT NULL,
  status      text NOT NULL CONSTRAINT reservation_status_is_known CHECK (status IN ('open', 'used', 'expired', 'released')),
  expires_at  timestamptz NOT NULL,
  order_id    uuid,
  reference   text,                 -- the merchant's own name for the cart
  version     bigint NOT NULL DEFAULT 1,
  created_at  timestamptz NOT NULL,
  updated_at  timestamptz NOT NULL,
  CONSTRAINT used_reservation_has_an_order CHECK ((status = 'used') = (order_id IS NOT NULL))
) WITH (fillfactor = 80);
CREATE INDEX reservations_due ON reservations (expires_at, id) WHERE status = 'open';
CREATE INDEX reservations_by_merchant ON reservations (merchant_id, created_at, id);

-- One row per SKU: lines of one cart on one SKU are summed. Never changed.
CREATE TABLE reservation_lines (
  reservation_id uuid NOT NULL,
  sku_id         uuid NOT NULL,
  quantity       bigint NOT NULL CONSTRAINT reserved_quantity_is_positive CHECK (quantity > 0),
  PRIMARY KEY (reservation_id, sku_id)
);
CREATE INDEX reservation_lines_by_sku ON reservation_lines (sku_id, reservation_id);

GRANT SELECT, INSERT, UPDATE, DELETE ON reservations TO waybill_app;
GRANT SELECT, INSERT, DELETE ON reservation_lines TO waybill_app;
