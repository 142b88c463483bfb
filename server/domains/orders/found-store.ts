import type { OrderStatus } from '../../kernel/vocabulary.ts';
import type { Queryable } from '../../platform/db.ts';

/** An order as somebody outside names it. */
export interface FoundOrder {
  readonly id: string;
  readonly channel: string;
  readonly status: OrderStatus;
  readonly lines: readonly { readonly id: string; readonly skuCode: string | null }[];
}

export async function findByExternalId(db: Queryable, merchantId: string, externalId: string): Promise<FoundOrder | undefined> {
  const { rows } = await db.query<FoundOrder>({
    name: 'orders-by-external-id',
    text: `SELECT o.id, o.channel, o.status,
                  (SELECT json_agg(json_build_object('id', l.id, 'skuCode', l.sku_code) ORDER BY l.position) FROM order_lines l WHERE l.order_id = o.id) AS lines
           FROM orders o WHERE o.merchant_id = $1 AND o.external_id = $2`,
    values: [merchantId, externalId],
  });
  return rows[0];
}
