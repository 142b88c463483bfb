import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../kernel/ids.ts';
import { moneyStep } from '../kernel/money.ts';
import { orderDocument } from '../views/documents/order-document.ts';
import { readOrder } from '../views/order.ts';
import type { CreatedQuote } from './create-quote.ts';
import { readContent } from './mail/facts.ts';
import { mailMoney } from './mail/format.ts';
import { writeMail } from './mail/write-mail.ts';
import type { PlacedOrder } from './placed-order.ts';
import { LINKS } from './testing/mail-world.ts';
import { type OrderWorld, orderWorld } from './testing/order-world.ts';
import { addShippingMethods } from './testing/shipping-methods.ts';

/**
 * One total, wherever it stands: random carts in currencies with no, two and three decimals, with taxes in prices and on top of them.
 * What the quote says is what the order, its page, the mail, the PDF and the ledger say.
 */
const CARTS = process.env.WAYBILL_DEEP === '1' ? 1_000 : 300;
/** Placed side by side, so that lanes batch them as they would a shop's. */
const AT_ONCE = 100;
const PRICES = ['0.99', '12.5', '0.333', '7.77', '1234.567', '19.999999', '100', '3'];
const SHOPS = [
  { currency: 'EUR', pricesIncludeTax: true },
  { currency: 'EUR', pricesIncludeTax: false },
  { currency: 'JPY', pricesIncludeTax: true },
  { currency: 'JPY', pricesIncludeTax: false },
  { currency: 'KWD', pricesIncludeTax: true },
  { currency: 'KWD', pricesIncludeTax: false },
] as const;

let w: OrderWorld;
let shops: { readonly id: string; readonly currency: string }[];
beforeAll(async () => {
  w = await orderWorld();
  shops = await Promise.all(SHOPS.map(furnish));
});
afterAll(() => w.close());

async function furnish(shop: (typeof SHOPS)[number], index: number): Promise<{ id: string; currency: string }> {
  const { pool } = w.db;
  const id = newId();
  const nodeId = newId();
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
     VALUES ($1, 'DE', 'standard', 0.19), ($1, 'DE', 'reduced', 0.07), ($1, 'DE', 'shipping', 0.19), ($1, 'FR', 'standard', 0.2), ($1, 'FR', 'reduced', 0.055)`,
    [id],
  );
  await addShippingMethods(pool, id);
  for (const [at, price] of PRICES.entries()) {
    const skuId = newId();
    await pool.query(
      `INSERT INTO skus (id, merchant_id, code, name, stocked, price, tax_class, weight_grams, currency, created_at, updated_at)
       VALUES ($1, $2, $3, $3, true, $4, $5, $6, $7, now(), now())`,
      [skuId, id, `S${at}`, price, at % 3 === 0 ? 'reduced' : 'standard', at * 150, shop.currency],
    );
    await w.flows.adjustStock({ merchantId: id, skuId, nodeId, delta: 1_000_000, reason: 'received' }, w.ctx());
  }
  return { id, currency: shop.currency };
}

const cart = fc.record({
  shop: fc.nat(SHOPS.length - 1),
  country: fc.constantFrom('DE', 'FR', 'IT'),
  lines: fc.uniqueArray(
    fc.record({ sku: fc.nat(PRICES.length - 1), quantity: fc.integer({ min: 1, max: 40 }), off: fc.nat(20) }),
    {
      minLength: 1,
      maxLength: 6,
      selector: (line) => line.sku,
    },
  ),
  discount: fc.nat(30),
  option: fc.nat(2),
});
type Cart = typeof cart extends fc.Arbitrary<infer T> ? T : never;

interface Bought {
  readonly quote: CreatedQuote;
  readonly totalMinor: number;
  readonly placed: PlacedOrder;
}

async function buy({ shop, country, lines, discount, option }: Cart): Promise<Bought> {
  const { id: merchantId, currency } = shops[shop] as { id: string; currency: string };
  // A line's discount is at most what one unit of the cheapest goods costs in the smallest currency.
  const quote = await w.flows.createQuote(
    {
      merchantId,
      currency,
      lines: lines.map(({ sku, quantity, off }) => ({
        sku: `S${sku}`,
        quantity,
        ...(sku % 2 && sku > 2 ? { discountMinor: BigInt(off % 3) * moneyStep(currency) } : {}),
      })),
      discountMinor: BigInt(lines.some((line) => line.sku === 4) ? discount : 0) * moneyStep(currency),
      destination: { country },
    },
    w.ctx('shop'),
  );
  const chosen = quote.options[option % quote.options.length];
  if (!chosen) throw new Error('Nothing was offered');
  const { lines: _lines, currency: _currency, ...input } = w.input({ lines: [] });
  const placed = await w.flows.placeOrder(
    {
      ...input,
      merchantId,
      lines: [],
      quote: { id: quote.id, option: chosen.code },
      totalMinor: BigInt(chosen.orderTotalMinor),
      shipTo: { line1: 'Street 1', city: 'Town', country },
    },
    w.ctx('shop'),
  );
  return { quote, totalMinor: chosen.orderTotalMinor, placed };
}

/** Runs every saga until none is open: the provider turns callers away that are too many at once, who come again. */
async function confirmAll(): Promise<void> {
  for (;;) {
    await w.settle();
    const { rowCount } = await w.db.pool.query(`SELECT FROM orders WHERE status = 'PENDING'`);
    if (rowCount === 0) return;
    w.advanceClock(1_000);
  }
}

/** What the confirmation mail tells: its lines and its total, which is written out in the text as well. */
async function mailedTotal(orderId: string): Promise<bigint> {
  const notice = { kind: 'order_confirmed', orderId, data: {}, createdAt: w.clock() } as const;
  const content = await readContent(w.db.pool, notice, LINKS);
  if (content?.kind !== 'order_confirmed') throw new Error('There is nothing to tell');
  expect(content.lines.reduce((sum, line) => sum + line.totalMinor, 0n)).toBe(content.totalMinor);
  expect(writeMail(content, 'en').text).toContain(mailMoney(content.totalMinor, content.order.currency, 'en'));
  return content.totalMinor;
}

/** What the ledger says the order was sold for. */
async function sales(orderIds: readonly string[]): Promise<Map<string, bigint>> {
  const { rows } = await w.db.pool.query<{ orderId: string; amount: bigint }>(
    `SELECT order_id AS "orderId", sum(amount_minor)::int8 AS amount FROM transfers WHERE kind = 'sale' AND order_id = ANY($1::uuid[]) GROUP BY 1`,
    [orderIds],
  );
  return new Map(rows.map((row) => [row.orderId, row.amount]));
}

describe('a thousand carts', () => {
  it('cost the same on the quote, the order, its page, in the mail, the PDF and the ledger', { timeout: 240_000 }, async () => {
    const carts = fc.sample(cart, { numRuns: CARTS, seed: 20_261_127 });
    const bought: Bought[] = [];
    for (let at = 0; at < carts.length; at += AT_ONCE) {
      bought.push(...(await Promise.all(carts.slice(at, at + AT_ONCE).map(buy))));
      await confirmAll();
    }
    const sold = await sales(bought.map(({ placed }) => placed.id));
    for (const { quote, totalMinor, placed } of bought) {
      expect(placed.totalMinor).toBe(totalMinor);
      expect(quote.goodsTotalMinor).toBe(quote.lines.reduce((sum, line) => sum + line.totalMinor, 0));
      const page = await readOrder(w.db.pool, { merchantId: null, customerId: null }, placed.id);
      expect(page.order.totalMinor).toBe(BigInt(totalMinor));
      // Cards carry currencies of three decimals with a last digit of 0, and every total is one that a card can pay.
      if (quote.currency === 'KWD') expect(totalMinor % 10).toBe(0);
      expect(page.order.authorizedMinor).toBe(BigInt(totalMinor));
      expect(page.lines.reduce((sum, line) => sum + line.totalMinor, 0n)).toBe(BigInt(totalMinor));
      expect(page.lines.flatMap((line) => line.spans).reduce((sum, span) => sum + span.totalMinor, 0n)).toBe(BigInt(totalMinor));
      expect(sold.get(placed.id) ?? 0n).toBe(BigInt(totalMinor));
      const paper = orderDocument(page.order, page.lines);
      expect(paper.totalMinor).toBe(BigInt(totalMinor));
      expect(await mailedTotal(placed.id)).toBe(BigInt(totalMinor));
    }
    expect(new Set(bought.map(({ quote }) => `${quote.currency} ${quote.pricesIncludeTax}`)).size).toBe(SHOPS.length);
    await w.expectBooksAgree();
  });
});
