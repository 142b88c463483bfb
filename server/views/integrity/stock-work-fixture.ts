import type { Corruption } from './corruptions-fixture.ts';

const sku = (code: string) => `(SELECT id FROM skus WHERE code = '${code}')`;

const pointOf = (code: string, point: string): string => `
  INSERT INTO reorder_points (id, sku_id, merchant_id, region, point, quantity)
  SELECT gen_random_uuid(), sku_id, merchant_id, region, ${point}, 5 FROM sku_supply WHERE sku_id = ${sku(code)}`;

/** Mistakes with what stock goes through before anybody orders it. */
export const STOCK_WORK_CORRUPTIONS: readonly Corruption[] = [
  {
    invariant: 'stock.purchases',
    what: 'goods received that are on no receipt',
    plant: `INSERT INTO purchase_orders (id, number, home, merchant_id, node_id, supplier, status, currency, created_by, created_at, ordered_at, trace_id)
            SELECT gen_random_uuid(), 'EU-B1', 'EU', merchant_id, id, 'Makers', 'ordered', 'EUR', 'system:test', now(), now(), 't' FROM nodes LIMIT 1;
            INSERT INTO purchase_order_lines (id, purchase_order_id, position, sku_id, ordered, received, open_units)
            SELECT gen_random_uuid(), id, 1, ${sku('A')}, 5, 2, 3 FROM purchase_orders`,
  },
  {
    invariant: 'stock.transfers',
    what: 'units that left a node and are nowhere',
    plant: `INSERT INTO nodes (id, merchant_id, home, code, name, kind, created_at)
            SELECT gen_random_uuid(), merchant_id, 'EU', 'FAR', 'Far', 'warehouse', now() FROM nodes LIMIT 1;
            INSERT INTO stock_transfers (id, number, home, merchant_id, from_node_id, to_node_id, status, created_by, created_at, sent_at, trace_id)
            SELECT gen_random_uuid(), 'EU-T1', 'EU', a.merchant_id, a.id, b.id, 'sent', 'system:test', now(), now(), 't'
            FROM nodes a JOIN nodes b ON b.code = 'FAR' AND a.id <> b.id LIMIT 1;
            INSERT INTO stock_transfer_lines (id, transfer_id, position, sku_id, requested, sent, in_transit)
            SELECT gen_random_uuid(), id, 1, ${sku('A')}, 5, 5, 5 FROM stock_transfers`,
  },
  {
    invariant: 'stock.counts',
    what: 'a difference that was applied and moved nothing',
    plant: `INSERT INTO stock_counts (id, number, home, merchant_id, node_id, status, blind, chosen, created_by, created_at, ended_at, trace_id)
            SELECT gen_random_uuid(), 'EU-C1', 'EU', merchant_id, id, 'finished', true, 'all', 'system:test', now(), now(), 't' FROM nodes LIMIT 1;
            INSERT INTO stock_count_lines (id, count_id, position, sku_id, status, expected, counted)
            SELECT gen_random_uuid(), id, 1, ${sku('A')}, 'applied', 5, 4 FROM stock_counts`,
  },
  {
    invariant: 'stock.alerts',
    what: 'goods at their reorder point that nobody is told of',
    plant: pointOf('A', 'sellable - promised'),
  },
  {
    invariant: 'stock.alerts',
    what: 'an alert of goods that are there again',
    plant: `${pointOf('A', 'sellable - promised - 1')};
            INSERT INTO stock_alerts (id, point_id, sku_id, merchant_id, point, position, opened_at)
            SELECT gen_random_uuid(), id, sku_id, merchant_id, point, point, now() FROM reorder_points`,
  },
  {
    invariant: 'stock.lots',
    what: 'a shelf of lots that holds more than they do',
    plant: `UPDATE skus SET by_lot = true WHERE code = 'A'; UPDATE node_stock SET by_lot = true WHERE sku_id = ${sku('A')}`,
  },
];
