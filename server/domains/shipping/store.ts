import type { Queryable } from '../../platform/db.ts';
import type { ShippingMethod, Tier } from './rules.ts';

/** Tiers as they are kept: in snake_case, like all JSON that operators may write by hand. */
type StoredTier = { readonly up_to: number | null; readonly price_minor: number };

const tierOf = (tier: StoredTier): Tier => ({ upTo: tier.up_to, priceMinor: tier.price_minor });

export async function readMethods(db: Queryable, merchantIds: readonly string[]): Promise<ShippingMethod[]> {
  const { rows } = await db.query<Omit<ShippingMethod, 'tiers'> & { tiers: StoredTier[] }>({
    name: 'shipping-methods',
    text: `SELECT id, merchant_id AS "merchantId", code, name, countries, postal_prefixes AS "postalPrefixes", basis, tiers, min_days AS "minDays",
                  max_days AS "maxDays", cutoff_hour AS "cutoffHour", active, position
           FROM shipping_methods WHERE merchant_id = ANY($1::uuid[]) AND active`,
    values: [merchantIds],
  });
  return rows.map((row) => ({ ...row, tiers: row.tiers.map(tierOf) }));
}
