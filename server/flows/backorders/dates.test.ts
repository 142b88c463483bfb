import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { dayAfter, dayOf } from '../../domains/backorders/rules.ts';
import { setBackorderPolicyInput } from '../../domains/backorders/schema.ts';
import { newId } from '../../kernel/ids.ts';
import { listBackorders, summarizeBackorders } from '../../views/backorders.ts';
import { readOrder } from '../../views/order.ts';
import { readPurchaseOrder } from '../../views/purchase-orders.ts';
import { readPromiseHolders } from '../../views/shortages.ts';
import { readWaitingOrder } from '../../views/waiting-order.ts';
import { passDays } from '../testing/lapsed-orders.ts';
import { type OrderWorld, orderWorld } from '../testing/order-world.ts';

/** Days that are promised by what suppliers announce, and told again when that moves. */
let w: OrderWorld;
beforeAll(async () => {
  w = await orderWorld({ stock: 0 });
});
afterAll(() => w.close());

const EVERYBODY = { merchantId: null, customerId: null };
let sku: string;
let skuId: string;
beforeEach(async () => {
  skuId = newId();
  sku = `SKU-${skuId.slice(-8)}`;
  await w.db.pool.query(
    `INSERT INTO skus (id, merchant_id, code, name, stocked, price, currency, created_at, updated_at) VALUES ($1, $2, $3, $3, true, '10.00', 'EUR', now(), now())`,
    [skuId, w.merchantId, sku],
  );
});

const policy = (rest: object = {}) =>
  w.flows.setBackorderPolicy(
    setBackorderPolicyInput.parse({ merchantId: w.merchantId, skuId, kind: 'backorder', limitUnits: 100, leadDays: 30, ...rest }),
    w.ctx(),
  );
const buy = (quantity: number) => w.place({ lines: [{ sku, quantity }] });
const today = () => dayOf(w.clock());
const inDays = (days: number) => dayAfter(today(), days);

async function announce(quantity: number, expectedOn: string) {
  const wish = { merchantId: w.merchantId, nodeId: w.nodes[0] as string, supplier: 'Makers', order: true };
  const { id } = await w.flows.stockWork.createPurchaseOrder({ ...wish, expectedOn, lines: [{ skuId, quantity }] }, w.ctx());
  const page = await readPurchaseOrder(w.db.pool, EVERYBODY, id);
  return { id, lineId: page.lines[0]?.id as string };
}
const move = async (purchase: { id: string }, change: object) => {
  const { version } = await readPurchaseOrder(w.db.pool, EVERYBODY, purchase.id);
  await w.flows.stockWork.editPurchaseOrder({ purchaseOrderId: purchase.id, version, ...change } as never, w.ctx());
};
const moveDates = () => w.flows.moveDates([skuId], w.ctx());
const told = async (orderId: string): Promise<Record<string, unknown>[]> =>
  (
    await w.db.pool.query<{ data: Record<string, unknown> }>(
      `SELECT data FROM events WHERE aggregate_id = $1 AND type = 'order.date_moved' ORDER BY aggregate_version`,
      [orderId],
    )
  ).rows.map((row) => row.data);

describe('a promise', () => {
  it('names the delivery that covers it, first come first served, and the policy’s time for what none covers', async () => {
    await policy();
    await announce(5, inDays(12));
    await announce(3, inDays(6));
    const first = await buy(4);
    expect(first.later).toMatchObject([
      { quantity: 3, promisedOn: inDays(6) },
      { quantity: 1, promisedOn: inDays(12) },
    ]);
    const second = await buy(6);
    expect(second.later).toMatchObject([
      { quantity: 4, promisedOn: inDays(12) },
      { quantity: 2, promisedOn: inDays(30) },
    ]);
    await w.expectBooksAgree();
  });

  it('is sold up to what is announced where the policy says so, and resumes when more is', async () => {
    await policy({ stopWithoutInbound: true });
    await announce(3, inDays(5));
    expect((await w.flows.reviewBackorders(w.ctx())).limits).toBe(1);
    await buy(3);
    await expect(buy(1)).rejects.toMatchObject({ code: 'out_of_stock' });
    await announce(2, inDays(9));
    expect((await w.flows.reviewBackorders(w.ctx())).limits).toBe(1);
    expect((await buy(2)).later).toMatchObject([{ promisedOn: inDays(9) }]);
  });
});

describe('a delivery that is put off', () => {
  it('moves the days of whoever waits for it, who is told once', async () => {
    await policy();
    const purchase = await announce(5, inDays(10));
    const [first, second, beyond] = [await buy(3), await buy(2), await buy(1)];
    await move(purchase, { expectedOn: inDays(17) });
    expect(await moveDates()).toBe(2);
    expect(await moveDates()).toBe(0);
    for (const order of [first, second]) expect(await told(order.id)).toMatchObject([{ was: inDays(10), is: inDays(17) }]);
    expect(await told(beyond.id)).toEqual([]);
    const { number } = await readPurchaseOrder(w.db.pool, EVERYBODY, purchase.id);
    expect((await readOrder(w.db.pool, EVERYBODY, first.number)).waiting).toMatchObject([
      { fromUnit: 1, toUnit: 3, firstPromisedOn: inDays(10), promisedOn: inDays(17), purchaseNumber: number, acceptedOn: null },
    ]);
    const { orders } = await readPromiseHolders(w.db.pool, EVERYBODY, skuId);
    expect(orders.map((order) => [order.number, order.backordered, order.promisedOn, order.purchaseNumber])).toEqual([
      [beyond.number, 1, inDays(30), null],
      [second.number, 2, inDays(17), number],
      [first.number, 3, inDays(17), number],
    ]);
    await w.expectBooksAgree();
  });

  it('that shrinks has the last in the queue wait for the policy’s own time', async () => {
    await policy();
    const purchase = await announce(5, inDays(10));
    const [first, second] = [await buy(3), await buy(2)];
    await w.flows.stockWork.movePurchaseOrder(
      { purchaseOrderId: purchase.id, step: 'cancel', reason: 'supplier' } as never,
      w.ctx(),
    );
    expect(await moveDates()).toBe(2);
    expect(await told(first.id)).toMatchObject([{ was: inDays(10), is: inDays(30) }]);
    expect(await told(second.id)).toHaveLength(1);
    await w.expectBooksAgree();
  });

  it('tells an order once for all its parts, whoever else runs at the same time', async () => {
    await policy();
    const purchase = await announce(50, inDays(10));
    const orders = await Promise.all(Array.from({ length: 30 }, () => buy(1)));
    await move(purchase, { expectedOn: inDays(20) });
    const counts = await Promise.all([moveDates(), moveDates(), moveDates()]);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(30);
    for (const order of orders) expect(await told(order.id)).toHaveLength(1);
    await w.expectBooksAgree();
  });

  it('moves nothing when its units arrive, and nothing for being late', async () => {
    await policy();
    const purchase = await announce(5, inDays(3));
    const first = await buy(3);
    const second = await buy(2);
    await passDays(w, 5);
    expect(await moveDates()).toBe(0);
    const lines = [{ lineId: purchase.lineId, received: 3, damaged: 0 }];
    await w.flows.stockWork.receivePurchaseOrder({ purchaseOrderId: purchase.id, lines }, w.ctx('warehouse'));
    expect(await moveDates()).toBe(0);
    await w.settle();
    expect(await told(first.id)).toEqual([]);
    expect(await told(second.id)).toEqual([]);
  });
});

describe('a customer who was told of a later day', () => {
  const waiting = (orderId: string) => readWaitingOrder(w.db.pool, orderId);

  it('agrees to the day they saw, and not to one that moved meanwhile', async () => {
    await policy();
    const purchase = await announce(5, inDays(10));
    const { id: orderId } = await buy(2);
    await move(purchase, { expectedOn: inDays(17) });
    await moveDates();
    await w.flows.acceptDate({ orderId, until: inDays(17) }, w.ctx());
    expect((await waiting(orderId)).waiting).toMatchObject([{ units: 2, promisedOn: inDays(17), acceptedOn: inDays(17) }]);
    await move(purchase, { expectedOn: inDays(24) });
    await moveDates();
    expect((await waiting(orderId)).waiting).toMatchObject([{ promisedOn: inDays(24), acceptedOn: null }]);
    await expect(w.flows.acceptDate({ orderId, until: inDays(17) }, w.ctx())).rejects.toMatchObject({ code: 'conflict' });
  });

  it('cancels what waits and keeps what is here', async () => {
    await policy();
    await w.flows.adjustStock(
      { merchantId: w.merchantId, skuId, nodeId: w.nodes[0] as string, delta: 3, reason: 'received' },
      w.ctx(),
    );
    const { id: orderId } = await buy(5);
    await w.settle();
    const done = await w.flows.cancelWaiting({ orderId }, w.ctx());
    expect(done).toMatchObject({ units: 2, cancelledMinor: 2_000, status: 'CONFIRMED' });
    expect((await waiting(orderId)).waiting).toEqual([]);
    await expect(w.flows.cancelWaiting({ orderId }, w.ctx())).rejects.toMatchObject({ code: 'state_refuses' });
    expect(await w.order(orderId)).toMatchObject({ fulfilment_status: 'ALLOCATED', cancelled_minor: 2_000n });
    await w.expectBooksAgree();
  });

  it('finds both on the work list, by day and overdue', async () => {
    await policy({ leadDays: 2 });
    const { number } = await buy(2);
    const everything = { merchantId: null, customerId: null };
    const late = () => listBackorders(w.db.pool, everything, { q: sku, overdue: true }, today());
    expect((await late()).items).toEqual([]);
    await passDays(w, 5);
    expect((await late()).items).toMatchObject([{ orderNumber: number, units: 2, overdue: true }]);
    const skus = await summarizeBackorders(w.db.pool, everything, today());
    expect(skus.find((row) => row.skuCode === sku)).toMatchObject({ units: 2, overdue: 2, inbound: 0 });
  });
});

describe('a release that is put off', () => {
  it('moves every preorder of it', async () => {
    await policy({ kind: 'preorder', releaseOn: inDays(20) });
    const order = await buy(2);
    await policy({ kind: 'preorder', releaseOn: inDays(35) });
    expect(await moveDates()).toBe(1);
    expect(await told(order.id)).toMatchObject([{ was: inDays(20), is: inDays(35) }]);
  });
});

describe('money that lapses before its units come', () => {
  it('is asked for again two days ahead, and held when they arrive', async () => {
    await policy();
    const { id: orderId } = await buy(2);
    await w.settle();
    await passDays(w, 29);
    expect((await w.flows.reviewBackorders(w.ctx())).renewals).toBeGreaterThan(0);
    expect((await w.flows.reviewBackorders(w.ctx())).renewals).toBe(0);
    for (let i = 0; i < 3; i++) {
      await w.settle();
      w.advanceClock(13_000);
    }
    const { rows } = await w.db.pool.query('SELECT status FROM payments WHERE order_id = $1 ORDER BY id', [orderId]);
    expect(rows.map((row) => row.status)).toEqual(['VOIDED', 'AUTHORIZED']);
    await w.expectBooksAgree();
  });
});
