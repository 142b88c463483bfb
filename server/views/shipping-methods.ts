import type { ShippingBasis } from '../domains/shipping/rules.ts';
import type { Queryable } from '../platform/db.ts';
import { Conditions, prepared } from './conditions.ts';
import type { Scope } from './scope.ts';

/** A way to send goods, as its merchant described it. Prices in minor units of the merchant's currency. */
export interface ShippingMethodRow {
  readonly id: string;
  readonly merchantId: string;
  readonly merchantName: string;
  readonly currency: string;
  readonly code: string;
  readonly name: string;
  readonly countries: string[];
  readonly postalPrefixes: string[];
  readonly basis: ShippingBasis;
  readonly tiers: { readonly upTo: number | null; readonly priceMinor: number }[];
  readonly minDays: number;
  readonly maxDays: number;
  readonly cutoffHour: number;
  readonly active: boolean;
  readonly position: number;
  readonly version: bigint;
}

/** A rate of tax, in per cent as people write it. */
export interface TaxRateRow {
  readonly merchantId: string;
  readonly merchantName: string;
  readonly country: string;
  readonly taxClass: string;
  /** A fraction: 0.19. */
  readonly rate: number;
}

/** Every method within the reader's scope, in the order customers are offered them. */
export async function listShippingMethods(db: Queryable, scope: Scope): Promise<ShippingMethodRow[]> {
  const where = new Conditions().scope({ merchantId: scope.merchantId, customerId: null }, 's');
  const text = `SELECT s.id, s.merchant_id AS "merchantId", m.name AS "merchantName", m.currency, s.code, s.name, s.countries,
      s.postal_prefixes AS "postalPrefixes", s.basis, s.min_days AS "minDays", s.max_days AS "maxDays", s.cutoff_hour AS "cutoffHour", s.active,
      s.position, s.version,
      (SELECT jsonb_agg(jsonb_build_object('upTo', t->'up_to', 'priceMinor', t->'price_minor') ORDER BY o)
       FROM jsonb_array_elements(s.tiers) WITH ORDINALITY AS e(t, o)) AS tiers
    FROM shipping_methods s JOIN merchants m ON m.id = s.merchant_id WHERE ${where.where} ORDER BY m.name, s.position, s.code`;
  const { rows } = await db.query<ShippingMethodRow>(prepared('shipping-methods-list', text, where.values));
  return rows;
}

/** The rate table within the reader's scope. */
export async function listTaxRates(db: Queryable, scope: Scope): Promise<TaxRateRow[]> {
  const where = new Conditions().scope({ merchantId: scope.merchantId, customerId: null }, 's');
  const text = `SELECT s.merchant_id AS "merchantId", m.name AS "merchantName", s.country, s.tax_class AS "taxClass", s.rate::float8 AS rate
    FROM tax_rates s JOIN merchants m ON m.id = s.merchant_id WHERE ${where.where} ORDER BY m.name, s.country, s.tax_class`;
  const { rows } = await db.query<TaxRateRow>(prepared('tax-rates-list', text, where.values));
  return rows;
}
