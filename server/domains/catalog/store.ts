import type { Queryable, Tx } from '../../platform/db.ts';
import { insertRows, type TableSpec, updateRows } from '../../platform/rows.ts';
import type { Sku, SkuRecord } from './rules.ts';

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

export interface Merchant {
  readonly id: string;
  readonly home: string;
  readonly name: string;
  readonly currency: string;
  readonly country: string;
  readonly pricesIncludeTax: boolean;
  readonly active: boolean;
  /** Which payment gateways take its payments, as they are stored. */
  readonly paymentGateways: readonly StoredGateway[] | null;
  /** What its policies say to new orders; null where they say nothing. */
  readonly orderTerms: unknown;
}

interface StoredGateway {
  readonly gateway: string;
  readonly currencies?: string[] | undefined;
  readonly methods?: string[] | undefined;
  readonly limits?: Record<string, number> | undefined;
  readonly shipsUnpaid?: boolean | undefined;
}

export async function readMerchants(db: Queryable, ids: readonly string[]): Promise<Merchant[]> {
  const { rows } = await db.query<Merchant>({
    name: 'catalog-merchants',
    text: `SELECT id, home, name, currency, country, prices_include_tax AS "pricesIncludeTax", active,
                  payment_gateways AS "paymentGateways", order_terms AS "orderTerms" FROM merchants WHERE id = ANY($1::uuid[])`,
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
    description: 'text',
    barcode: 'text',
    stocked: 'bool',
    tax_class: 'text',
    weight_grams: 'int4',
    price: 'numeric',
    currency: 'text',
    active: 'bool',
    version: 'int8',
    created_at: 'timestamptz',
    updated_at: 'timestamptz',
  },
};

export async function insertSkus(tx: Tx, skus: readonly (Sku & Partial<SkuRecord>)[], now: Date): Promise<void> {
  await insertRows(
    tx,
    SKUS,
    skus.map((sku) => ({
      ...sku,
      merchant_id: sku.merchantId,
      tax_class: sku.taxClass,
      weight_grams: sku.weightGrams,
      version: sku.version ?? 1n,
      created_at: now,
      updated_at: now,
    })),
  );
}

const RECORD = `SELECT id, merchant_id AS "merchantId", code, name, description, barcode, stocked, tax_class AS "taxClass",
  weight_grams AS "weightGrams", price, currency, active, version FROM skus`;

/** Locks merchants, so that two writers of one catalogue take turns: a code that one of them adds is seen by the next. */
export async function lockMerchants(tx: Tx, ids: readonly string[]): Promise<Merchant[]> {
  const { rows } = await tx.query<Merchant>({
    name: 'catalog-lock-merchants',
    text: `SELECT id, home, name, currency, country, prices_include_tax AS "pricesIncludeTax", active,
                  payment_gateways AS "paymentGateways", order_terms AS "orderTerms" FROM merchants
           WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE`,
    values: [ids],
  });
  return rows;
}

export async function lockSkus(tx: Tx, ids: readonly string[]): Promise<SkuRecord[]> {
  const { rows } = await tx.query<SkuRecord>({
    name: 'catalog-lock-skus',
    text: `${RECORD} WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE`,
    values: [ids],
  });
  return rows;
}

export async function findSkuIds(
  db: Queryable,
  pairs: readonly { merchantId: string; code: string }[],
): Promise<{ id: string; merchantId: string; code: string }[]> {
  const { rows } = await db.query<{ id: string; merchantId: string; code: string }>({
    name: 'catalog-sku-ids',
    text: `SELECT s.id, s.merchant_id AS "merchantId", s.code FROM skus s
           JOIN unnest($1::uuid[], $2::text[]) AS p(m, c) ON s.merchant_id = p.m AND s.code = p.c`,
    values: [pairs.map((pair) => pair.merchantId), pairs.map((pair) => pair.code)],
  });
  return rows;
}

export async function readRecords(db: Queryable, ids: readonly string[]): Promise<SkuRecord[]> {
  const { rows } = await db.query<SkuRecord>({
    name: 'catalog-sku-records',
    text: `${RECORD} WHERE id = ANY($1::uuid[])`,
    values: [ids],
  });
  return rows;
}

export async function updateSkus(tx: Tx, skus: readonly SkuRecord[], now: Date): Promise<void> {
  const set = [
    'name',
    'description',
    'barcode',
    'stocked',
    'tax_class',
    'weight_grams',
    'price',
    'active',
    'version',
    'updated_at',
  ];
  const rows = skus.map((sku) => ({ ...sku, tax_class: sku.taxClass, weight_grams: sku.weightGrams, updated_at: now }));
  await updateRows(tx, SKUS, ['id'], set, rows);
}

/** What deciding where a SKU is sent from needs of it. */
export interface SkuTraits {
  readonly id: string;
  readonly weightGrams: number;
  readonly tags: string[];
}

/** Tags are words in the SKU's metadata: {"tags": "fragile, cold"}. */
export async function readTraits(db: Queryable, ids: readonly string[]): Promise<SkuTraits[]> {
  const { rows } = await db.query<SkuTraits>({
    name: 'catalog-traits',
    text: `SELECT id, weight_grams AS "weightGrams", array_remove(regexp_split_to_array(COALESCE(metadata->>'tags', ''), '[,\\s]+'), '') AS tags
           FROM skus WHERE id = ANY($1::uuid[])`,
    values: [ids],
  });
  return rows;
}

export async function updateGateways(tx: Tx, byMerchant: ReadonlyMap<string, readonly StoredGateway[]>): Promise<void> {
  if (byMerchant.size === 0) return;
  await tx.query({
    name: 'catalog-set-gateways',
    text: `UPDATE merchants SET payment_gateways = v.g FROM unnest($1::uuid[], $2::jsonb[]) AS v(i, g) WHERE id = v.i`,
    values: [[...byMerchant.keys()], [...byMerchant.values()].map((gateways) => JSON.stringify(gateways))],
  });
}

export async function updateOrderTerms(tx: Tx, byMerchant: ReadonlyMap<string, unknown>): Promise<void> {
  if (byMerchant.size === 0) return;
  await tx.query({
    name: 'catalog-set-order-terms',
    text: `UPDATE merchants SET order_terms = v.t FROM unnest($1::uuid[], $2::jsonb[]) AS v(i, t) WHERE id = v.i`,
    values: [[...byMerchant.keys()], [...byMerchant.values()].map((terms) => JSON.stringify(terms))],
  });
}
