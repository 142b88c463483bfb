import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { dayAfter, dayOf } from '../../domains/backorders/rules.ts';
import type { SetBackorderPolicyInput } from '../../domains/backorders/schema.ts';
import { setBackorderPolicyInput } from '../../domains/backorders/schema.ts';
import { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { type OrderWorld, orderWorld } from '../testing/order-world.ts';

/** Units that are sold before they are here: who may buy them, when they are promised for, and who gets them first. */
let w: OrderWorld;
beforeAll(async () => {
  w = await orderWorld({ stock: 0 });
});
afterAll(() => w.close());

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

const policy = (rest: Partial<SetBackorderPolicyInput> & Pick<SetBackorderPolicyInput, 'kind'>) =>
  w.flows.setBackorderPolicy(setBackorderPolicyInput.parse({ merchantId: w.merchantId, skuId, ...rest }), w.ctx());
const backorder = (limitUnits: number, rest: Partial<SetBackorderPolicyInput> = {}) =>
  policy({ kind: 'backorder', limitUnits, leadDays: 10, ...rest });
const receive = (delta: number, node = 0) =>
  w.flows.adjustStock({ merchantId: w.merchantId, skuId, nodeId: w.nodes[node] as string, delta, reason: 'received' }, w.ctx());
const buy = (quantity: number, rest: object = {}) => w.place({ lines: [{ sku, quantity }], ...rest });
const wake = () => w.flows.wakeWaitingFor([skuId], w.ctx());

async function refusal(promise: Promise<unknown>): Promise<DomainError> {
  const error = await promise.then(
    () => new Error('It was not refused'),
    (reason: unknown) => reason,
  );
  if (error instanceof DomainError) return error;
  throw error;
}

async function unitsOf(orderId: string): Promise<Record<string, number>> {
  const { rows } = await w.db.pool.query<{ state: string; units: number }>(
    `SELECT state, sum(to_unit - from_unit + 1)::int AS units FROM line_spans WHERE order_id = $1 GROUP BY state`,
    [orderId],
  );
  return Object.fromEntries(rows.map((row) => [row.state, row.units]));
}

const supply = async () =>
  (await w.db.pool.query('SELECT sellable, promised, limit_over, shortfall FROM sku_supply WHERE sku_id = $1', [skuId])).rows[0];
const today = () => dayOf(w.clock());

describe('an order for more than is here', () => {
  it('is refused where no policy says otherwise', async () => {
    await receive(2);
    expect((await refusal(buy(3))).code).toBe('out_of_stock');
  });

  it('gets what is here, and is told when the rest comes', async () => {
    await receive(2);
    await backorder(5);
    const placed = await buy(6);
    const lineId = placed.lines[0]?.id;
    expect(placed.later).toEqual([{ lineId, sku, quantity: 4, kind: 'backorder', promisedOn: dayAfter(today(), 10) }]);
    await w.settle();
    expect(await unitsOf(placed.id)).toEqual({ allocated: 2, backordered: 4 });
    expect(await w.order(placed.id)).toMatchObject({ status: 'CONFIRMED', fulfilment_status: 'BACKORDERED' });
    expect((await refusal(buy(2))).code).toBe('out_of_stock');
    await w.expectBooksAgree();
  });

  it('is preordered before its release, and promised for that day', async () => {
    const releaseOn = dayAfter(today(), 40);
    await policy({ kind: 'preorder', limitUnits: 3, releaseOn });
    const placed = await buy(3);
    expect(placed.later).toMatchObject([{ quantity: 3, kind: 'preorder', promisedOn: releaseOn }]);
    await w.settle();
    expect(await w.order(placed.id)).toMatchObject({ fulfilment_status: 'PREORDERED' });
    await w.expectBooksAgree();
  });

  it('never passes the limit, however many ask at once', async () => {
    await receive(3);
    await backorder(10);
    const asked = await Promise.allSettled(Array.from({ length: 20 }, () => buy(1)));
    expect(asked.filter((one) => one.status === 'fulfilled')).toHaveLength(13);
    expect(await supply()).toEqual({ sellable: 3n, promised: 13n, limit_over: 10n, shortfall: 0n });
    await w.settle();
    await w.expectBooksAgree();
  });
});

describe('a policy', () => {
  it('that is switched off keeps what was promised, sells nothing more, and says so', async () => {
    await backorder(10);
    const placed = await buy(4);
    const off = await policy({ kind: 'none' });
    expect(off).toMatchObject({ version: 2, limitOver: 4, promisedBeyond: 4 });
    expect((await refusal(buy(1))).code).toBe('out_of_stock');
    await w.settle();
    await receive(4);
    await wake();
    await w.settle();
    expect(await unitsOf(placed.id)).toEqual({ allocated: 4 });
    // What the limit was kept for is here: it is not sold a second time.
    expect((await refusal(buy(1))).code).toBe('out_of_stock');
    await w.expectBooksAgree();
  });

  it('stops on its day', async () => {
    await backorder(10, { stopOn: dayAfter(today(), 1) });
    await buy(1);
    w.advanceClock(86_400_000);
    expect((await refusal(buy(1))).code).toBe('out_of_stock');
  });

  it('stops when enough wait, until somebody sets it again', async () => {
    await backorder(10, { stopAtWaiting: 3 });
    await buy(2);
    const last = await buy(2);
    expect((await refusal(buy(1))).code).toBe('out_of_stock');
    await w.flows.cancelOrder({ orderId: last.id, reason: 'customer_request' }, w.ctx());
    expect((await refusal(buy(1))).code).toBe('out_of_stock');
    await backorder(10);
    await buy(1);
    await w.settle();
    await w.expectBooksAgree();
  });

  it('that sells only what is announced sells nothing where nothing is', async () => {
    await backorder(10, { stopWithoutInbound: true });
    expect((await refusal(buy(1))).code).toBe('out_of_stock');
  });

  it('is refused by whoever looked at an older one, and while promised units are missing', async () => {
    await backorder(5, { version: 0 });
    expect((await refusal(backorder(6, { version: 0 }))).code).toBe('conflict');
    await policy({ kind: 'none' });
    await receive(2);
    await buy(2);
    await w.flows.adjustStock(
      { merchantId: w.merchantId, skuId, nodeId: w.nodes[0] as string, delta: -2, reason: 'lost' },
      w.ctx(),
    );
    expect((await refusal(backorder(6))).code).toBe('state_refuses');
    expect((await refusal(policy({ kind: 'preorder', limitUnits: 3 }))).code).toBe('invalid_request');
  });
});

describe('units that arrive', () => {
  it('go to whoever waited longest, never to an order that came later', async () => {
    await backorder(100);
    const first = await buy(4);
    const second = await buy(4);
    const third = await buy(4);
    await w.settle();
    await receive(6);
    const [woken, late] = await Promise.all([wake(), buy(3)]);
    expect(woken).toBe(2);
    await w.settle();
    expect(await unitsOf(first.id)).toEqual({ allocated: 4 });
    expect(await unitsOf(second.id)).toEqual({ allocated: 2, backordered: 2 });
    expect(await unitsOf(third.id)).toEqual({ backordered: 4 });
    expect(await unitsOf(late.id)).toEqual({ backordered: 3 });
    await w.expectBooksAgree();
  });

  it('and are more than are waited for leave the rest to who comes next', async () => {
    await backorder(100);
    const waits = await buy(4);
    await receive(10);
    const next = await buy(6);
    expect(next.later).toEqual([]);
    await w.settle();
    expect(await unitsOf(waits.id)).toEqual({ allocated: 4 });
    expect(await unitsOf(next.id)).toEqual({ allocated: 6 });
    await w.expectBooksAgree();
  });

  it('come back by a cancel, and go to the oldest who waits', async () => {
    await receive(3);
    await backorder(100);
    const has = await buy(3);
    const waits = await buy(2);
    await w.settle();
    await w.flows.cancelOrder({ orderId: has.id, reason: 'customer_request' }, w.ctx());
    await wake();
    await w.settle();
    expect(await unitsOf(waits.id)).toEqual({ allocated: 2 });
    await w.expectBooksAgree();
  });

  it('keep the place of an order that is held', async () => {
    await backorder(100);
    const held = await buy(2);
    await w.flows.holdOrder({ orderId: held.id, hold: 'fraud', reason: 'looks odd' }, w.ctx());
    const other = await buy(2);
    await w.settle();
    await receive(3);
    await wake();
    await w.settle();
    expect(await unitsOf(held.id)).toEqual({ backordered: 2 });
    expect(await unitsOf(other.id)).toEqual({ allocated: 1, backordered: 1 });
    await w.flows.releaseOrder({ orderId: held.id, hold: 'fraud', reason: 'it is fine' }, w.ctx());
    await w.settle();
    expect(await unitsOf(held.id)).toEqual({ allocated: 2 });
    await w.expectBooksAgree();
  });

  it('wait for the whole order where it ships together', async () => {
    await receive(2);
    await backorder(100);
    const whole = await buy(5, { shipTogether: true });
    const part = await buy(2);
    await w.settle();
    expect(await unitsOf(whole.id)).toEqual({ open: 2, backordered: 3 });
    await receive(2);
    await wake();
    await w.settle();
    expect(await unitsOf(whole.id)).toEqual({ open: 2, backordered: 3 });
    expect(await unitsOf(part.id)).toEqual({ backordered: 2 });
    await receive(3);
    await wake();
    await w.settle();
    expect(await unitsOf(whole.id)).toEqual({ allocated: 5 });
    expect(await unitsOf(part.id)).toEqual({ allocated: 2 });
    await w.expectBooksAgree();
  });
});

describe('waiting units', () => {
  it('that are cancelled leave the queue, and nothing else does', async () => {
    await receive(1);
    await backorder(100);
    const placed = await buy(5);
    const lineId = placed.lines[0]?.id as string;
    await w.settle();
    await w.flows.cancelOrder({ orderId: placed.id, units: [{ lineId, quantity: 3 }], reason: 'customer_request' }, w.ctx());
    await w.settle();
    const { rows } = await w.db.pool.query(
      'SELECT sum(to_unit - from_unit + 1)::int AS units FROM backorders WHERE order_id = $1',
      [placed.id],
    );
    expect(rows).toEqual([{ units: (await unitsOf(placed.id)).backordered }]);
    await w.expectBooksAgree();
  });
});
