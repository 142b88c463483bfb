import { newId } from '../../../kernel/ids.ts';
import type { RestWorld } from './rest-world.ts';

/** Ways to name an invoice of North's. */
export const FOREIGN_INVOICES = {
  'v1.invoices.list': [],
  'v1.invoices.get': [{ path: () => '/invoices/NORTH-10001' }],
};

/** North's invoice for one of its orders, as a row. */
export async function anInvoice({ db, north }: RestWorld, orderId: string): Promise<void> {
  await db.pool.query(
    `INSERT INTO invoices (id, home, merchant_id, order_id, kind, number, series_value, source_kind, source_id, currency, net_minor, discount_minor,
                           tax_minor, total_minor, country, supplied_at, issued_at, seller, buyer)
     VALUES ($1, 'EU', $2, $3, 'invoice', 'NORTH-10001', 10001, 'shipment', $1, 'EUR', 100, 0, 0, 100, 'DE', now(), now(), $4, $4)`,
    [newId(), north.id, orderId, { name: 'North', address: null }],
  );
}
