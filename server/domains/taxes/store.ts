import type { Queryable } from '../../platform/db.ts';

export interface TaxRate {
  readonly merchantId: string;
  readonly country: string;
  readonly taxClass: string;
  readonly rate: string;
}

export async function readTaxRates(db: Queryable, merchantIds: readonly string[]): Promise<TaxRate[]> {
  const { rows } = await db.query<TaxRate>({
    name: 'tax-rates',
    text: `SELECT merchant_id AS "merchantId", country, tax_class AS "taxClass", rate FROM tax_rates WHERE merchant_id = ANY($1::uuid[])`,
    values: [merchantIds],
  });
  return rows;
}
