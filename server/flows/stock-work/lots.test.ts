import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSnapshot } from '../../platform/read-snapshot.ts';
import { readPickList } from '../../views/documents/pick-list.ts';
import { type OrderWorld, orderWorld } from '../testing/order-world.ts';
import { refusalOf } from '../testing/refusal.ts';

/** Goods that are kept by lot, whatever moves them. */
let w: OrderWorld;
beforeAll(async () => {
  w = await orderWorld({ stock: 10 });
  await w.flows.stockWork.trackLots({ skuId: sku() }, w.ctx());
});
afterAll(() => w.close());

const sku = (): string => w.skus.MUG as string;
const node = (at = 0): string => w.nodes[at] as string;
const inDays = (days: number): string => new Date(w.clock().getTime() + days * 86_400_000).toISOString().slice(0, 10);

async function receive(units: number, code: string | null, expiresOn?: string) {
  const wish = {
    merchantId: w.merchantId,
    nodeId: node(),
    supplier: 'Makers',
    lines: [{ skuId: sku(), quantity: units }],
    order: true,
  };
  const { id } = await w.flows.stockWork.createPurchaseOrder(wish, w.ctx());
  const { rows } = await w.db.pool.query('SELECT id FROM purchase_order_lines WHERE purchase_order_id = $1', [id]);
  const line = { lineId: rows[0].id as string, received: units, ...(code ? { lot: { code, expiresOn } } : {}) };
  return w.flows.stockWork.receivePurchaseOrder({ purchaseOrderId: id, lines: [line] }, w.ctx('warehouse'));
}
async function lots(at = 0): Promise<Record<string, number>> {
  const { rows } = await w.db.pool.query(
    'SELECT code, on_hand FROM stock_lots WHERE sku_id = $1 AND node_id = $2 AND on_hand > 0 ORDER BY code',
    [sku(), node(at)],
  );
  return Object.fromEntries(rows.map(({ code, on_hand }) => [code, Number(on_hand)]));
}
async function ship(quantity: number, before: (orderId: string) => Promise<void> = async () => {}): Promise<void> {
  const placed = await w.place({ lines: [{ sku: 'MUG', quantity }] });
  await w.settle();
  await before(placed.id);
  await w.flows.shipOrder({ orderId: placed.id }, w.ctx('warehouse'));
  for (let i = 0; i < 3; i++) {
    await w.settle();
    w.advanceClock(13_000);
  }
  expect(await w.order(placed.id)).toMatchObject({ status: 'FULFILLED' });
}

const ALL = { merchantId: null, customerId: null };

describe('goods that are kept by lot', () => {
  it('begin with what was there, in a lot that nobody named', async () => {
    expect([await lots(0), await lots(1)]).toEqual([{ '': 10 }, { '': 10 }]);
    expect((await refusalOf(w.flows.stockWork.trackLots({ skuId: sku() }, w.ctx()))).code).toBe('state_refuses');
    await w.expectBooksAgree();
  });

  it('do not arrive without their lot, and a lot has one day', async () => {
    expect((await refusalOf(receive(5, null))).detail).toMatch(/say which lot/);
    await receive(5, 'A', inDays(40));
    await receive(5, 'B', inDays(20));
    expect((await refusalOf(receive(5, 'A', inDays(41)))).code).toBe('invalid_request');
    expect(await lots()).toEqual({ '': 10, A: 5, B: 5 });
    await w.expectBooksAgree();
  });

  it('leave by first expired first out, and the shipment says which', async () => {
    await ship(7, async (orderId) => {
      const { number } = await w.flows.startPicking({ nodeId: node(), orderIds: [orderId] }, w.ctx('warehouse'));
      const list = await readSnapshot(w.db.pool, (tx) => readPickList(tx, ALL, number));
      expect(list.goods).toMatchObject([
        {
          skuCode: 'MUG',
          lots: [
            { code: 'B', expiresOn: inDays(20), units: 5 },
            { code: 'A', expiresOn: inDays(40), units: 2 },
          ],
        },
      ]);
    });
    expect(await lots()).toEqual({ '': 10, A: 3 });
    const { rows } = await w.db.pool.query(
      `SELECT l.code, m.delta FROM lot_movements m JOIN stock_lots l ON l.id = m.lot_id WHERE m.shipment_id IS NOT NULL ORDER BY m.id`,
    );
    expect(rows).toEqual([
      { code: 'B', delta: -5n },
      { code: 'A', delta: -2n },
    ]);
    await w.expectBooksAgree();
  });

  it('keep their lots from node to node', async () => {
    const ends = { fromNodeId: node(0), toNodeId: node(1) };
    const { id } = await w.flows.stockWork.createTransfer(
      { merchantId: w.merchantId, ...ends, lines: [{ skuId: sku(), quantity: 5 }] },
      w.ctx(),
    );
    await w.flows.stockWork.sendTransfer({ transferId: id }, w.ctx());
    expect(await lots(0)).toEqual({ '': 8 });
    const { rows } = await w.db.pool.query('SELECT id FROM stock_transfer_lines WHERE transfer_id = $1', [id]);
    const arrive = (received: number) =>
      w.flows.stockWork.receiveTransfer({ transferId: id, lines: [{ lineId: rows[0].id, received }] }, w.ctx());
    await arrive(2);
    expect(await lots(1)).toEqual({ '': 10, A: 2 });
    await arrive(3);
    expect(await lots(1)).toEqual({ '': 12, A: 3 });
    await w.expectBooksAgree();
  });

  it('are adjusted by a lot that somebody names, never below what it has', async () => {
    const damage = (delta: number) =>
      w.flows.adjustStock(
        { merchantId: w.merchantId, skuId: sku(), nodeId: node(1), delta, reason: 'damaged', lot: { code: 'A' } },
        w.ctx('warehouse'),
      );
    expect((await refusalOf(damage(-4))).code).toBe('over_limit');
    await damage(-1);
    expect(await lots(1)).toEqual({ '': 12, A: 2 });
    await w.expectBooksAgree();
  });

  it('are off the shelf when their day is over, once', async () => {
    await receive(4, 'SHORT', inDays(1));
    const sellable = async () =>
      (await w.db.pool.query('SELECT sellable FROM sku_supply WHERE sku_id = $1', [sku()])).rows[0].sellable;
    const before = await sellable();
    expect(await w.flows.stockWork.expireLots(w.ctx())).toBe(0);
    w.advanceClock(3 * 86_400_000);
    const swept = await Promise.all([w.flows.stockWork.expireLots(w.ctx()), w.flows.stockWork.expireLots(w.ctx())]);
    expect(swept.reduce((sum, lotsExpired) => sum + lotsExpired, 0)).toBe(1);
    expect(await sellable()).toBe(before - 4n);
    expect(await lots()).toEqual({ '': 8 });
    const { rows } = await w.db.pool.query(`SELECT on_hand_delta FROM stock_movements WHERE kind = 'expire'`);
    expect(rows).toEqual([{ on_hand_delta: -4n }]);
    await w.expectBooksAgree();
  });
});
