import { DomainError } from '../kernel/errors.ts';
import type { Queryable } from '../platform/db.ts';
import { Conditions, prepared } from './conditions.ts';
import { keysetPage, type PageRequest } from './keyset.ts';
import type { Page } from './pages.ts';
import type { Scope } from './scope.ts';
import { wordsQuery } from './words.ts';

export interface ProductRow {
  readonly id: string;
  readonly merchantId: string;
  readonly merchantName: string;
  readonly code: string;
  readonly name: string;
  readonly barcode: string | null;
  readonly stocked: boolean;
  readonly taxClass: string;
  readonly weightGrams: number;
  /** Decimal string in major units. */
  readonly price: string;
  readonly currency: string;
  readonly active: boolean;
  /** Units that may be promised now; null for what is not stocked. */
  readonly available: bigint | null;
  readonly version: bigint;
  readonly updatedAt: Date;
}

export interface ProductFilter {
  readonly q?: string | undefined;
  readonly active?: boolean | undefined;
  readonly merchantId?: string | undefined;
}

/** Units of SKU k that may be promised now; null for what is not stocked. */
export const AVAILABLE_UNITS = `CASE WHEN k.stocked THEN coalesce((SELECT sum(CASE WHEN v.shortfall > 0 THEN 0 ELSE greatest(greatest(v.sellable, 0) + v.limit_over - v.promised, 0) END)
    FROM sku_supply v WHERE v.sku_id = k.id), 0)::bigint END`;

const COLUMNS = `k.id, k.merchant_id AS "merchantId", m.name AS "merchantName", k.code, k.name, k.barcode, k.stocked, k.tax_class AS "taxClass",
  k.weight_grams AS "weightGrams", trim_scale(k.price)::text AS price, k.currency, k.active, k.version, k.updated_at AS "updatedAt",
  ${AVAILABLE_UNITS} AS available`;

const FROM = 'skus k JOIN merchants m ON m.id = k.merchant_id';

/** Matches a SKU by the beginning of its code or of any word of its name; every arm has an index. */
export function skuMatches(where: Conditions, q: string): void {
  const text = q.trim();
  const code = where.value(text.toUpperCase());
  const prefix = (p: string) =>
    `SELECT id FROM skus WHERE code >= ${p}::text AND code < ${p} || U&'\\FFFD' AND starts_with(code, ${p})`;
  const arms = [prefix(code), `SELECT id FROM skus WHERE code = ${where.value(text)}`];
  const words = wordsQuery(text);
  if (words !== null)
    arms.push(`SELECT id FROM skus WHERE to_tsvector('simple', name) @@ to_tsquery('simple', ${where.value(words)})`);
  where.plain(`k.id IN (${arms.join(' UNION ')})`);
}

/** SKUs by code. */
export async function listProducts(db: Queryable, scope: Scope, request: ProductFilter & PageRequest): Promise<Page<ProductRow>> {
  const where = new Conditions().scope(scope, 'k', null);
  if (request.q?.trim()) skuMatches(where, request.q);
  if (request.active !== undefined) where.add((p) => `k.active = ${p}`, request.active);
  if (request.merchantId) where.add((p) => `k.merchant_id = ${p}`, request.merchantId);
  const check = (value: string) => value.length <= 200;
  return keysetPage(
    db,
    {
      label: 'products-list',
      columns: COLUMNS,
      from: FROM,
      where,
      by: 'k.code',
      id: 'k.id',
      descending: false,
      cast: 'text',
      check,
    },
    request,
  );
}

export interface ProductPage extends ProductRow {
  readonly description: string | null;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly createdAt: Date;
  /** The same code at other merchants that the reader may see. */
  readonly others: { readonly merchantId: string; readonly merchantName: string }[];
}

/** One SKU by code. A code is unique per merchant; `merchantId` picks where the reader sees several. Throws `not_found`. */
export async function readProduct(db: Queryable, scope: Scope, code: string, merchantId?: string): Promise<ProductPage> {
  const where = new Conditions().add((p) => `k.code = ${p}`, code).scope(scope, 'k', null);
  const text = `SELECT ${COLUMNS}, k.description, k.metadata, k.created_at AS "createdAt" FROM ${FROM} WHERE ${where.where} ORDER BY m.name LIMIT 20`;
  const { rows } = await db.query<Omit<ProductPage, 'others'>>(prepared('product', text, where.values));
  const product = merchantId ? rows.find((row) => row.merchantId === merchantId) : rows[0];
  if (product === undefined) throw new DomainError('not_found', `There is no SKU ${code}.`);
  const others = rows
    .filter((row) => row.id !== product.id)
    .map((row) => ({ merchantId: row.merchantId, merchantName: row.merchantName }));
  return { ...product, others };
}
