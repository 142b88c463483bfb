import { DomainError } from '../kernel/errors.ts';
import type { Queryable } from '../platform/db.ts';
import { prepared } from './conditions.ts';
import { AVAILABLE_UNITS } from './products.ts';

/** What is on the shelf of the public shop. Nothing here is private: no costs, no nodes, no exact stock. */
export interface ShopMerchant {
  readonly slug: string;
  readonly name: string;
  readonly currency: string;
  readonly country: string;
  readonly pricesIncludeTax: boolean;
}

export interface ShopListing {
  /** Its address: /shop/{handle}. */
  readonly handle: string;
  readonly sku: string;
  readonly name: string;
  /** Decimal string in major units. */
  readonly price: string;
  readonly currency: string;
  readonly merchant: string;
  readonly merchantName: string;
  readonly pricesIncludeTax: boolean;
  /** Units that can be bought now, at most `MOST_SHOWN`: how much a shop has is its own business. */
  readonly available: number;
}

export interface ShopProduct extends ShopListing {
  readonly description: string | null;
  readonly weightGrams: number;
  /** Some others of the same merchant. */
  readonly others: readonly ShopListing[];
}

/** Nobody learns how many units a shop has beyond this, and nobody buys more at once. */
export const MOST_SHOWN = 20;
const OTHERS = 4;

const COLUMNS = `l.handle, k.code AS sku, k.name, trim_scale(k.price)::text AS price, k.currency, m.slug AS merchant, m.name AS "merchantName",
  m.prices_include_tax AS "pricesIncludeTax", least(coalesce(${AVAILABLE_UNITS}, ${MOST_SHOWN}), ${MOST_SHOWN})::int AS available`;
const FROM = `shop_listings l JOIN skus k ON k.id = l.sku_id AND k.active JOIN merchants m ON m.id = k.merchant_id AND m.active`;

/** Everything that is for sale, in the shop's order, and whose it is. */
export async function readShop(db: Queryable): Promise<{ merchants: ShopMerchant[]; products: ShopListing[] }> {
  const merchants = await db.query<ShopMerchant>(
    prepared(
      'shop-merchants',
      `SELECT m.slug, m.name, m.currency, m.country, m.prices_include_tax AS "pricesIncludeTax" FROM merchants m
       JOIN (SELECT merchant_id, min(position) AS first FROM shop_listings GROUP BY merchant_id) l ON l.merchant_id = m.id
       WHERE m.active ORDER BY l.first, m.name`,
      [],
    ),
  );
  const products = await db.query<ShopListing>(
    prepared('shop-front', `SELECT ${COLUMNS} FROM ${FROM} ORDER BY l.position, k.id LIMIT 500`, []),
  );
  return { merchants: merchants.rows, products: products.rows };
}

/** One product by its address. Throws `not_found`. */
export async function readShopProduct(db: Queryable, handle: string): Promise<ShopProduct> {
  const { rows } = await db.query<Omit<ShopProduct, 'others'>>(
    prepared(
      'shop-product',
      `SELECT ${COLUMNS}, k.description, k.weight_grams AS "weightGrams" FROM ${FROM} WHERE l.handle = $1`,
      [handle],
    ),
  );
  const [product] = rows;
  if (product === undefined) throw new DomainError('not_found', 'This product is not for sale here.');
  const others = await db.query<ShopListing>(
    prepared(
      'shop-others',
      `SELECT ${COLUMNS} FROM ${FROM} WHERE m.slug = $1 AND l.handle <> $2 ORDER BY l.position, k.id LIMIT ${OTHERS}`,
      [product.merchant, handle],
    ),
  );
  return { ...product, others: others.rows };
}

/** What a cart names, as it is now; what is not for sale any more is left out. */
export async function readShopLines(db: Queryable, handles: readonly string[]): Promise<ShopListing[]> {
  if (handles.length === 0) return [];
  const { rows } = await db.query<ShopListing>(
    prepared('shop-lines', `SELECT ${COLUMNS} FROM ${FROM} WHERE l.handle = ANY($1::text[]) ORDER BY l.position, k.id`, [
      handles,
    ]),
  );
  return rows;
}

/** Whose the listed products are, by their addresses. */
export async function readListed(
  db: Queryable,
  handles: readonly string[],
): Promise<{ readonly handle: string; readonly sku: string; readonly merchantId: string }[]> {
  const { rows } = await db.query<{ handle: string; sku: string; merchantId: string }>(
    prepared(
      'shop-listed',
      `SELECT l.handle, k.code AS sku, k.merchant_id AS "merchantId" FROM ${FROM} WHERE l.handle = ANY($1::text[])`,
      [handles],
    ),
  );
  return rows;
}
