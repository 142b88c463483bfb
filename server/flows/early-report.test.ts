import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OrderWorld, orderWorld } from './testing/order-world.ts';

let w: OrderWorld;
beforeAll(async () => {
  w = await orderWorld();
});
afterAll(() => w.close());

describe('a carrier that reports before the hand-over is booked', () => {
  it('is believed as soon as the units have left their node', async () => {
    const placed = await w.place({ lines: [{ sku: 'MUG', quantity: 2 }] });
    await w.settle();
    // The label is bought, and the capture cannot be asked for: the parcel travels all the same.
    await w.psp.switches.set({ drop_before: { on: ['capture'] } });
    const { shipments } = await w.flows.shipOrder({ orderId: placed.id }, w.ctx('warehouse'));
    await w.settle();
    const shipmentId = shipments[0]?.id as string;
    for (const status of ['IN_TRANSIT', 'DELIVERED', 'IN_TRANSIT'] as const) {
      const answer = await w.flows.updateShipment({ shipmentId, status, detail: null, occurredAt: new Date() }, w.ctx('carrier'));
      expect(answer).toMatchObject({ status: 'LABELLED', changed: false });
    }
    await w.expectBooksAgree();
    await w.psp.switches.reset();
    // Asked, not found, sent again: each after its back-off.
    for (let round = 0; round < 6; round++) {
      w.advanceClock(60_000);
      await w.settle();
    }
    expect(await w.order(placed.id)).toMatchObject({
      status: 'FULFILLED',
      fulfilment_status: 'DELIVERED',
      payment_status: 'CAPTURED',
    });
    await w.expectBooksAgree();
  });
});

describe('an order on hold', () => {
  it('is not late: the time limit was for its payment', async () => {
    const placed = await w.place({ lines: [{ sku: 'MUG', quantity: 1 }] });
    await w.flows.holdOrder({ orderId: placed.id, hold: 'fraud', reason: 'A person has to look.' }, w.ctx());
    await w.settle();
    w.advanceClock(3_600_000 * 1.5);
    await w.settle();
    expect(await w.order(placed.id)).toMatchObject({ status: 'CONFIRMED', holds: ['fraud'] });
    await w.expectBooksAgree();
  });
});

describe('shrinkage', () => {
  it('opens work for units that were allocated, which a receipt resolves', async () => {
    const skuId = w.skus.TEE as string;
    const placed = await w.place({ lines: [{ sku: 'TEE', quantity: 4 }] });
    await w.settle();
    const at = { merchantId: w.merchantId, skuId };
    for (const nodeId of w.nodes) await w.flows.adjustStock({ ...at, nodeId, reason: 'lost', delta: -999 }, w.ctx('warehouse'));
    const short = await w.db.pool.query<{ status: string }>('SELECT status FROM shortage_work WHERE sku_id = $1', [skuId]);
    expect(short.rows).toEqual(expect.arrayContaining([expect.objectContaining({ status: 'open' })]));
    await w.expectBooksAgree();
    await w.flows.adjustStock({ ...at, nodeId: w.nodes[0] as string, reason: 'found', delta: 10 }, w.ctx('warehouse'));
    const left = await w.db.pool.query("SELECT FROM shortage_work WHERE sku_id = $1 AND status = 'open'", [skuId]);
    expect(left.rowCount).toBe(0);
    expect(await w.order(placed.id)).toMatchObject({ fulfilment_status: 'ALLOCATED' });
    await w.expectBooksAgree();
  });
});
