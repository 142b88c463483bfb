import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PlacedOrder } from './placed-order.ts';
import { type OrderWorld, orderWorld } from './testing/order-world.ts';
import { providerLog } from './testing/saga-scenarios.ts';

let w: OrderWorld;
beforeAll(async () => {
  w = await orderWorld({ stock: 50 });
});
afterAll(() => w.close());

async function shippedOrder(quantity = 2): Promise<{ order: PlacedOrder; shipmentId: string; lineId: string }> {
  const order = await w.place({ lines: [{ sku: 'MUG', quantity }], shipping: { name: 'Standard', priceMinor: 490n } });
  await w.settle();
  const { shipments } = await w.flows.shipOrder({ orderId: order.id }, w.ctx('warehouse'));
  await w.settle();
  return { order, shipmentId: shipments[0]?.id as string, lineId: order.lines[0]?.id as string };
}

const onHand = async (): Promise<bigint> =>
  (await w.db.pool.query('SELECT sum(on_hand)::bigint AS units FROM node_stock WHERE sku_id = $1', [w.skus.MUG])).rows[0]?.units;

describe('goods that are sent again', () => {
  it('leave the shelf and cost nobody anything', async () => {
    const { order, shipmentId } = await shippedOrder();
    const before = await w.order(order.id);
    const shelf = await onHand();
    await w.flows.reshipOrder({ orderId: order.id, shipmentId, reason: 'lost', note: 'Never arrived' }, w.ctx());
    expect(await w.order(order.id)).toMatchObject({ status: 'PARTIALLY_FULFILLED', finished_at: null });
    await w.settle();
    expect(await w.order(order.id)).toMatchObject({ fulfilment_status: 'ALLOCATED' });
    await w.expectBooksAgree();
    await w.flows.shipOrder({ orderId: order.id }, w.ctx('warehouse'));
    await w.settle();
    const after = await w.order(order.id);
    for (const sum of ['total_minor', 'captured_minor', 'receivable_minor', 'cancelled_minor', 'payment_status'])
      expect(after[sum]).toEqual(before[sum]);
    expect(after).toMatchObject({ status: 'FULFILLED', finished_at: expect.any(Date) });
    expect(await onHand()).toBe(shelf - 2n);
    expect(await providerLog(w, order.id)).toEqual({ authorization: 1, capture: 1 });
    await w.expectBooksAgree();
  });

  it('are each sent once: two agents who replace the same units at once make one replacement', async () => {
    const { order, shipmentId } = await shippedOrder();
    const input = { orderId: order.id, shipmentId, reason: 'lost' as const };
    const { fingerprint } = await w.flows.previewReship(input, w.ctx());
    const both = await Promise.allSettled(
      ['agent', 'other'].map((who) => w.flows.reshipOrder({ ...input, fingerprint }, w.ctx(who))),
    );
    expect(both.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected']);
    const { rows } = await w.db.pool.query(
      'SELECT sum(quantity)::int AS units FROM order_lines WHERE order_id = $1 AND replaces_line_id IS NOT NULL',
      [order.id],
    );
    expect(rows).toEqual([{ units: 2 }]);
    await w.settle();
    await w.expectBooksAgree();
  });

  it('may be given up again, and are then free to be replaced', async () => {
    const { order, shipmentId, lineId } = await shippedOrder();
    const input = { orderId: order.id, shipmentId, reason: 'damaged' as const, units: [{ lineId, quantity: 1 }] };
    await w.flows.reshipOrder(input, w.ctx());
    await w.settle();
    await w.flows.cancelOrder({ orderId: order.id, reason: 'customer_request' }, w.ctx());
    await w.settle();
    expect(await w.order(order.id)).toMatchObject({ status: 'FULFILLED', cancelled_minor: 0n, refunded_minor: 0n });
    await w.flows.reshipOrder({ ...input, units: [{ lineId, quantity: 2 }] }, w.ctx());
    await w.settle();
    await w.expectBooksAgree();
  });

  it('are not those whose money went back, nor more than were in the parcel', async () => {
    const { order, shipmentId, lineId } = await shippedOrder();
    const again = (quantity: number) =>
      w.flows.reshipOrder({ orderId: order.id, shipmentId, reason: 'lost', units: [{ lineId, quantity }] }, w.ctx());
    await w.flows.refundOrder({ kind: 'units', orderId: order.id, reason: 'damaged', units: [{ lineId, quantity: 1 }] }, w.ctx());
    await w.settle();
    await expect(again(2)).rejects.toMatchObject({ code: 'over_limit', data: { left: 1 } });
    await again(1);
    await expect(again(1)).rejects.toMatchObject({ code: 'state_refuses' });
    await w.settle();
    await w.expectBooksAgree();
  });

  it('keep the money of what they replace, until they are given up or have left', async () => {
    const { order, shipmentId, lineId } = await shippedOrder();
    const refund = (quantity?: number) => {
      const units = quantity === undefined ? {} : { units: [{ lineId, quantity }] };
      return w.flows.refundOrder({ kind: 'units', orderId: order.id, reason: 'damaged', ...units }, w.ctx());
    };
    const once = { orderId: order.id, shipmentId, reason: 'lost' as const, units: [{ lineId, quantity: 1 }] };
    await w.flows.reshipOrder(once, w.ctx());
    await w.settle();
    const refused = {
      code: 'state_refuses',
      detail: '1 unit of MUG is being sent again. Cancel the replacement first.',
      data: { left: 1 },
    };
    await expect(refund()).rejects.toMatchObject(refused);
    await expect(refund(2)).rejects.toMatchObject(refused);
    await refund(1);
    await w.settle();
    await expect(refund(1)).rejects.toMatchObject({ code: 'state_refuses', data: { left: 0 } });
    await w.flows.cancelOrder({ orderId: order.id, reason: 'customer_request' }, w.ctx());
    await w.settle();
    await refund(1);
    await w.settle();
    await w.expectBooksAgree();

    const other = await shippedOrder(1);
    await w.flows.reshipOrder({ orderId: other.order.id, shipmentId: other.shipmentId, reason: 'lost' }, w.ctx());
    await w.settle();
    const all = { kind: 'units', orderId: other.order.id, reason: 'damaged' } as const;
    await expect(w.flows.refundOrder(all, w.ctx())).rejects.toMatchObject({ code: 'state_refuses' });
    await w.flows.shipOrder({ orderId: other.order.id }, w.ctx('warehouse'));
    await w.settle();
    await expect(w.flows.refundOrder(all, w.ctx())).resolves.toMatchObject({ amountMinor: expect.any(Number) });
    await w.settle();
    await w.expectBooksAgree();
  });

  it('take nothing of what the rest of the order still has to pay', async () => {
    const order = await w.place({ lines: [{ sku: 'MUG', quantity: 2 }] });
    await w.settle();
    const lineId = order.lines[0]?.id as string;
    const first = await w.flows.shipOrder({ orderId: order.id, units: [{ lineId, quantity: 1 }] }, w.ctx('warehouse'));
    await w.settle();
    await w.flows.reshipOrder({ orderId: order.id, shipmentId: first.shipments[0]?.id as string, reason: 'lost' }, w.ctx());
    await w.settle();
    const { rows } = await w.db.pool.query<{ id: string }>(
      'SELECT id FROM order_lines WHERE order_id = $1 AND replaces_line_id IS NOT NULL',
      [order.id],
    );
    await w.flows.shipOrder({ orderId: order.id, units: [{ lineId: rows[0]?.id as string, quantity: 1 }] }, w.ctx('warehouse'));
    await w.settle();
    expect(await w.order(order.id)).toMatchObject({ captured_minor: 1_250n, status: 'PARTIALLY_FULFILLED' });
    await w.flows.shipOrder({ orderId: order.id }, w.ctx('warehouse'));
    await w.settle();
    expect(await w.order(order.id)).toMatchObject({ captured_minor: 2_500n, status: 'FULFILLED', receivable_minor: 0n });
    await w.expectBooksAgree();
  });

  it('are refused while there is no stock for them, and nothing changes', async () => {
    const { order, shipmentId } = await shippedOrder();
    const version = (await w.order(order.id)).version;
    const place = { merchantId: w.merchantId, skuId: w.skus.MUG as string };
    const { rows } = await w.db.pool.query<{ node_id: string; free: number }>(
      'SELECT node_id, (on_hand - allocated)::int AS free FROM node_stock WHERE sku_id = $1',
      [w.skus.MUG],
    );
    for (const { node_id, free } of rows)
      if (free > 0) await w.flows.adjustStock({ ...place, nodeId: node_id, delta: -free, reason: 'lost' }, w.ctx());
    await expect(w.flows.reshipOrder({ orderId: order.id, shipmentId, reason: 'lost' }, w.ctx())).rejects.toMatchObject({
      code: 'out_of_stock',
    });
    expect((await w.order(order.id)).version).toBe(version);
  });
});
