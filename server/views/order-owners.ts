import type { Queryable } from '../platform/db.ts';

/** Whose orders these are: order id → customer id, without those of nobody. */
export async function ownersOfOrders(db: Queryable, orderIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const { rows } = await db.query<{ id: string; customerId: string }>({
    name: 'order-owners',
    text: 'SELECT id, customer_id AS "customerId" FROM orders WHERE id = ANY($1::uuid[]) AND customer_id IS NOT NULL',
    values: [orderIds],
  });
  return new Map(rows.map((row) => [row.id, row.customerId]));
}
