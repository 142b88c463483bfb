import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PlaceOrderInput } from '../../domains/orders/schema.ts';
import { newId } from '../../kernel/ids.ts';
import { createFlows } from '../flows.ts';
import { type OrderWorld, orderWorld } from '../testing/order-world.ts';

let w: OrderWorld;
beforeAll(async () => {
  w = await orderWorld({ stock: 20 });
});
afterAll(() => w.close());

/** A SKU of its own with so many units at the first node. */
async function goods(units: number): Promise<{ code: string; skuId: string }> {
  const code = `R-${newId().slice(-12)}`;
  const blank = { taxClass: 'standard', weightGrams: 0, stocked: true, barcode: null, description: null };
  const { id: skuId } = await w.flows.createSku({ merchantId: w.merchantId, code, name: code, price: '10', ...blank }, w.ctx());
  const where = { merchantId: w.merchantId, skuId, nodeId: w.nodes[0] as string };
  await w.flows.adjustStock({ ...where, delta: units, reason: 'received' }, w.ctx('warehouse'));
  return { code, skuId };
}
const reserve = (sku: string, quantity: number, more: object = {}, key = newId()) =>
  w.flows.reservations.reserve(
    { merchantId: w.merchantId, channel: 'api', lines: [{ sku, quantity }], ...more },
    w.ctx('shop'),
    key,
  );
const place = (sku: string, quantity: number, more: Partial<PlaceOrderInput> = {}, key = newId()) =>
  w.flows.placeOrder({ ...w.input({ lines: [{ sku, quantity }] }), ...more }, w.ctx('shop'), key);
const promised = async (skuId: string): Promise<number> =>
  (await w.db.pool.query('SELECT promised::int AS n FROM sku_supply WHERE sku_id = $1', [skuId])).rows[0].n;
const stored = async (id: string) =>
  (await w.db.pool.query('SELECT status, order_id FROM reservations WHERE id = $1', [id])).rows[0];
const code = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: { code?: string }) => error.code,
  );
const expire = () => w.flows.reservations.expire({ ...w.ctx(), actor: 'system:reservations' });

describe('a reservation', () => {
  it('keeps its units for its cart, and the order that names it takes them over', async () => {
    const { code: sku, skuId } = await goods(5);
    const cart = await reserve(sku, 3);
    expect(cart).toMatchObject({ status: 'open', lines: [{ sku, quantity: 3 }], shortages: [] });
    expect(await code(place(sku, 3))).toBe('out_of_stock');
    const key = newId();
    const order = await place(sku, 3, { reservationId: cart.id }, key);
    expect(await place(sku, 3, { reservationId: cart.id }, key)).toEqual(order);
    expect(await stored(cart.id)).toEqual({ status: 'used', order_id: order.id });
    expect(await promised(skuId)).toBe(3);
    expect(await code(place(sku, 1, { reservationId: cart.id }))).toBe('state_refuses');
    await w.settle();
    expect(await w.order(order.id)).toMatchObject({ status: 'CONFIRMED', fulfilment_status: 'ALLOCATED' });
    await w.expectBooksAgree();
  });

  it('of fewer units than are ordered has the others promised anew, and of more gives the rest back', async () => {
    const { code: sku, skuId } = await goods(6);
    const small = await reserve(sku, 2);
    expect(await code(place(sku, 7, { reservationId: small.id }))).toBe('out_of_stock');
    await place(sku, 4, { reservationId: small.id });
    expect(await promised(skuId)).toBe(4);
    const large = await reserve(sku, 2);
    const cut = await place(sku, 5, { reservationId: large.id, accept: 'available' });
    expect(cut.shortages).toEqual([{ sku, asked: 5, kept: 2 }]);
    const { code: more, skuId: moreId } = await goods(6);
    const wide = await reserve(more, 6);
    await place(more, 1, { reservationId: wide.id });
    expect(await promised(moreId)).toBe(1);
    await w.expectBooksAgree();
  });

  it('is used by one order of two that want it at once, in two processes', async () => {
    const { code: sku, skuId } = await goods(10);
    const other = createFlows({ pool: w.db.pool, home: 'EU', outside: w.outside, clock: () => w.clock() });
    for (let round = 0; round < 5; round++) {
      const { id: reservationId } = await reserve(sku, 1);
      const input = { ...w.input({ lines: [{ sku, quantity: 1 }] }), reservationId };
      const outcomes = await Promise.all([w.flows, other, w.flows].map((flows) => code(flows.placeOrder(input, w.ctx('shop')))));
      expect(outcomes.sort()).toEqual(['done', 'state_refuses', 'state_refuses']);
    }
    expect(await promised(skuId)).toBe(5);
    await other.idle();
    await w.expectBooksAgree();
  });

  it('that is over can be used by nobody, swept up or not, and its units come back', async () => {
    const { code: sku, skuId } = await goods(2);
    const cart = await reserve(sku, 2, { ttlSeconds: 60 });
    w.advanceClock(61_000);
    await expect(place(sku, 1, { reservationId: cart.id })).rejects.toMatchObject({
      code: 'state_refuses',
      data: { reservationStatus: 'expired' },
    });
    expect(await code(w.flows.reservations.extend({ reservationId: cart.id }, w.ctx()))).toBe('state_refuses');
    expect(await promised(skuId)).toBe(2);
    expect(await expire()).toBe(1);
    expect(await expire()).toBe(0);
    expect(await stored(cart.id)).toMatchObject({ status: 'expired' });
    expect(await promised(skuId)).toBe(0);
    await place(sku, 2);
    await w.expectBooksAgree();
  });

  it('is swept up with a thousand others in a few batches, beside orders that use some of them', async () => {
    const { code: sku, skuId } = await goods(1_500);
    const carts = await Promise.all(Array.from({ length: 1_200 }, () => reserve(sku, 1, { ttlSeconds: 120 })));
    const using = carts.slice(0, 40).map(({ id }) => code(place(sku, 1, { reservationId: id })));
    w.advanceClock(121_000);
    const [first, second, ...used] = await Promise.all([expire(), expire(), ...using]);
    const orders = used.filter((outcome) => outcome === 'done').length;
    expect(Number(first) + Number(second) + (await expire()) + orders).toBe(1_200);
    expect(await promised(skuId)).toBe(orders);
    await w.expectBooksAgree();
  });

  it('is extended while it lasts, a day at most, and released once', async () => {
    // The orders of the tests before this one are given up by the sagas that this one's days pass by.
    await w.settle();
    const { code: sku, skuId } = await goods(2);
    const cart = await reserve(sku, 2, { ttlSeconds: 60 });
    w.advanceClock(50_000);
    await w.flows.reservations.extend({ reservationId: cart.id, ttlSeconds: 3_600 }, w.ctx());
    for (let hour = 0; hour < 26; hour++) {
      w.advanceClock(3_500_000);
      if ((await code(w.flows.reservations.extend({ reservationId: cart.id, ttlSeconds: 3_600 }, w.ctx()))) !== 'done') break;
    }
    const { rows } = await w.db.pool.query(
      'SELECT extract(epoch FROM expires_at - created_at)::int AS seconds FROM reservations WHERE id = $1',
      [cart.id],
    );
    expect(rows[0].seconds).toBe(86_400);
    const again = await reserve(sku, 1, { accept: 'available' }).catch(() => null);
    expect(again).toBeNull();
    await expire();
    const next = await reserve(sku, 2);
    expect(await w.flows.reservations.release({ reservationId: next.id }, w.ctx())).toMatchObject({ status: 'released' });
    expect(await w.flows.reservations.release({ reservationId: next.id }, w.ctx())).toMatchObject({ status: 'released' });
    expect(await promised(skuId)).toBe(0);
    await w.expectBooksAgree();
  });

  it('of another merchant is none, and of another channel is not this order’s', async () => {
    const { code: sku } = await goods(2);
    const shop = await reserve(sku, 1, { channel: 'shop' });
    expect(await code(place(sku, 1, { reservationId: shop.id }))).toBe('state_refuses');
    expect(await code(place(sku, 1, { reservationId: newId() }))).toBe('not_found');
    await w.db.ownerPool.query('UPDATE reservations SET merchant_id = $2 WHERE id = $1', [shop.id, newId()]);
    expect(await code(place(sku, 1, { reservationId: shop.id, channel: 'shop' }))).toBe('not_found');
    await w.db.ownerPool.query('UPDATE reservations SET merchant_id = $2 WHERE id = $1', [shop.id, w.merchantId]);
  });

  it('takes what there is where that is asked, refuses the unknown, and an order that fails gives all back', async () => {
    const { code: sku, skuId } = await goods(2);
    expect(await code(reserve('NO-SUCH', 1))).toBe('unknown_sku');
    expect(await code(reserve('GIFTWRAP', 1))).toBe('invalid_request');
    const cart = await reserve(sku, 5, { accept: 'available' });
    expect(cart).toMatchObject({ lines: [{ quantity: 2 }], shortages: [{ sku, asked: 5, kept: 2 }] });
    const input = w.input({ lines: [{ sku, quantity: 2 }], token: 'pm_card_chargeDeclinedInsufficientFunds' });
    const order = await w.flows.placeOrder({ ...input, reservationId: cart.id }, w.ctx('shop'));
    await w.settle();
    expect(await w.order(order.id)).toMatchObject({ status: 'CANCELLED' });
    expect(await promised(skuId)).toBe(0);
    expect(await stored(cart.id)).toMatchObject({ status: 'used' });
    await w.expectBooksAgree();
  });
});
