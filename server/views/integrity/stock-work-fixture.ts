import type { Corruption } from './corruptions-fixture.ts';

const sku = (code: string) => `(SELECT id FROM skus WHERE code = '${code}')`;

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
];
