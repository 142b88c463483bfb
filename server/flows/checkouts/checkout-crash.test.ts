import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../kernel/ids.ts';
import { createFlows, type Flows } from '../flows.ts';
import { ADDRESS, CUSTOMER, checkoutWorld } from '../testing/checkout-world.ts';
import { createMortal, dieEverywhere } from '../testing/mortal.ts';
import { type OrderWorld, orderWorld } from '../testing/order-world.ts';
import { providerLog } from '../testing/saga-scenarios.ts';
import { addShippingMethods } from '../testing/shipping-methods.ts';

/**
 * Units that a cart holds become an order's promise, or come back, once: whoever opens, changes, pays for or leaves a checkout dies at
 * every boundary, and whoever asked asks again under the same key.
 */
let w: OrderWorld;
beforeAll(async () => {
  w = await orderWorld({ stock: 20 });
  await addShippingMethods(w.db.pool, w.merchantId);
});
afterAll(() => w.close());
const { ctx, read, shown, pay } = checkoutWorld(() => w);

const LEASE_MS = 13_000;
const mortals = () => ({ pool: w.db.pool, outside: w.outside, clock: w.clock });

/** A cart of goods that nobody else buys. */
interface Cart {
  readonly sku: string;
  readonly skuId: string;
  readonly checkoutId: string;
  readonly keys: readonly string[];
}

async function goods(units: number): Promise<Omit<Cart, 'checkoutId'>> {
  const sku = `H-${newId().slice(-12)}`;
  const blank = { taxClass: 'standard', weightGrams: 0, stocked: true, barcode: null, description: null };
  const wish = { merchantId: w.merchantId, code: sku, name: sku, price: '10', ...blank };
  const { id: skuId } = await w.flows.createSku(wish, w.ctx());
  const nodeId = w.nodes[0] as string;
  await w.flows.adjustStock({ merchantId: w.merchantId, skuId, nodeId, delta: units, reason: 'received' }, w.ctx());
  return { sku, skuId, keys: Array.from({ length: 4 }, newId) };
}

const open = (flows: Flows, { sku, keys }: Omit<Cart, 'checkoutId'>, quantity: number) => {
  const wish = { merchantId: w.merchantId, source: 'shop' as const, lines: [{ sku, quantity }], customer: CUSTOMER };
  return flows.checkouts.create({ ...wish, locale: 'en', shipTo: ADDRESS, hold: true }, ctx(), keys[0]);
};

/** Two of three units are held, and it could be paid for. */
async function held(quantity = 2): Promise<Cart> {
  const what = await goods(3);
  const { id: checkoutId } = await open(w.flows, what, quantity);
  await w.flows.checkouts.update({ checkoutId, shipTo: ADDRESS }, ctx());
  return { ...what, checkoutId };
}

async function expectPromised({ skuId }: Pick<Cart, 'skuId'>, units: number, how: string): Promise<void> {
  const { rows } = await w.db.pool.query('SELECT promised::int AS n FROM sku_supply WHERE sku_id = $1', [skuId]);
  expect(rows[0]?.n, how).toBe(units);
}

async function comesToRest(): Promise<void> {
  for (let round = 0; round < 3; round++) {
    w.advanceClock(LEASE_MS);
    await w.settle();
  }
}

async function expectPaid({ checkoutId, skuId }: Cart, units: number, how: string): Promise<void> {
  await comesToRest();
  const { state, attempt } = await read(checkoutId);
  expect(state, how).toBe('paid');
  await expectPromised({ skuId }, units, how);
  const orderId = attempt?.orderId as string;
  expect(await w.order(orderId), how).toMatchObject({ status: 'CONFIRMED', fulfilment_status: 'ALLOCATED' });
  expect(await providerLog(w, orderId), how).toEqual({ authorization: 1 });
  const { rows } = await w.db.pool.query(
    'SELECT DISTINCT order_id FROM stock_movements WHERE sku_id = $1 AND order_id IS NOT NULL',
    [skuId],
  );
  expect(rows, how).toEqual([{ order_id: orderId }]);
}

/** What nobody uses any more comes back when its time is over. */
async function timeIsOver(flows = w.flows): Promise<number> {
  w.advanceClock(16 * 60_000);
  return flows.reservations.expire({ ...w.ctx(), actor: 'system:reservations' });
}

describe('a checkout that holds units', () => {
  it('holds them once, wherever whoever opens it dies, and unless it is asked for again they come back', async () => {
    const died = await dieEverywhere(mortals(), {
      begin: () => goods(2),
      work: (flows, what) => open(flows, what, 2),
      end: async (what, how) => {
        const { id } = await open(w.flows, what, 2);
        await expectPromised(what, 2, how);
        expect((await open(w.flows, what, 2)).id, how).toBe(id);
        await timeIsOver();
        await expectPromised(what, 0, how);
      },
    });
    expect(died).toBeGreaterThanOrEqual(3);
    await w.expectBooksAgree();
  });

  it.each([1, 3])('whose quantity becomes %i is paid for by so many, wherever whoever changes it dies', async (quantity) => {
    const change = (flows: Flows, { checkoutId, sku, keys }: Cart) =>
      flows.checkouts.update({ checkoutId, lines: [{ sku, quantity }] }, ctx(), keys[1]);
    const died = await dieEverywhere(mortals(), {
      begin: () => held(),
      work: change,
      end: async (cart, how) => {
        await change(w.flows, cart);
        expect(await read(cart.checkoutId), how).toMatchObject({ lines: [{ quantity }], quote: { lines: [{ quantity }] } });
        await pay(cart.checkoutId);
        await expectPaid(cart, quantity, how);
      },
    });
    expect(died).toBeGreaterThanOrEqual(3);
    await w.expectBooksAgree();
  });

  it('gives its units to one order, wherever whoever places and confirms it dies', async () => {
    const seen = new Map<string, Awaited<ReturnType<typeof shown>>>();
    const place = async (flows: Flows, { checkoutId, keys }: Cart): Promise<void> => {
      const what = seen.get(checkoutId) ?? (await shown(checkoutId));
      seen.set(checkoutId, what);
      const card = { paymentToken: 'pm_card_visa', returnUrl: 'https://shop.example/pay/x' };
      const { orderId } = await flows.checkouts.pay({ ...what, ...card }, ctx(), keys[1]);
      const { rows } = await w.db.pool.query<{ id: string }>('SELECT id FROM sagas WHERE order_id = $1', [orderId]);
      for (const { id } of rows) await flows.advanceSaga(id);
      await flows.checkouts.sweep(ctx());
    };
    const died = await dieEverywhere(mortals(), {
      begin: () => held(),
      work: place,
      end: async (cart, how) => {
        await place(w.flows, cart);
        await expectPaid(cart, 2, how);
        await timeIsOver();
        await expectPromised(cart, 2, how);
      },
    });
    expect(died).toBeGreaterThanOrEqual(5);
    await w.expectBooksAgree();
  });

  it('lets them go once, wherever whoever leaves it dies; those that nobody asks about again come back in time', async () => {
    for (const again of [true, false]) {
      const died = await dieEverywhere(mortals(), {
        begin: () => held(),
        work: (flows, { checkoutId, keys }) => flows.checkouts.letGo({ checkoutId }, ctx(), keys[1]),
        end: async (cart, how) => {
          if (again) await w.flows.checkouts.letGo({ checkoutId: cart.checkoutId }, ctx(), cart.keys[1]);
          else await timeIsOver();
          await expectPromised(cart, 0, how);
          await timeIsOver();
          await expectPromised(cart, 0, how);
        },
      });
      expect(died).toBeGreaterThanOrEqual(3);
    }
    await w.expectBooksAgree();
  });
});

describe('a time that is over', () => {
  it('gives units back once, wherever the sweep dies, and they can be held again', async () => {
    const died = await dieEverywhere(mortals(), {
      begin: () => held(3),
      work: (flows) => timeIsOver(flows),
      end: async (cart, how) => {
        await w.flows.reservations.expire({ ...w.ctx(), actor: 'system:reservations' });
        await expectPromised(cart, 0, how);
        await w.flows.checkouts.hold({ checkoutId: cart.checkoutId }, ctx());
        await expectPromised(cart, 3, how);
        await timeIsOver();
      },
    });
    expect(died).toBeGreaterThanOrEqual(2);
    await w.expectBooksAgree();
  });

  it('at the moment of paying leaves one promise or none, though either of them dies', async () => {
    const other = createFlows({ ...mortals(), home: 'EU' });
    const outcomes = new Set<string>();
    for (const dies of [null, 'payer', 'sweep', null, null, null]) {
      for (const when of ['before', 'after'] as const) {
        const cart = await held(3);
        const how = `${dies ?? 'nobody'} died ${when} COMMIT`;
        const what = await shown(cart.checkoutId);
        const card = { paymentToken: 'pm_card_visa', returnUrl: 'https://shop.example/pay/x' };
        const until = (await read(cart.checkoutId)).heldUntil?.getTime() ?? 0;
        // The one looked at its clock just before, the other just after.
        const last = { ...ctx(), now: new Date(until - 1) };
        const over = { ...w.ctx(), actor: 'system:reservations', now: new Date(until + 1) };
        const mortal = createMortal(mortals(), dies ? { of: 'commit', nth: 1, when } : null);
        const paying = (dies === 'payer' ? mortal.flows : w.flows).checkouts.pay({ ...what, ...card }, last, cart.keys[1]);
        const sweeping = (dies === 'sweep' ? mortal.flows : other).reservations.expire(over);
        const ended = Promise.allSettled([paying, sweeping]);
        await (dies ? Promise.race([mortal.died, ended]) : ended);
        await Promise.allSettled([dies === 'payer' ? null : paying, dies === 'sweep' ? null : sweeping]);
        w.advanceClock(until + 1 - w.clock().getTime());
        await other.reservations.expire({ ...w.ctx(), actor: 'system:reservations' });
        const again = await w.flows.checkouts.pay({ ...what, ...card }, last, cart.keys[1]).catch((error) => error.code);
        outcomes.add(typeof again === 'string' ? again : 'paid');
        // Who was too late pays by what is there.
        if (typeof again === 'string') await pay(cart.checkoutId);
        await expectPaid(cart, 3, how);
      }
    }
    expect([...outcomes].sort()).toEqual(['paid', 'state_refuses']);
    await w.expectBooksAgree();
  });
});
