import type { CheckoutStore } from '../../domains/checkouts/rules.ts';
import { kindsThat } from '../../domains/nodes/provider.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { Queryable } from '../../platform/db.ts';

/** A store of the merchant where customers fetch orders, as it is now. Whether everything is there is decided when it is paid. */
export async function storeOf(db: Queryable, merchantId: string, nodeId: string): Promise<CheckoutStore> {
  const { rows } = await db.query<{ name: string; address: Record<string, string>; country: string }>({
    name: 'checkout-store',
    text: `SELECT n.name, n.address, coalesce(n.address->>'country', m.country) AS country
           FROM nodes n JOIN merchants m ON m.id = n.merchant_id LEFT JOIN node_settings s ON s.node_id = n.id
           WHERE n.id = $1 AND n.merchant_id = $2 AND n.active AND n.kind = ANY($3::text[]) AND coalesce(s.pick_up, true)`,
    values: [nodeId, merchantId, kindsThat((traits) => traits.collectHere)],
  });
  const [store] = rows;
  if (!store)
    throw new DomainError('invalid_request', 'Nothing can be fetched there. Choose another store, or have it sent.', {
      field: 'pickup',
    });
  const { line1, city, region, postalCode } = store.address;
  return {
    nodeId,
    name: store.name,
    place: {
      country: store.country,
      ...(line1 ? { line1 } : {}),
      ...(city ? { city } : {}),
      ...(region ? { region } : {}),
      ...(postalCode ? { postalCode } : {}),
    },
  };
}
