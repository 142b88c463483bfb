-- Lots with a day on which they expire: a second ledger under node_stock, for SKUs that are tracked by lot (docs/decisions/098).

ALTER TABLE skus ADD COLUMN by_lot boolean NOT NULL DEFAULT false;
ALTER TABLE node_stock ADD COLUMN by_lot boolean NOT NULL DEFAULT false;

-- A stock row says itself whether it has lots, so that whoever locks it knows without asking. The SKU's supply is locked by both who create stock
-- and who begin to track a SKU, so neither misses the other.
CREATE FUNCTION stock_knows_its_lots() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.by_lot := COALESCE((SELECT k.by_lot FROM skus k WHERE k.id = NEW.sku_id), false);
  RETURN NEW;
END $$;
CREATE TRIGGER stock_knows_its_lots BEFORE INSERT ON node_stock FOR EACH ROW EXECUTE FUNCTION stock_knows_its_lots();

-- code '': units of which nobody said the lot. expired: taken off the shelf when their day had come.
CREATE TABLE stock_lots (
  id          uuid PRIMARY KEY,
  sku_id      uuid NOT NULL,
  node_id     uuid NOT NULL,
  merchant_id uuid NOT NULL,
  code        text NOT NULL,
  expires_on  date,
  on_hand     bigint NOT NULL DEFAULT 0,
  expired     bigint NOT NULL DEFAULT 0,
  created_at  timestamptz NOT NULL,
  CONSTRAINT one_lot_per_code UNIQUE (sku_id, node_id, code),
  CONSTRAINT lots_are_not_negative CHECK (on_hand >= 0 AND expired >= 0)
) WITH (fillfactor = 70);
CREATE INDEX stock_lots_expiring ON stock_lots (expires_on) WHERE on_hand > 0 AND expires_on IS NOT NULL;
CREATE INDEX stock_lots_by_merchant ON stock_lots (merchant_id, id);

-- What became of which lot; movement_id is the stock movement that it is a part of, null where units were only named.
CREATE TABLE lot_movements (
  id          uuid PRIMARY KEY,
  lot_id      uuid NOT NULL,
  movement_id uuid,
  sku_id      uuid NOT NULL,
  delta       bigint NOT NULL,
  shipment_id uuid,
  at          timestamptz NOT NULL
);
CREATE INDEX lot_movements_by_lot ON lot_movements (lot_id, id);

GRANT SELECT, INSERT, UPDATE ON stock_lots TO waybill_app;
GRANT SELECT, INSERT ON lot_movements TO waybill_app;

-- Which lots left with a transfer, in the order in which they left: [{"code", "expires_on", "units"}].
ALTER TABLE stock_transfer_lines ADD COLUMN lots jsonb;
