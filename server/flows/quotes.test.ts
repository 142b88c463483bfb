import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DomainError } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import { withTx } from '../platform/db.ts';
import { runVerb } from '../platform/verb.ts';
import { type CreatedQuote, createQuote } from './create-quote.ts';
import { type OrderWorld, orderWorld } from './testing/order-world.ts';
import { addShippingMethods } from './testing/shipping-methods.ts';

let w: OrderWorld;
beforeAll(async () => {
  w = await orderWorld();
  await addShippingMethods(w.db.pool, w.merchantId);
  await w.db.pool.query(
    `INSERT INTO tax_rates (merchant_id, country, tax_class, rate) VALUES ($1, 'IT', 'standard', 0.22), ($1, 'IT', 'shipping', 0.22), ($1, 'DE', 'standard', 0.19)`,
    [w.merchantId],
  );
});
afterAll(() => w.close());

const LINES = [
  { sku: 'MUG', quantity: 2, discountMinor: 100n },
  { sku: 'BAG', quantity: 3 },
];
const quote = (more: Partial<Parameters<OrderWorld['flows']['createQuote']>[0]> = {}, key = newId()): Promise<CreatedQuote> =>
  w.flows.createQuote(
    { merchantId: w.merchantId, currency: 'EUR', lines: LINES, destination: { country: 'IT', postalCode: '20121' }, ...more },
    w.ctx('shop'),
    key,
  );

interface Asked {
  readonly option?: string;
  readonly totalMinor?: bigint;
  readonly country?: string;
}
const place = (quoteId: string, { option = 'standard', totalMinor, country = 'IT' }: Asked = {}) => {
  const { lines: _lines, currency: _currency, ...input } = w.input({ lines: [] });
  const shipTo = { name: 'Carla Rossi', line1: 'Via Roma 1', city: 'Milano', postalCode: '20121', country };
  return w.flows.placeOrder({ ...input, lines: [], shipTo, quote: { id: quoteId, option }, totalMinor }, w.ctx('shop'));
};

async function refusal(promise: Promise<unknown>): Promise<DomainError> {
  const error = await promise.then(
    () => new Error('It was not refused'),
    (reason: unknown) => reason,
  );
  if (error instanceof DomainError) return error;
  throw error;
}

async function written(): Promise<unknown> {
  const { rows } = await w.db.pool.query(
    `SELECT (SELECT count(*) FROM orders) AS orders, (SELECT count(*) FROM stock_movements) AS movements, (SELECT count(*) FROM events) AS events,
            (SELECT count(*) FROM payments) AS payments, (SELECT sum(promised) FROM sku_supply) AS promised`,
  );
  return rows[0];
}

/** Refused with this code; nothing was written. */
async function refusedWith(code: string, work: () => Promise<unknown>): Promise<DomainError> {
  const before = await written();
  const error = await refusal(work());
  expect(error.code).toBe(code);
  expect(error.entry.status).toBe(422);
  expect(await written()).toEqual(before);
  return error;
}

describe('a quote', () => {
  it('says what the order will cost, and the order costs that', async () => {
    const made = await quote({ discountMinor: 50n });
    expect(
      made.options.map(({ code, priceMinor, taxMinor, totalMinor }) => ({ code, priceMinor, taxMinor, totalMinor })),
    ).toEqual([{ code: 'standard', priceMinor: 490, taxMinor: 108, totalMinor: 598 }]);
    const [option] = made.options;
    const placed = await place(made.id, { totalMinor: BigInt(option?.orderTotalMinor as number) });
    expect(placed.totalMinor).toBe(option?.orderTotalMinor);
    expect(made.goodsTotalMinor).toBe(made.lines.reduce((sum, line) => sum + line.totalMinor, 0));
    expect(await w.order(placed.id)).toMatchObject({ quote_id: made.id, shipping_method: 'standard' });
    await w.settle();
    expect(await w.order(placed.id)).toMatchObject({ status: 'CONFIRMED', authorized_minor: BigInt(placed.totalMinor) });
    await w.expectBooksAgree();
  });

  it('offers what reaches the place and holds the parcel, at the price of its tier', async () => {
    const german = await quote({ destination: { country: 'DE' } });
    expect(german.options.map((option) => [option.code, option.priceMinor])).toEqual([
      ['standard', 490],
      ['parcel', 390],
      ['free', 250],
    ]);
    const rich = await quote({ destination: { country: 'DE' }, lines: [{ sku: 'MUG', quantity: 5 }] });
    expect(rich.options.find((option) => option.code === 'free')?.priceMinor).toBe(0);
  });

  it('that has nothing to send offers nothing, and needs no option', async () => {
    const made = await quote({ lines: [{ sku: 'GIFTWRAP', quantity: 1 }] });
    expect(made.options).toEqual([]);
    const { lines: _lines, currency: _currency, ...input } = w.input({ lines: [] });
    const placed = await w.flows.placeOrder({ ...input, lines: [], quote: { id: made.id } }, w.ctx('shop'));
    expect(placed.totalMinor).toBe(made.goodsTotalMinor);
  });

  it('is the same quote when it is asked for again under its key, whatever the taxes are by then', async () => {
    const key = newId();
    const first = await quote({ destination: { country: 'AT' } }, key);
    await w.db.pool.query(`INSERT INTO tax_rates (merchant_id, country, tax_class, rate) VALUES ($1, 'AT', 'standard', 0.2)`, [
      w.merchantId,
    ]);
    expect(await quote({ destination: { country: 'AT' } }, key)).toEqual(first);
    expect((await refusal(quote({ destination: { country: 'FR' } }, key))).code).toBe('key_reused');
  });

  it('is not made by taxes that were asked for another class than its goods have by now', async () => {
    const taxes = { kind: 'rates', provider: 'rate-table', rates: { shipping: 0n } } as const;
    const input = { merchantId: w.merchantId, currency: 'EUR', lines: LINES, destination: { country: 'IT' }, taxes };
    const request = { input, ctx: w.ctx('shop'), key: newId() };
    const [settled] = await withTx(w.db.pool, (tx) => runVerb(tx, createQuote, [request]));
    expect(settled).toMatchObject({ ok: false, error: { code: 'unavailable', entry: { status: 503 } } });
  });

  it('promises nothing and changes nothing', async () => {
    const before = await written();
    await quote();
    expect(await written()).toEqual(before);
  });

  it('is refused for what cannot be sold', async () => {
    expect((await refusal(quote({ lines: [{ sku: 'NOTHING', quantity: 1 }] }))).code).toBe('unknown_sku');
    expect((await refusal(quote({ currency: 'USD' }))).code).toBe('currency_mismatch');
    expect((await refusal(quote({ discountMinor: 1_000_000n }))).code).toBe('invalid_request');
  });
});

describe('an order by a quote is refused, and nothing is written,', () => {
  it('when it has expired', async () => {
    const made = await quote();
    w.advanceClock(31 * 60_000);
    const error = await refusedWith('quote_expired', () => place(made.id));
    expect(error.data).toEqual({ expiredAt: made.expiresAt });
  });

  it('when it names a shipping option that was not offered, or none', async () => {
    const made = await quote();
    expect((await refusedWith('option_not_offered', () => place(made.id, { option: 'parcel' }))).data).toEqual({
      option: 'parcel',
      offered: ['standard'],
    });
    const { lines: _lines, currency: _currency, ...input } = w.input({ lines: [] });
    await refusedWith('option_not_offered', () =>
      w.flows.placeOrder({ ...input, lines: [], quote: { id: made.id } }, w.ctx('shop')),
    );
  });

  it('when a price has changed, and it says which', async () => {
    const made = await quote();
    await w.db.pool.query('UPDATE skus SET price = 13 WHERE id = $1', [w.skus.MUG]);
    const error = await refusedWith('quote_changed', () => place(made.id));
    expect(error.data?.changes).toMatchObject([{ what: 'unit_price', sku: 'MUG', was: '12.500000', is: '13.000000' }]);
    await w.db.pool.query('UPDATE skus SET price = 12.5 WHERE id = $1', [w.skus.MUG]);
    await expect(place(made.id)).resolves.toBeDefined();
  });

  it('unless the caller had set the price', async () => {
    const made = await quote({ lines: [{ sku: 'MUG', quantity: 1, unitPrice: '9.99' }] });
    await w.db.pool.query('UPDATE skus SET price = 13 WHERE id = $1', [w.skus.MUG]);
    await expect(place(made.id)).resolves.toMatchObject({ totalMinor: made.options[0]?.orderTotalMinor });
    await w.db.pool.query('UPDATE skus SET price = 12.5 WHERE id = $1', [w.skus.MUG]);
  });

  it('when shipping costs something else by now, or is not offered any more, or goods are not for sale', async () => {
    const made = await quote();
    await w.db.pool.query(`UPDATE shipping_methods SET tiers = '[{"up_to": null, "price_minor": 590}]' WHERE code = 'standard'`);
    expect((await refusedWith('quote_changed', () => place(made.id))).data?.changes).toEqual([
      { what: 'shipping_price', option: 'standard', was: 490, is: 590 },
    ]);
    await w.db.pool.query(`UPDATE shipping_methods SET active = false WHERE code = 'standard'`);
    expect((await refusedWith('quote_changed', () => place(made.id))).data?.changes).toMatchObject([{ what: 'shipping_option' }]);
    await w.db.pool.query(
      `UPDATE shipping_methods SET active = true, tiers = '[{"up_to": null, "price_minor": 490}]' WHERE code = 'standard'`,
    );
    await w.db.pool.query('UPDATE skus SET active = false WHERE id = $1', [w.skus.BAG]);
    expect((await refusedWith('quote_changed', () => place(made.id))).data?.changes).toMatchObject([
      { what: 'not_for_sale', sku: 'BAG' },
    ]);
    await w.db.pool.query('UPDATE skus SET active = true WHERE id = $1', [w.skus.BAG]);
  });

  it.each([false, true])('when its goods are taxed otherwise by now, prices that include tax: %s', async (includes) => {
    await w.db.pool.query('UPDATE merchants SET prices_include_tax = $2 WHERE id = $1', [w.merchantId, includes]);
    const made = await quote();
    await w.db.pool.query(`UPDATE skus SET tax_class = 'reduced' WHERE id = $1`, [w.skus.MUG]);
    expect((await refusedWith('quote_changed', () => place(made.id))).data?.changes).toMatchObject([
      { what: 'tax_rate', sku: 'MUG', was: '0.22', is: null },
    ]);
    await w.db.pool.query(`UPDATE skus SET tax_class = 'standard' WHERE id = $1`, [w.skus.MUG]);
    await expect(place(made.id)).resolves.toMatchObject({ totalMinor: made.options[0]?.orderTotalMinor });
    await w.db.pool.query('UPDATE merchants SET prices_include_tax = false WHERE id = $1', [w.merchantId]);
  });

  it('when its total was tampered with', async () => {
    const made = await quote();
    const total = made.options[0]?.orderTotalMinor as number;
    const error = await refusedWith('total_mismatch', () => place(made.id, { totalMinor: BigInt(total - 1) }));
    expect(error.data).toEqual({ sentMinor: total - 1, totalMinor: total });
  });

  it('when it goes to another place', async () => {
    const made = await quote();
    expect((await refusedWith('quote_changed', () => place(made.id, { country: 'DE' }))).data?.changes).toEqual([
      { what: 'destination', was: 'IT 20121', is: 'DE 20121' },
    ]);
  });

  it("when the quote is another merchant's, or sends lines of its own beside it", async () => {
    const made = await quote();
    const { lines: _lines, currency: _currency, ...input } = w.input({ lines: [] });
    const foreign = { ...input, lines: [], merchantId: newId(), quote: { id: made.id, option: 'standard' } };
    expect((await refusal(w.flows.placeOrder(foreign, w.ctx('shop')))).code).toBe('not_found');
    const more = { ...input, lines: [{ sku: 'MUG', quantity: 1 }], quote: { id: made.id, option: 'standard' } };
    expect((await refusal(w.flows.placeOrder(more, w.ctx('shop')))).code).toBe('invalid_request');
  });
});

describe('an order without a quote', () => {
  it('is refused, too, where it costs something else than the customer was shown', async () => {
    const input = w.input({ lines: [{ sku: 'MUG', quantity: 1 }] });
    await refusedWith('total_mismatch', () => w.flows.placeOrder({ ...input, totalMinor: 1n }, w.ctx('shop')));
  });
});
