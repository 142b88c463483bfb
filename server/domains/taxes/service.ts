import { parseDecimal } from '../../kernel/money.ts';
import type { Queryable } from '../../platform/db.ts';
import type { TaxProvider } from './provider.ts';
import { readTaxRates } from './store.ts';

/** The rate table of some merchants, read without locks: a rate that changes meanwhile is the old one or the new one. */
export type RateTable = ReadonlyMap<string, bigint>;

const keyOf = (merchantId: string, country: string, taxClass: string): string => `${merchantId}:${country}:${taxClass}`;

export async function load(db: Queryable, merchantIds: readonly string[]): Promise<RateTable> {
  const rates = await readTaxRates(db, [...new Set(merchantIds)]);
  return new Map(rates.map((row) => [keyOf(row.merchantId, row.country, row.taxClass), parseDecimal(row.rate) ?? 0n]));
}

/** The rate (10^-6) of a class of goods in a country. Where the merchant collects no tax there is no row and no tax. */
export function rateOf(table: RateTable, merchantId: string, country: string, taxClass: string): bigint {
  return table.get(keyOf(merchantId, country, taxClass)) ?? 0n;
}

/** The adapter every installation has: rates are rows per merchant, country and class. */
export function rateTableProvider(db: Queryable): TaxProvider {
  return {
    name: 'rate-table',
    async rates({ merchantId, to, taxClasses }) {
      const table = await load(db, [merchantId]);
      const rates = Object.fromEntries(taxClasses.map((taxClass) => [taxClass, rateOf(table, merchantId, to.country, taxClass)]));
      return { kind: 'rates', provider: 'rate-table', rates };
    },
  };
}
