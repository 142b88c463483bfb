import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SetChannelInput } from '../domains/inventory/schema.ts';
import type { PlaceOrderInput } from '../domains/orders/schema.ts';
import { newId } from '../kernel/ids.ts';
import { createFlows } from './flows.ts';
import { type OrderWorld, orderWorld } from './testing/order-world.ts';
import { addShippingMethods } from './testing/shipping-methods.ts';

let w: OrderWorld;
beforeAll(async () => {
  w = await orderWorld({ stock: 20 });
  await addShippingMethods(w.db.pool, w.merchantId);
});
afterAll(() => w.close());

type Channel = SetChannelInput['channel'];

/** A SKU of its own with so many units at the first node. */
async function goods(units: number): Promise<{ code: string; skuId: string }> {
  const code = `P-${newId().slice(-12)}`;
  const blank = { taxClass: 'standard', weightGrams: 0, stocked: true, barcode: null, description: null };
  const { id: skuId } = await w.flows.createSku({ merchantId: w.merchantId, code, name: code, price: '10', ...blank }, w.ctx());
  if (units > 0) await receive(skuId, units);
  return { code, skuId };
}
const receive = (skuId: string, delta: number) =>
  w.flows.adjustStock({ ...at(skuId), delta, reason: delta > 0 ? 'received' : 'damaged' }, w.ctx('warehouse'));
const at = (skuId: string) => ({ merchantId: w.merchantId, skuId, nodeId: w.nodes[0] as string });
const rule = (skuId: string, channel: Channel, limits: { buffer?: number; cap?: number | null }) =>
  w.flows.setChannel({ merchantId: w.merchantId, skuId, channel, buffer: 0, cap: null, ...limits }, w.ctx());

const place = (sku: string, quantity: number, more: Partial<PlaceOrderInput> = {}) =>
  w.flows.placeOrder({ ...w.input({ lines: [{ sku, quantity }] }), ...more }, w.ctx('shop'));
const reserve = (sku: string, quantity: number, more: object = {}) =>
  w.flows.reservations.reserve({ merchantId: w.merchantId, channel: 'api', lines: [{ sku, quantity }], ...more }, w.ctx());

async function supply(skuId: string): Promise<{ promised: number; shortfall: number }> {
  const { rows } = await w.db.pool.query('SELECT promised::int, shortfall::int FROM sku_supply WHERE sku_id = $1', [skuId]);
  return rows[0];
}
async function channel(skuId: string, name: Channel): Promise<Record<string, number>> {
  const { rows } = await w.db.pool.query(
    'SELECT promised::int, excess::int, cap::int, buffer::int FROM channel_supply WHERE sku_id = $1 AND channel = $2',
    [skuId, name],
  );
  return rows[0];
}
const refused = (work: Promise<unknown>) =>
  work.then(
    () => 'placed',
    (error: { code?: string }) => error.code,
  );

describe('an order that takes what there is', () => {
  it('is placed with the units there are, costs what they cost, and says per SKU what it was cut by', async () => {
    const { code, skuId } = await goods(3);
    const lines = [
      { sku: code, quantity: 2, discountMinor: 500n },
      { sku: code, quantity: 4, discountMinor: 401n },
      { sku: 'GIFTWRAP', quantity: 1 },
    ];
    const key = newId();
    const input = { ...w.input({ lines }), accept: 'available' as const };
    const order = await w.flows.placeOrder(input, w.ctx('shop'), key);
    expect(order.lines.map((line) => [line.sku, line.quantity])).toEqual([
      [code, 2],
      [code, 1],
      ['GIFTWRAP', 1],
    ]);
    expect(order.shortages).toEqual([{ sku: code, asked: 6, kept: 3 }]);
    // A quarter of the second line's discount, rounded down, is kept with a quarter of its units.
    expect(order.discountMinor).toBe(500 + 100);
    expect(await w.flows.placeOrder(input, w.ctx('shop'), key)).toEqual(order);
    expect(await supply(skuId)).toMatchObject({ promised: 3 });
    await w.settle();
    expect(await w.order(order.id)).toMatchObject({ status: 'CONFIRMED' });
    await w.expectBooksAgree();
  });

  it('is refused where nothing is left, and like any other where the total that was shown is not what is left costs', async () => {
    const { code } = await goods(0);
    expect(await refused(place(code, 2, { accept: 'available' }))).toBe('out_of_stock');
    const { code: few } = await goods(1);
    expect(await refused(place(few, 2, { accept: 'available', totalMinor: 2_440n }))).toBe('total_mismatch');
    // Without saying so an order is all or nothing.
    expect(await refused(place(few, 2))).toBe('out_of_stock');
  });

  it('by a quote is asked again: nobody is charged for another cart than was quoted', async () => {
    const { code } = await goods(1);
    const quote = await w.flows.createQuote(
      { merchantId: w.merchantId, currency: 'EUR', lines: [{ sku: code, quantity: 3 }], destination: { country: 'IT' } },
      w.ctx(),
    );
    const input = { ...w.input({ lines: [] }), currency: undefined, quote: { id: quote.id, option: 'standard' } };
    await expect(w.flows.placeOrder({ ...input, accept: 'available' }, w.ctx('shop'))).rejects.toMatchObject({
      code: 'quote_changed',
      data: { changes: [{ what: 'quantity', sku: code, was: 3, is: 1 }] },
    });
    expect(await refused(w.flows.placeOrder(input, w.ctx('shop')))).toBe('out_of_stock');
  });
});

describe('a channel', () => {
  it('is kept from its buffer and held to its cap; what it gives back it may be promised again', async () => {
    const { code, skuId } = await goods(10);
    await rule(skuId, 'api', { buffer: 4, cap: 5 });
    expect(await refused(place(code, 6))).toBe('out_of_stock');
    const order = await place(code, 5);
    expect(await channel(skuId, 'api')).toMatchObject({ promised: 5 });
    expect(await refused(place(code, 1))).toBe('out_of_stock');
    // Nobody said anything about the marketplace.
    await place(code, 2, { channel: 'marketplace' });
    await w.settle();
    await w.flows.shipOrder(
      { orderId: order.id, units: [{ lineId: order.lines[0]?.id as string, quantity: 2 }] },
      w.ctx('warehouse'),
    );
    await w.settle();
    await w.flows.cancelOrder({ orderId: order.id, reason: 'customer_request' }, w.ctx());
    await w.settle();
    expect(await channel(skuId, 'api')).toMatchObject({ promised: 0 });
    // 8 are left, 2 of them promised: the buffer keeps 4 away.
    expect(await refused(place(code, 3))).toBe('out_of_stock');
    await place(code, 2);
    await w.expectBooksAgree();
  });

  it('begins with what its orders and carts wait for already, and a cap below that takes nothing back', async () => {
    const { code, skuId } = await goods(10);
    const order = await place(code, 3);
    await reserve(code, 2);
    await place(code, 1, { channel: 'shop' });
    expect(await rule(skuId, 'api', { cap: 4 })).toMatchObject({ promised: 5, available: 0 });
    expect(await channel(skuId, 'api')).toMatchObject({ promised: 5, excess: 1, cap: 4 });
    expect(await refused(place(code, 1))).toBe('out_of_stock');
    await w.settle();
    await w.flows.cancelOrder({ orderId: order.id, reason: 'customer_request' }, w.ctx());
    await w.settle();
    expect(await channel(skuId, 'api')).toMatchObject({ promised: 2, excess: 0 });
    await place(code, 2);
    expect(await rule(skuId, 'api', { cap: null })).toMatchObject({ cap: null });
    await place(code, 5);
    await w.expectBooksAgree();
  });

  it('asks the database for nothing where its SKUs have no rules', async () => {
    const { code, skuId } = await goods(5);
    const { code: ruled, skuId: ruledId } = await goods(5);
    await rule(ruledId, 'api', { cap: 3 });
    const asked: string[] = [];
    const { pool } = w.db;
    const watch = async (work: () => Promise<unknown>): Promise<string[]> => {
      asked.length = 0;
      const connect = pool.connect.bind(pool);
      Object.assign(pool, {
        connect: async () => {
          const client = await connect();
          const query = client.query.bind(client);
          Object.assign(client, {
            query: (text: string | { text: string }, ...rest: unknown[]) => {
              asked.push(typeof text === 'string' ? text : text.text);
              return (query as (...all: unknown[]) => unknown)(text, ...rest);
            },
          });
          return client;
        },
      });
      try {
        await work();
      } finally {
        Object.assign(pool, { connect });
      }
      return [...new Set(asked)].filter((text) => /channel_supply|reservation|channel_delta/.test(text));
    };
    expect(await watch(() => place(code, 1))).toEqual([]);
    expect((await watch(() => place(ruled, 1))).length).toBe(3);
    expect(await supply(skuId)).toMatchObject({ promised: 1 });
  });

  it('and another race for the last hundred units: each sold once, none kept back', async () => {
    const { code, skuId } = await goods(100);
    await rule(skuId, 'shop', { cap: 70 });
    await rule(skuId, 'marketplace', { cap: 70 });
    const other = createFlows({ pool: w.db.pool, home: 'EU', outside: w.outside, clock: () => w.clock() });
    const input = w.input({ lines: [{ sku: code, quantity: 1 }] });
    const order = (flows: Pick<typeof other, 'placeOrder'>, name: Channel) =>
      refused(flows.placeOrder({ ...input, channel: name }, w.ctx('shop')));
    const outcomes = await Promise.all(
      Array.from({ length: 300 }, (_, at) => order(at % 2 ? other : w.flows, at % 3 === 0 ? 'shop' : 'marketplace')),
    );
    const sold = outcomes.filter((outcome) => outcome === 'placed').length;
    expect(new Set(outcomes)).toEqual(new Set(['placed', 'out_of_stock']));
    expect(sold).toBe(100);
    const [shop, market] = [await channel(skuId, 'shop'), await channel(skuId, 'marketplace')];
    expect((shop?.promised ?? 0) + (market?.promised ?? 0)).toBe(100);
    expect(Math.max(shop?.promised ?? 0, market?.promised ?? 0)).toBeLessThanOrEqual(70);
    expect(await supply(skuId)).toMatchObject({ promised: 100, shortfall: 0 });
    await other.idle();
    await w.expectBooksAgree();
  });
});

describe('safety stock', () => {
  it('is for sale to nobody, and is never taken from what was promised', async () => {
    const { code, skuId } = await goods(10);
    const set = (safety: number) => w.flows.setSafety({ ...at(skuId), safety }, w.ctx('warehouse'));
    expect(await set(4)).toMatchObject({ safety: 4, available: 6 });
    expect(await refused(place(code, 7))).toBe('out_of_stock');
    await place(code, 5);
    await expect(set(6)).rejects.toMatchObject({ code: 'over_limit', data: { most: 5 } });
    expect(await set(5)).toMatchObject({ available: 0 });
    expect(await set(0)).toMatchObject({ available: 5 });
    const { rows } = await w.db.pool.query(
      `SELECT action, before, after FROM audit_log WHERE entity_id = $1 AND action = 'stock.safety_set' ORDER BY id`,
      [skuId],
    );
    expect(rows.map((row) => Number(row.after.safety))).toEqual([4, 5, 0]);
    await w.expectBooksAgree();
  });
});

describe('the database itself', () => {
  it.each([
    [
      'a promise beyond what there is',
      'UPDATE sku_supply SET promised = sellable + 1 WHERE sku_id = $1',
      'supply_is_not_oversold',
    ],
    ['a channel beyond its cap', 'UPDATE channel_supply SET promised = cap + 1 WHERE sku_id = $1', 'channel_is_not_oversold'],
    ['a buffer below nothing', 'UPDATE channel_supply SET buffer = -1 WHERE sku_id = $1', 'channel_is_not_negative'],
    ['safety below nothing', 'UPDATE node_stock SET safety = -1 WHERE sku_id = $1', 'stock_is_not_negative'],
    [
      'a reservation that is used by nobody',
      `UPDATE reservations r SET status = 'used' FROM reservation_lines l WHERE l.reservation_id = r.id AND l.sku_id = $1`,
      'used_reservation_has_an_order',
    ],
  ])('refuses %s', async (_what, statement, constraint) => {
    const { code, skuId } = await goods(5);
    await rule(skuId, 'api', { cap: 5 });
    await reserve(code, 1);
    await expect(w.db.pool.query(statement, [skuId])).rejects.toMatchObject({ constraint });
  });
});
