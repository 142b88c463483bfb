import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setBackorderPolicyInput } from '../../domains/backorders/schema.ts';
import { newId } from '../../kernel/ids.ts';
import { readPickupStores } from '../../views/pickup-stores.ts';
import { ADDRESS, CUSTOMER, checkoutWorld, RETURN } from '../testing/checkout-world.ts';
import { type OrderWorld, orderWorld } from '../testing/order-world.ts';
import { addShippingMethods } from '../testing/shipping-methods.ts';

/** A cart's units are kept while its customer pays, and may be fetched at a store that has them all. */
let w: OrderWorld;
let store: string;
beforeAll(async () => {
  w = await orderWorld({ stock: 20 });
  await addShippingMethods(w.db.pool, w.merchantId);
  store = newId();
  await w.db.pool.query(
    `INSERT INTO nodes (id, merchant_id, home, code, name, kind, address, created_at)
     VALUES ($1, $2, 'EU', 'SHOP', 'Town shop', 'store', '{"line1": "Markt 1", "city": "Kiel", "postalCode": "24103"}', now())`,
    [store, w.merchantId],
  );
});
afterAll(() => w.close());
const { ctx, read, shown, pay } = checkoutWorld(() => w);

async function goods(units: number, nodeId = w.nodes[0] as string): Promise<{ sku: string; skuId: string }> {
  const sku = `H-${newId().slice(-12)}`;
  const blank = { taxClass: 'standard', weightGrams: 0, stocked: true, barcode: null, description: null };
  const { id: skuId } = await w.flows.createSku(
    { merchantId: w.merchantId, code: sku, name: sku, price: '10', ...blank },
    w.ctx(),
  );
  if (units > 0)
    await w.flows.adjustStock({ merchantId: w.merchantId, skuId, nodeId, delta: units, reason: 'received' }, w.ctx());
  return { sku, skuId };
}
const open = (sku: string, quantity: number, key = newId(), flows = w.flows, more: object = {}) =>
  flows.checkouts.create(
    {
      merchantId: w.merchantId,
      source: 'shop',
      lines: [{ sku, quantity }],
      customer: CUSTOMER,
      locale: 'en',
      hold: true,
      ...more,
    },
    ctx(),
    key,
  );
const addressed = async (id: string): Promise<string> => {
  await w.flows.checkouts.update({ checkoutId: id, shipTo: ADDRESS }, ctx());
  return id;
};
const code = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: { code?: string }) => error.code,
  );
const promised = async (skuId: string): Promise<number> =>
  (await w.db.pool.query('SELECT promised::int AS n FROM sku_supply WHERE sku_id = $1', [skuId])).rows[0]?.n ?? 0;

const minutesHeld = async (id: string): Promise<number> =>
  Math.round(((await read(id)).heldUntil?.getTime() ?? 0) / 60_000 - w.clock().getTime() / 60_000);

describe('a checkout of a cart', () => {
  it('keeps its units: of two who want the last one, one is told at the cart, and the other pays for it', async () => {
    const { sku, skuId } = await goods(1);
    const key = newId();
    const { id } = await open(sku, 1, key);
    expect((await open(sku, 1, key)).id).toBe(id);
    await expect(open(sku, 1)).rejects.toMatchObject({
      code: 'out_of_stock',
      data: { skus: [{ sku, requested: 1, available: 0 }] },
    });
    expect(await minutesHeld(id)).toBe(15);
    await addressed(id);
    await pay(id);
    expect(await promised(skuId)).toBe(1);
    await w.settle();
    expect(await read(id)).toMatchObject({ state: 'paid', heldUntil: null });
    await w.expectBooksAgree();
  });

  it('keeps its units for as long as its merchant says from then on', async () => {
    const { sku } = await goods(2);
    const policy = { merchantId: w.merchantId, overReceiptPercent: 0, countLimitUnits: null, expiryWarningDays: 30 };
    const saved = await w.flows.stockWork.savePolicy({ ...policy, version: 0n, cartMinutes: 5 }, w.ctx());
    const { id } = await open(sku, 1);
    expect(await minutesHeld(id)).toBe(5);
    await w.flows.stockWork.savePolicy({ ...policy, version: BigInt(saved.version), cartMinutes: 15 }, w.ctx());
    await w.flows.checkouts.letGo({ checkoutId: id }, ctx());
  });

  it('that is left gives them back at once, and twice does no harm', async () => {
    const { sku, skuId } = await goods(2);
    const { id } = await open(sku, 2);
    expect(await promised(skuId)).toBe(2);
    await w.flows.checkouts.letGo({ checkoutId: id }, ctx());
    await w.flows.checkouts.letGo({ checkoutId: id }, ctx());
    expect(await promised(skuId)).toBe(0);
    const again = await w.flows.checkouts.hold({ checkoutId: id }, ctx());
    expect(await w.flows.checkouts.hold({ checkoutId: id }, ctx())).toMatchObject({ until: again.until });
    expect(await promised(skuId)).toBe(2);
    await w.flows.checkouts.letGo({ checkoutId: id }, ctx());
    await w.expectBooksAgree();
  });

  it('whose time is over can be held again while there is enough, and is paid for without it where there is', async () => {
    const { sku, skuId } = await goods(2);
    const { id } = await open(sku, 2);
    w.advanceClock(16 * 60_000);
    await w.flows.reservations.expire({ ...w.ctx(), actor: 'system:reservations' });
    expect(await promised(skuId)).toBe(0);
    const other = await open(sku, 1);
    await expect(w.flows.checkouts.hold({ checkoutId: id }, ctx())).rejects.toMatchObject({ code: 'out_of_stock' });
    await w.flows.checkouts.letGo({ checkoutId: other.id }, ctx());
    await w.flows.checkouts.hold({ checkoutId: id }, ctx());
    w.advanceClock(16 * 60_000);
    await w.flows.reservations.expire({ ...w.ctx(), actor: 'system:reservations' });
    await addressed(id);
    await pay(id);
    await w.settle();
    expect((await read(id)).state).toBe('paid');
    await w.expectBooksAgree();
  });

  it('of a declined card lets the next card be tried: nothing is promised twice', async () => {
    const { sku, skuId } = await goods(1);
    const { id } = await open(sku, 1);
    await addressed(id);
    await pay(id, 'pm_card_chargeDeclinedInsufficientFunds');
    await w.settle();
    expect(await promised(skuId)).toBe(0);
    await pay(id);
    await w.settle();
    expect((await read(id)).state).toBe('paid');
    expect(await promised(skuId)).toBe(1);
    await w.expectBooksAgree();
  });

  it('holds nothing of what is sold before it is here, nor of a service, and refuses what is beyond both', async () => {
    const { sku, skuId } = await goods(1);
    const policy = { kind: 'backorder', limitUnits: 2, leadDays: 5 };
    await w.flows.setBackorderPolicy(setBackorderPolicyInput.parse({ merchantId: w.merchantId, skuId, ...policy }), w.ctx());
    const { id } = await open(sku, 3);
    expect(await promised(skuId)).toBe(1);
    await addressed(id);
    await pay(id);
    await w.settle();
    expect(await promised(skuId)).toBe(3);
    expect(await code(open(sku, 1))).toBe('out_of_stock');
    expect((await read((await open('GIFTWRAP', 1)).id)).heldUntil).toBeNull();
    await w.expectBooksAgree();
  });
});

describe('a cart that may be fetched', () => {
  const stores = async (id: string) => readPickupStores(w.db.pool, await read(id), w.flows.checkouts.counters);

  it('is offered the stores that have everything, costs no sending, and is placed there', async () => {
    const { sku } = await goods(3, store);
    const elsewhere = await goods(3);
    const { id } = await open(sku, 2);
    expect(await stores(id)).toEqual([{ nodeId: store, name: 'Town shop', address: 'Markt 1, 24103 Kiel' }]);
    expect(await stores((await open(elsewhere.sku, 1)).id)).toEqual([]);
    await w.flows.checkouts.update({ checkoutId: id, pickupNodeId: store }, ctx());
    const page = await read(id);
    expect(page).toMatchObject({ pickup: { nodeId: store, name: 'Town shop' }, option: null });
    const asked = await shown(id);
    const { orderId } = await w.flows.checkouts.pay(
      { ...asked, totalMinor: page.quote?.goodsTotalMinor ?? 0n, paymentToken: 'pm_card_visa', ...RETURN },
      ctx(),
    );
    await w.settle();
    expect(await w.order(orderId)).toMatchObject({
      status: 'CONFIRMED',
      ship_to: null,
      total_minor: page.quote?.goodsTotalMinor,
    });
    const { rows } = await w.db.pool.query('SELECT node_id FROM pickups WHERE order_id = $1', [orderId]);
    expect(rows).toEqual([{ node_id: store }]);
    await w.expectBooksAgree();
  });

  it('is sent after all where somebody changes their mind, and refused at what is no store of the merchant', async () => {
    const { sku } = await goods(3, store);
    const { id } = await open(sku, 1);
    await w.flows.checkouts.update({ checkoutId: id, pickupNodeId: store }, ctx());
    await addressed(id);
    expect(await read(id)).toMatchObject({ option: null, pickup: { nodeId: store } });
    await w.flows.checkouts.update({ checkoutId: id, pickupNodeId: null }, ctx());
    expect(await read(id)).toMatchObject({ option: 'standard', pickup: null });
    expect(await code(w.flows.checkouts.update({ checkoutId: id, pickupNodeId: w.nodes[0] as string }, ctx()))).toBe(
      'invalid_request',
    );
  });

  it('is not fetched at a store whose settings say that nobody fetches there', async () => {
    const { sku } = await goods(3, store);
    const { id } = await open(sku, 1);
    await w.db.pool.query(
      `INSERT INTO node_settings (node_id, merchant_id, time_zone, cutoff_minutes, handling_days, working_days, pick_up, version, created_at, updated_at)
       VALUES ($1, $2, 'UTC', 1440, 0, '{1,2,3,4,5}', false, 1, now(), now())`,
      [store, w.merchantId],
    );
    await w.db.ownerPool.query('UPDATE nodes SET routing_stamp = gen_random_uuid() WHERE merchant_id = $1', [w.merchantId]);
    expect(await stores(id)).toEqual([]);
    expect(await code(w.flows.checkouts.update({ checkoutId: id, pickupNodeId: store }, ctx()))).toBe('invalid_request');
    const input = w.input({ lines: [{ sku, quantity: 1 }], pickup: { nodeId: store } });
    expect(await code(w.flows.placeOrder({ ...input, shipTo: undefined }, w.ctx('shop')))).toBe('invalid_request');
  });
});

describe('a draft that takes what there is', () => {
  it('has its lines cut when it is paid, and asks again with the new total', async () => {
    const { sku } = await goods(2);
    const { id } = await open(sku, 3, newId(), w.flows, { hold: false, accept: 'available' });
    await addressed(id);
    await expect(pay(id)).rejects.toMatchObject({ code: 'quote_changed' });
    const page = await read(id);
    expect(page).toMatchObject({ state: 'open', lines: [{ sku, quantity: 2 }] });
    await pay(id);
    await w.settle();
    expect((await read(id)).state).toBe('paid');
    await w.expectBooksAgree();
  });
});
