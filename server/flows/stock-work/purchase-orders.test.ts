import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as purchasing from '../../domains/purchasing/service.ts';
import { newId } from '../../kernel/ids.ts';
import { readPurchaseOrder } from '../../views/purchase-orders.ts';
import { type OrderWorld, orderWorld } from '../testing/order-world.ts';
import { refusalOf } from '../testing/refusal.ts';

/** Goods on their way from suppliers, and what of them arrives. */
let w: OrderWorld;
beforeAll(async () => {
  w = await orderWorld({ stock: 10 });
});
afterAll(() => w.close());

const EVERYBODY = { merchantId: null, customerId: null };
const sku = (code: string): string => w.skus[code] as string;
const node = (at = 0): string => w.nodes[at] as string;

async function buy(code: string, quantity: number, rest: Record<string, unknown> = {}) {
  const wish = {
    merchantId: w.merchantId,
    nodeId: node(),
    supplier: 'Makers',
    lines: [{ skuId: sku(code), quantity }],
    order: true,
  };
  const made = await w.flows.stockWork.createPurchaseOrder({ ...wish, ...rest }, w.ctx());
  const page = await readPurchaseOrder(w.db.pool, EVERYBODY, made.id);
  return { ...made, lineId: page.lines[0]?.id as string };
}
const look = (id: string) => readPurchaseOrder(w.db.pool, EVERYBODY, id);
const coming = async (code: string) =>
  (await purchasing.inbound(w.db.pool, [sku(code)])).map(({ number, units, expectedOn }) => ({ number, units, expectedOn }));
const receive = (id: string, lineId: string, received: number, damaged = 0, key?: string) =>
  w.flows.stockWork.receivePurchaseOrder(
    { purchaseOrderId: id, lines: [{ lineId, received, damaged }] },
    w.ctx('warehouse'),
    key,
  );
async function onHand(code: string, at = 0): Promise<bigint> {
  const { rows } = await w.db.pool.query('SELECT on_hand FROM node_stock WHERE sku_id = $1 AND node_id = $2', [
    sku(code),
    node(at),
  ]);
  return rows[0]?.on_hand ?? 0n;
}
async function giveTolerance(percent: number): Promise<void> {
  await w.db.pool.query(
    `INSERT INTO stock_policies (merchant_id, over_receipt_percent) VALUES ($1, $2)
     ON CONFLICT (merchant_id) DO UPDATE SET over_receipt_percent = $2`,
    [w.merchantId, percent],
  );
}

describe('a purchase order', () => {
  it('is inbound from its order to its last unit, in the order of days', async () => {
    const late = await buy('BAG', 5, { expectedOn: '2027-02-01' });
    const draft = await buy('BAG', 7, { expectedOn: '2027-01-01', order: false });
    const unknown = await buy('BAG', 3);
    expect((await coming('BAG')).map((row) => row.number)).toEqual([late.number, unknown.number]);
    await w.flows.stockWork.movePurchaseOrder({ purchaseOrderId: draft.id, step: 'order' }, w.ctx());
    expect(await coming('BAG')).toEqual([
      { number: draft.number, units: 7n, expectedOn: '2027-01-01' },
      { number: late.number, units: 5n, expectedOn: '2027-02-01' },
      { number: unknown.number, units: 3n, expectedOn: null },
    ]);
    await receive(late.id, late.lineId, 2, 1);
    await w.flows.stockWork.movePurchaseOrder({ purchaseOrderId: unknown.id, step: 'cancel', reason: 'Sold out' }, w.ctx());
    expect(await coming('BAG')).toEqual([
      { number: draft.number, units: 7n, expectedOn: '2027-01-01' },
      { number: late.number, units: 2n, expectedOn: '2027-02-01' },
    ]);
    await w.flows.stockWork.movePurchaseOrder({ purchaseOrderId: late.id, step: 'close' }, w.ctx());
    expect(await look(late.id)).toMatchObject({
      status: 'closed',
      lines: [{ received: 2n, damaged: 1n, cancelled: 2n, open: 0n }],
    });
    await w.expectBooksAgree();
  });

  it('tells of quantities and days that change, and refuses a change from an old version', async () => {
    const bought = await buy('BAG', 5, { expectedOn: '2027-03-01' });
    const edit = { purchaseOrderId: bought.id, version: 1n, expectedOn: '2027-03-08' };
    await w.flows.stockWork.editPurchaseOrder(edit, w.ctx());
    expect(
      (await refusalOf(w.flows.stockWork.editPurchaseOrder({ ...edit, expectedOn: '2027-03-09' }, w.ctx('other')))).code,
    ).toBe('conflict');
    const line = { id: bought.lineId, skuId: sku('BAG'), quantity: 9 };
    await w.flows.stockWork.editPurchaseOrder({ purchaseOrderId: bought.id, version: 2n, lines: [line] }, w.ctx());
    const { rows } = await w.db.pool.query(
      `SELECT type, data->'what' AS what FROM events WHERE aggregate_id = $1 AND data->'skuIds' = $2 ORDER BY aggregate_version, id`,
      [bought.id, JSON.stringify([sku('BAG')])],
    );
    expect(rows).toEqual([
      { type: 'purchase_order.ordered', what: ['quantity'] },
      { type: 'purchase_order.changed', what: ['date'] },
      { type: 'purchase_order.changed', what: ['quantity'] },
    ]);
  });

  it('keeps what has arrived of a line, and cancels the rest of one that is left out', async () => {
    const bought = await buy('BAG', 5, {
      lines: [
        { skuId: sku('BAG'), quantity: 5 },
        { skuId: sku('MUG'), quantity: 4 },
      ],
    });
    await receive(bought.id, bought.lineId, 3);
    const shorter = { id: bought.lineId, skuId: sku('BAG'), quantity: 2 };
    const edit = { purchaseOrderId: bought.id, version: 2n };
    expect((await refusalOf(w.flows.stockWork.editPurchaseOrder({ ...edit, lines: [shorter] }, w.ctx()))).code).toBe(
      'over_limit',
    );
    await w.flows.stockWork.editPurchaseOrder({ ...edit, lines: [{ ...shorter, quantity: 3 }] }, w.ctx());
    expect((await look(bought.id)).lines).toMatchObject([
      { skuCode: 'BAG', ordered: 3n, open: 0n },
      { skuCode: 'MUG', ordered: 4n, cancelled: 4n, open: 0n },
    ]);
    await w.expectBooksAgree();
  });

  it('refuses goods that are not the merchant’s, all of them at once', async () => {
    const lines = [sku('MUG'), newId(), sku('GIFTWRAP')].map((skuId) => ({ skuId, quantity: 1 }));
    const error = await refusalOf(buy('MUG', 1, { lines }));
    expect(error).toMatchObject({ code: 'unknown_sku', data: { lines: [2, 3] } });
  });
});

describe('what arrives', () => {
  it('is on hand by one movement that names the purchase order, once whatever is repeated', async () => {
    const before = await onHand('MUG');
    const bought = await buy('MUG', 40);
    const key = newId();
    const [first, again] = await Promise.all([
      receive(bought.id, bought.lineId, 12, 3, key),
      receive(bought.id, bought.lineId, 12, 3, key),
    ]);
    expect(again).toEqual(first);
    expect(first).toMatchObject({ status: 'partly_received', received: 12, damaged: 3 });
    expect(await onHand('MUG')).toBe(before + 12n);
    const { rows } = await w.db.pool.query('SELECT kind, on_hand_delta, reason FROM stock_movements WHERE reference = $1', [
      bought.id,
    ]);
    expect(rows).toEqual([{ kind: 'receive', on_hand_delta: 12n, reason: `received: ${bought.number}` }]);
    expect((await look(bought.id)).receipts).toMatchObject([{ lines: [{ skuCode: 'MUG', received: 12n, damaged: 3n }] }]);
    await w.expectBooksAgree();
  });

  it('beyond the tolerance is refused whole, and within it is taken', async () => {
    await giveTolerance(10);
    const bought = await buy('MUG', 20);
    const error = await refusalOf(receive(bought.id, bought.lineId, 23));
    expect(error).toMatchObject({ code: 'over_limit' });
    expect(error.detail).toMatch(/MUG: 22 more may arrive/);
    expect(await receive(bought.id, bought.lineId, 20)).toMatchObject({ status: 'received' });
    expect(await receive(bought.id, bought.lineId, 2)).toMatchObject({ status: 'received' });
    expect((await refusalOf(receive(bought.id, bought.lineId, 1))).code).toBe('over_limit');
    await giveTolerance(0);
    await w.expectBooksAgree();
  });

  it('at many doors at once never comes to more than was ordered', async () => {
    const bought = await buy('TEE', 30);
    const before = await onHand('TEE');
    const doors = Array.from({ length: 12 }, () =>
      receive(bought.id, bought.lineId, 4).then(
        () => 4,
        () => 0,
      ),
    );
    const taken = (await Promise.all(doors)).reduce((sum: number, units) => sum + units, 0);
    expect(taken).toBe(28);
    expect(await onHand('TEE')).toBe(before + 28n);
    await w.expectBooksAgree();
  });

  it('goes to the orders that wait for it', async () => {
    const placed = await w.place({ lines: [{ sku: 'BAG', quantity: 8 }] });
    for (const at of [0, 1]) {
      const units = Number(await onHand('BAG', at));
      const wish = { merchantId: w.merchantId, skuId: sku('BAG'), nodeId: node(at), delta: -units, reason: 'lost' as const };
      if (units > 0) await w.flows.adjustStock(wish, w.ctx());
    }
    await w.settle();
    expect(await w.order(placed.id)).toMatchObject({ fulfilment_status: 'UNALLOCATED' });
    const bought = await buy('BAG', 8);
    await receive(bought.id, bought.lineId, 8);
    expect(await w.flows.wakeWaitingFor([sku('BAG')], w.ctx())).toBeGreaterThan(0);
    await w.settle();
    expect(await w.order(placed.id)).toMatchObject({ fulfilment_status: 'ALLOCATED' });
    await w.expectBooksAgree();
  });

  it('of a draft, or of what is closed, is refused with what to do instead', async () => {
    const draft = await buy('MUG', 2, { order: false });
    expect((await refusalOf(receive(draft.id, draft.lineId, 1))).detail).toMatch(/Order it first/);
    await w.flows.stockWork.movePurchaseOrder({ purchaseOrderId: draft.id, step: 'cancel' }, w.ctx());
    expect((await refusalOf(receive(draft.id, draft.lineId, 1))).code).toBe('state_refuses');
  });
});
