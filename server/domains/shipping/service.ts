import type { Queryable } from '../../platform/db.ts';
import type { ShippingMethod } from './rules.ts';
import { readMethods } from './store.ts';

/** The active shipping methods by merchant: configuration, read without locks. */
export async function load(db: Queryable, merchantIds: readonly string[]): Promise<ReadonlyMap<string, ShippingMethod[]>> {
  const methods = merchantIds.length > 0 ? await readMethods(db, [...new Set(merchantIds)]) : [];
  const byMerchant = new Map<string, ShippingMethod[]>();
  for (const method of methods) byMerchant.set(method.merchantId, [...(byMerchant.get(method.merchantId) ?? []), method]);
  return byMerchant;
}
