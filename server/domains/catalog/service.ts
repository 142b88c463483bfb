import type { Queryable, Tx } from '../../platform/db.ts';
import { rateMicros, type Sku } from './rules.ts';
import { insertSkus, type Merchant, readMerchants, readSkus, readTaxRates } from './store.ts';

export type { Merchant } from './store.ts';

/** What placement needs of the catalog: configuration, read without locks. */
export interface CatalogState {
  readonly merchants: Map<string, Merchant>;
  readonly skus: Map<string, Sku>;
  readonly rates: Map<string, bigint>;
}

export async function load(
  db: Queryable,
  merchantIds: readonly string[],
  codes: readonly { merchantId: string; code: string }[],
): Promise<CatalogState> {
  const merchants = await readMerchants(db, [...new Set(merchantIds)]);
  const distinct = new Map(codes.map((pair) => [`${pair.merchantId}:${pair.code}`, pair]));
  const skus = await readSkus(db, [...distinct.values()]);
  const rates = await readTaxRates(db, [...new Set(merchantIds)]);
  return {
    merchants: new Map(merchants.map((merchant) => [merchant.id, merchant])),
    skus: new Map(skus.map((sku) => [`${sku.merchantId}:${sku.code}`, sku])),
    rates: new Map(rates.map((rate) => [`${rate.merchantId}:${rate.country}:${rate.taxClass}`, rateMicros(rate.rate)])),
  };
}

/** The tax seam: the rate (10^-6) of a class of goods in a country. Where the merchant collects no tax there is no row and no tax. */
export function taxRate(state: CatalogState, merchantId: string, country: string, taxClass: string): bigint {
  return state.rates.get(`${merchantId}:${country}:${taxClass}`) ?? 0n;
}

/** Adds SKUs. Their codes must be new to their merchant. */
export function addSkus(tx: Tx, skus: readonly Sku[], now: Date): Promise<void> {
  return insertSkus(tx, skus, now);
}
