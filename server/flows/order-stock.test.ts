import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DomainError } from '../kernel/errors.ts';
import { type OrderWorld, orderWorld } from './testing/order-world.ts';

/** Shelves that hold less than the books say, holds, and carriers that are faster than we are. */
let w: OrderWorld;
beforeAll(async () => {
  w = await orderWorld({ stock: 10 });
});
afterAll(() => w.close());

async function finish(): Promise<void> {
  for (let i = 0; i < 6; i++) {
    await w.settle();
    w.advanceClock(13_000);
  }
  await w.settle();
}

async function refusal(promise: Promise<unknown>): Promise<DomainError> {
  const error = await promise.then(
    () => new Error('It was not refused'),
    (reason: unknown) => reason,
  );
  if (error instanceof DomainError) return error;
  throw error;
}

const adjust = (sku: string, node: number, delta: number, reason: 'received' | 'lost' | 'damaged'): Promise<unknown> =>
  w.flows.adjustStock(
    { merchantId: w.merchantId, skuId: w.skus[sku] as string, nodeId: w.nodes[node] as string, delta, reason },
    w.ctx(),
  );

async function emptyShelves(sku: string): Promise<void> {
  for (const [node, nodeId] of w.nodes.entries()) {
    const { rows } = await w.db.pool.query<{ on_hand: bigint }>(
      'SELECT on_hand FROM node_stock WHERE sku_id = $1 AND node_id = $2',
      [w.skus[sku], nodeId],
    );
    const onHand = Number(rows[0]?.on_hand ?? 0n);
    if (onHand > 0) await adjust(sku, node, -onHand, 'lost');
  }
}

describe('shelves', () => {
  it('that turn out short sell nothing more, and are sold from again as soon as their units are there', async () => {
    const placed = await w.place({ lines: [{ sku: 'MUG', quantity: 18 }] });
    await w.settle();
    await adjust('MUG', 0, -6, 'lost');
    await w.expectBooksAgree();
    const { rows } = await w.db.pool.query('SELECT shortfall FROM sku_supply WHERE sku_id = $1', [w.skus.MUG]);
    expect(rows).toEqual([{ shortfall: 4n }]);
    expect((await refusal(w.place({ lines: [{ sku: 'MUG', quantity: 1 }] }))).code).toBe('out_of_stock');
    await adjust('MUG', 0, 6, 'received');
    await w.expectBooksAgree();
    await w.flows.cancelOrder({ orderId: placed.id, reason: 'customer_request' }, w.ctx());
    await finish();
    await w.expectBooksAgree();
    const after = await w.db.pool.query('SELECT promised, shortfall FROM sku_supply WHERE sku_id = $1', [w.skus.MUG]);
    expect(after.rows).toEqual([{ promised: 0n, shortfall: 0n }]);
  });

  it('refuse a shipment whose units are not there, before any money is taken', async () => {
    const placed = await w.place({ lines: [{ sku: 'TEE', quantity: 10 }] });
    await w.settle();
    await adjust('TEE', 0, -4, 'damaged');
    const error = await refusal(w.flows.shipOrder({ orderId: placed.id }, w.ctx()));
    expect(error).toMatchObject({ code: 'over_limit', data: { onHand: 6 } });
    expect(await w.captures(placed.id)).toHaveLength(0);
    const lineId = placed.lines[0]?.id as string;
    await w.flows.shipOrder({ orderId: placed.id, units: [{ lineId, quantity: 6 }] }, w.ctx());
    await finish();
    expect(await w.order(placed.id)).toMatchObject({ status: 'PARTIALLY_FULFILLED' });
    await w.flows.cancelOrder({ orderId: placed.id, reason: 'out_of_stock' }, w.ctx());
    await finish();
    expect(await w.order(placed.id)).toMatchObject({ status: 'FULFILLED', captured_minor: 11_994n, receivable_minor: 0n });
    await w.expectBooksAgree();
  });

  it('that run short while a parcel is being packed hold it back, and let it go when they are counted again', async () => {
    await adjust('TEE', 0, 10, 'received');
    const placed = await w.place({ lines: [{ sku: 'TEE', quantity: 10 }] });
    await w.settle();
    await w.flows.shipOrder({ orderId: placed.id }, w.ctx());
    await emptyShelves('TEE');
    await finish();
    expect(await w.order(placed.id)).toMatchObject({ status: 'CONFIRMED', captured_minor: 19_990n });
    await w.expectBooksAgree();
    for (const node of [0, 1]) await adjust('TEE', node, 10, 'received');
    for (let i = 0; i < 4; i++) await finish();
    expect(await w.order(placed.id)).toMatchObject({ status: 'FULFILLED', receivable_minor: 0n });
    expect(await w.captures(placed.id)).toHaveLength(1);
    await w.expectBooksAgree();
  });

  it('with too few free units leave an order waiting until stock comes', async () => {
    // Promised against both nodes, but one of them is emptied by damage before its allocation.
    const placed = await w.place({ lines: [{ sku: 'BAG', quantity: 15 }] });
    await adjust('BAG', 1, -10, 'damaged');
    await w.settle();
    expect(await w.order(placed.id)).toMatchObject({ status: 'CONFIRMED', fulfilment_status: 'UNALLOCATED' });
    await w.expectBooksAgree();
    await adjust('BAG', 1, 10, 'received');
    for (let i = 0; i < 2; i++) await finish();
    expect(await w.order(placed.id)).toMatchObject({ status: 'CONFIRMED', fulfilment_status: 'ALLOCATED' });
    await w.flows.shipOrder({ orderId: placed.id }, w.ctx());
    await finish();
    expect(await w.order(placed.id)).toMatchObject({ status: 'FULFILLED', receivable_minor: 0n });
    await w.expectBooksAgree();
  });
});

describe('holds and carriers', () => {
  it('a hold keeps an order from its stock, and its release lets it go on', async () => {
    const placed = await w.place({ lines: [{ sku: 'MUG', quantity: 1 }] });
    await w.flows.holdOrder({ orderId: placed.id, hold: 'fraud', reason: 'looks odd' }, w.ctx());
    await w.settle();
    expect(await w.order(placed.id)).toMatchObject({ status: 'CONFIRMED', fulfilment_status: 'UNALLOCATED' });
    expect((await refusal(w.flows.shipOrder({ orderId: placed.id }, w.ctx()))).code).toBe('state_refuses');
    await w.flows.releaseOrder({ orderId: placed.id, hold: 'fraud', reason: 'it is fine' }, w.ctx());
    await w.settle();
    expect(await w.order(placed.id)).toMatchObject({ status: 'CONFIRMED', fulfilment_status: 'ALLOCATED' });
    await w.flows.shipOrder({ orderId: placed.id }, w.ctx());
    await finish();
    await w.expectBooksAgree();
  });

  it('a parcel that is delivered before we heard that its money was taken is delivered in the books, too', async () => {
    const placed = await w.place({ lines: [{ sku: 'MUG', quantity: 1 }] });
    await w.settle();
    await fetch(`${w.psp.controlUrl}/_sim/switches`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ rate_limit: { on: 'capture', next: 1 } }),
    });
    const { shipments } = await w.flows.shipOrder({ orderId: placed.id }, w.ctx());
    await w.settle();
    const shipmentId = shipments[0]?.id as string;
    await w.flows.updateShipment({ shipmentId, status: 'DELIVERED', occurredAt: new Date() } as never, w.ctx());
    await finish();
    expect(await w.order(placed.id)).toMatchObject({
      status: 'FULFILLED',
      fulfilment_status: 'DELIVERED',
      receivable_minor: 0n,
    });
    const { rows } = await w.db.pool.query('SELECT status FROM shipments WHERE id = $1', [shipmentId]);
    expect(rows).toEqual([{ status: 'DELIVERED' }]);
    await w.expectBooksAgree();
  });
});
