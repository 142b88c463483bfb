import type { Queryable, Tx } from '../../platform/db.ts';
import { insertRows, type TableSpec } from '../../platform/rows.ts';
import type { Sku } from './rules.ts';

export async function readSkus(db: Queryable, pairs: readonly { merchantId: string; code: string }[]): Promise<Sku[]> {
  const { rows } = await db.query<Sku>({
    name: 'catalog-skus',
    text: `SELECT s.id, s.merchant_id AS "merchantId", s.code, s.name, s.stocked, s.tax_class AS "taxClass", s.price, s.currency, s.active,
                  s.weight_grams AS "weightGrams"
           FROM skus s JOIN unnest($1::uuid[], $2::text[]) AS p(m, c) ON s.merchant_id = p.m AND s.code = p.c`,
    values: [pairs.map((pair) => pair.merchantId), pairs.map((pair) => pair.code)],
  });
  return rows;
}

export interface TaxRate {
  readonly merchantId: string;
  readonly country: string;
  readonly taxClass: string;
  readonly rate: string;
}

export async function readTaxRates(db: Queryable, merchantIds: readonly string[]): Promise<TaxRate[]> {
  const { rows } = await db.query<TaxRate>({
    name: 'catalog-tax-rates',
    text: `SELECT merchant_id AS "merchantId", country, tax_class AS "taxClass", rate FROM tax_rates WHERE merchant_id = ANY($1::uuid[])`,
    values: [merchantIds],
  });
  return rows;
}

export interface Merchant {
  readonly id: string;
  readonly home: string;
  readonly name: string;
  readonly currency: string;
  readonly country: string;
  readonly pricesIncludeTax: boolean;
  readonly active: boolean;
}

export async function readMerchants(db: Queryable, ids: readonly string[]): Promise<Merchant[]> {
  const { rows } = await db.query<Merchant>({
    name: 'catalog-merchants',
    text: `SELECT id, home, name, currency, country, prices_include_tax AS "pricesIncludeTax", active FROM merchants WHERE id = ANY($1::uuid[])`,
    values: [ids],
  });
  return rows;
}

const SKUS: TableSpec = {
  table: 'skus',
  columns: {
    id: 'uuid',
    merchant_id: 'uuid',
    code: 'text',
    name: 'text',
    stocked: 'bool',
    tax_class: 'text',
    weight_grams: 'int4',
    price: 'numeric',
    currency: 'text',
    active: 'bool',
    created_at: 'timestamptz',
    updated_at: 'timestamptz',
  },
};

export async function insertSkus(tx: Tx, skus: readonly Sku[], now: Date): Promise<void> {
  await insertRows(
    tx,
    SKUS,
    skus.map((sku) => ({
      ...sku,
      merchant_id: sku.merchantId,
      tax_class: sku.taxClass,
      weight_grams: sku.weightGrams,
      created_at: now,
      updated_at: now,
    })),
  );
}
