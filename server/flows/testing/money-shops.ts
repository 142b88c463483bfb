import { newId } from '../../kernel/ids.ts';
import type { OrderWorld } from './order-world.ts';
import { addShippingMethods } from './shipping-methods.ts';

/** Shops whose currencies have no, two and three decimals, with taxes in prices and on top of them. */
export const MONEY_SHOPS = [
  { currency: 'EUR', pricesIncludeTax: true, prices: ['0.99', '12.5', '7.77'] },
  { currency: 'EUR', pricesIncludeTax: false, prices: ['0.333', '19.99', '3'] },
  { currency: 'JPY', pricesIncludeTax: true, prices: ['99', '1250', '777'] },
  { currency: 'JPY', pricesIncludeTax: false, prices: ['33', '999', '310'] },
  { currency: 'KWD', pricesIncludeTax: true, prices: ['0.995', '2.5', '0.77'] },
  { currency: 'KWD', pricesIncludeTax: false, prices: ['0.333', '1.999', '3'] },
] as const;

export interface MoneyShop {
  readonly id: string;
  readonly currency: string;
  readonly nodeId: string;
}

/** Opens the shops of `MONEY_SHOPS` in a world: goods `S0`…`S2`, more of them than histories can buy, taxes, and ways to send them. */
export function moneyShops(w: OrderWorld): Promise<MoneyShop[]> {
  return Promise.all(MONEY_SHOPS.map((shop, index) => furnish(w, shop, index)));
}

async function furnish(w: OrderWorld, shop: (typeof MONEY_SHOPS)[number], index: number): Promise<MoneyShop> {
  const { pool } = w.db;
  const [id, nodeId] = [newId(), newId()];
  await pool.query(
    `INSERT INTO merchants (id, home, slug, name, currency, country, prices_include_tax, created_at) VALUES ($1, 'EU', $2, $2, $3, 'DE', $4, now())`,
    [id, `shop-${index}`, shop.currency, shop.pricesIncludeTax],
  );
  await pool.query(
    `INSERT INTO nodes (id, merchant_id, home, code, name, kind, created_at) VALUES ($1, $2, 'EU', 'N', 'N', 'warehouse', now())`,
    [nodeId, id],
  );
  await pool.query(
    `INSERT INTO tax_rates (merchant_id, country, tax_class, rate)
     VALUES ($1, 'DE', 'standard', 0.19), ($1, 'DE', 'reduced', 0.07), ($1, 'DE', 'shipping', 0.19)`,
    [id],
  );
  await addShippingMethods(pool, id);
  for (const [at, price] of shop.prices.entries()) {
    const skuId = newId();
    await pool.query(
      `INSERT INTO skus (id, merchant_id, code, name, stocked, price, tax_class, weight_grams, currency, created_at, updated_at)
       VALUES ($1, $2, $3, $3, true, $4, $5, 100, $6, now(), now())`,
      [skuId, id, `S${at}`, price, at === 0 ? 'reduced' : 'standard', shop.currency],
    );
    await w.flows.adjustStock({ merchantId: id, skuId, nodeId, delta: 1_000_000, reason: 'received' }, w.ctx());
  }
  return { id, currency: shop.currency, nodeId };
}
