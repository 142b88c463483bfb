import type { CheckoutLine } from '../domains/checkouts/rules.ts';
import type { Queryable } from '../platform/db.ts';
import { prepared } from './conditions.ts';

/** A store where a cart can be fetched. */
export interface PickupStore {
  readonly nodeId: string;
  readonly name: string;
  /** As people write it: street, postal code and city. */
  readonly address: string;
}

const MOST_STORES = 20;

/** Free at a node is what is neither somebody's nor set aside; a store whose record is short promises nothing. */
const TEXT = `WITH wanted AS (
    SELECT k.id, sum(w.quantity) AS units FROM unnest($2::text[], $3::int[]) AS w(code, quantity)
    JOIN skus k ON k.merchant_id = $1 AND k.code = w.code AND k.stocked GROUP BY k.id)
  SELECT n.id AS "nodeId", n.name, concat_ws(', ', n.address->>'line1', concat_ws(' ', n.address->>'postalCode', n.address->>'city')) AS address
  FROM nodes n LEFT JOIN node_settings s ON s.node_id = n.id
  WHERE n.merchant_id = $1 AND n.active AND n.kind = ANY($4::text[]) AND coalesce(s.pick_up, true) AND EXISTS (SELECT 1 FROM wanted)
    AND NOT EXISTS (SELECT 1 FROM wanted w LEFT JOIN node_stock t ON t.sku_id = w.id AND t.node_id = n.id
      WHERE t.sku_id IS NULL OR t.short > 0 OR t.on_hand - t.allocated - t.safety < w.units)
  ORDER BY n.priority, n.id LIMIT ${MOST_STORES}`;

/** Stores of the merchant that have all of these goods, and hand them over. `counters` are the kinds of nodes that do. */
export async function readPickupStores(
  db: Queryable,
  { merchantId, lines }: { readonly merchantId: string; readonly lines: readonly CheckoutLine[] },
  counters: readonly string[],
): Promise<readonly PickupStore[]> {
  const { rows } = await db.query<PickupStore>(
    prepared('pickup-stores', TEXT, [merchantId, lines.map(({ sku }) => sku), lines.map(({ quantity }) => quantity), counters]),
  );
  return rows;
}
