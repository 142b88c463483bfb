import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OrderWorld, orderWorld } from './testing/order-world.ts';

/** Where money and goods cross each other: whatever happens first, the customer ends up paying for what they keep. */
let w: OrderWorld;
let single: OrderWorld;
beforeAll(async () => {
  [w, single] = await Promise.all([orderWorld(), orderWorld({ multicapture: false })]);
});
afterAll(() => Promise.all([w.close(), single.close()]));

async function switches(world: OrderWorld, change: Record<string, unknown>): Promise<void> {
  const response = await fetch(`${world.psp.controlUrl}/_sim/switches`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(change),
  });
  expect(response.status).toBe(200);
}

/** Runs everything, letting short waits and back-offs pass. */
async function finish(world: OrderWorld): Promise<void> {
  for (let i = 0; i < 6; i++) {
    await world.settle();
    world.advanceClock(13_000);
  }
  await world.settle();
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function openHolds(world: OrderWorld, orderId: string): Promise<number> {
  const { rows } = await world.db.pool.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM holds WHERE order_id = $1 AND status = 'open'`,
    [orderId],
  );
  return rows[0]?.n ?? -1;
}

describe('a provider that captures an authorization once', () => {
  it('gives the money of cancelled units back by itself', async () => {
    const placed = await single.place({
      lines: [
        { sku: 'MUG', quantity: 1 },
        { sku: 'TEE', quantity: 1 },
      ],
    });
    await single.settle();
    const [mug] = placed.lines;
    await single.flows.shipOrder({ orderId: placed.id, units: [{ lineId: mug?.id as string, quantity: 1 }] }, single.ctx());
    await single.settle();
    expect(await single.order(placed.id)).toMatchObject({ status: 'PARTIALLY_FULFILLED', captured_minor: 3_249n });
    const cancelled = await single.flows.cancelOrder({ orderId: placed.id, reason: 'out_of_stock' }, single.ctx());
    expect(cancelled.refundId).not.toBeNull();
    await finish(single);
    expect(await single.order(placed.id)).toMatchObject({
      status: 'FULFILLED',
      captured_minor: 3_249n,
      refunded_minor: 1_999n,
      receivable_minor: 0n,
    });
    await single.expectBooksAgree();
  });

  it('gives it back as well when other units were refunded before', async () => {
    const placed = await single.place({
      lines: [
        { sku: 'MUG', quantity: 1 },
        { sku: 'TEE', quantity: 1 },
      ],
    });
    await single.settle();
    const [mug] = placed.lines;
    const units = [{ lineId: mug?.id as string, quantity: 1 }];
    await single.flows.shipOrder({ orderId: placed.id, units }, single.ctx());
    await single.settle();
    await single.flows.refundOrder({ kind: 'units', orderId: placed.id, units, reason: 'damaged' }, single.ctx());
    await single.settle();
    await single.flows.cancelOrder({ orderId: placed.id, reason: 'out_of_stock' }, single.ctx());
    await finish(single);
    expect(await single.order(placed.id)).toMatchObject({ status: 'REFUNDED', refunded_minor: 3_249n, receivable_minor: 0n });
    await single.expectBooksAgree();
  });

  it('and refuses a cancellation after which more would be owed than was taken', async () => {
    const placed = await single.place({ lines: [{ sku: 'MUG', quantity: 4 }] });
    await single.settle();
    const units = (quantity: number) => [{ lineId: placed.lines[0]?.id as string, quantity }];
    await single.flows.shipOrder({ orderId: placed.id, units: units(1) }, single.ctx());
    await single.settle();
    await single.flows.refundOrder(
      { kind: 'amount', orderId: placed.id, amountMinor: 3_000n, reason: 'price_adjustment' },
      single.ctx(),
    );
    await single.settle();
    const before = await single.order(placed.id);
    await expect(
      single.flows.cancelOrder({ orderId: placed.id, units: units(2), reason: 'out_of_stock' }, single.ctx()),
    ).rejects.toMatchObject({
      code: 'state_refuses',
    });
    expect(await single.order(placed.id)).toEqual(before);
    await single.flows.cancelOrder({ orderId: placed.id, units: units(1), reason: 'out_of_stock' }, single.ctx());
    await single.settle();
    expect(await single.order(placed.id)).toMatchObject({ refunded_minor: 4_250n, receivable_minor: 0n });
    await single.expectBooksAgree();
  });

  it('and while such a refund is still on its way', async () => {
    const placed = await single.place({
      lines: [
        { sku: 'MUG', quantity: 1 },
        { sku: 'TEE', quantity: 1 },
      ],
    });
    await single.settle();
    const units = [{ lineId: placed.lines[0]?.id as string, quantity: 1 }];
    await single.flows.shipOrder({ orderId: placed.id, units }, single.ctx());
    await single.settle();
    await single.flows.refundOrder({ kind: 'units', orderId: placed.id, units, reason: 'damaged' }, single.ctx());
    await single.flows.cancelOrder({ orderId: placed.id, reason: 'out_of_stock' }, single.ctx());
    await finish(single);
    expect(await single.order(placed.id)).toMatchObject({ status: 'REFUNDED', refunded_minor: 3_249n, receivable_minor: 0n });
    await single.expectBooksAgree();
  });

  it('and when the units are cancelled while the capture is on its way', async () => {
    const placed = await single.place({
      lines: [
        { sku: 'MUG', quantity: 1 },
        { sku: 'TEE', quantity: 1 },
      ],
    });
    await single.settle();
    const [mug, tee] = placed.lines;
    await single.flows.shipOrder({ orderId: placed.id, units: [{ lineId: mug?.id as string, quantity: 1 }] }, single.ctx());
    await switches(single, { slow_ms: { on: 'capture', next: 1, value: 700 } });
    const running = single.settle();
    await pause(350);
    await single.flows.cancelOrder(
      { orderId: placed.id, units: [{ lineId: tee?.id as string, quantity: 1 }], reason: 'customer_request' },
      single.ctx(),
    );
    await running;
    await finish(single);
    expect(await single.order(placed.id)).toMatchObject({
      status: 'FULFILLED',
      captured_minor: 3_249n,
      refunded_minor: 1_999n,
      receivable_minor: 0n,
    });
    await single.expectBooksAgree();
  });
});

describe('a provider that captures in parts', () => {
  it('releases the rest when the last units are cancelled while a capture is on its way', async () => {
    const placed = await w.place({
      lines: [
        { sku: 'MUG', quantity: 1 },
        { sku: 'TEE', quantity: 1 },
      ],
    });
    await w.settle();
    const [mug] = placed.lines;
    await w.flows.shipOrder({ orderId: placed.id, units: [{ lineId: mug?.id as string, quantity: 1 }] }, w.ctx());
    await switches(w, { slow_ms: { on: 'capture', next: 1, value: 700 } });
    const running = w.settle();
    await pause(350);
    await w.flows.cancelOrder({ orderId: placed.id, reason: 'customer_request' }, w.ctx());
    await running;
    await finish(w);
    expect(await w.order(placed.id)).toMatchObject({
      status: 'FULFILLED',
      payment_status: 'CAPTURED',
      captured_minor: 1_250n,
      receivable_minor: 0n,
    });
    expect((await w.order(placed.id)).finished_at).not.toBeNull();
    expect(await openHolds(w, placed.id)).toBe(0);
    await w.expectBooksAgree();
  });

  it('sends a capture again with the very same parameters, though the rest was cancelled after its reply was lost', async () => {
    const placed = await w.place({
      lines: [
        { sku: 'MUG', quantity: 1 },
        { sku: 'TEE', quantity: 1 },
      ],
    });
    await w.settle();
    const [mug] = placed.lines;
    await w.flows.shipOrder({ orderId: placed.id, units: [{ lineId: mug?.id as string, quantity: 1 }] }, w.ctx());
    // Turned away at the door: nothing happened, the same attempt is sent again.
    await switches(w, { rate_limit: { on: 'capture', next: 1 } });
    await w.settle();
    await w.flows.cancelOrder({ orderId: placed.id, reason: 'customer_request' }, w.ctx());
    await finish(w);
    expect(await w.order(placed.id)).toMatchObject({
      status: 'FULFILLED',
      captured_minor: 1_250n,
      receivable_minor: 0n,
      holds: [],
    });
    expect(await openHolds(w, placed.id)).toBe(0);
    expect(await w.captures(placed.id)).toHaveLength(1);
    await w.expectBooksAgree();
  });

  it('releases what is left when only free units were still to ship', async () => {
    const placed = await w.place({
      lines: [
        { sku: 'MUG', quantity: 2 },
        { sku: 'TEE', quantity: 1, unitPrice: '0' },
      ],
    });
    await w.settle();
    const [mug, tee] = placed.lines;
    const one = [{ lineId: mug?.id as string, quantity: 1 }];
    await w.flows.shipOrder({ orderId: placed.id, units: one }, w.ctx());
    await w.settle();
    await w.flows.cancelOrder({ orderId: placed.id, units: one, reason: 'customer_request' }, w.ctx());
    await w.settle();
    await w.flows.shipOrder({ orderId: placed.id, units: [{ lineId: tee?.id as string, quantity: 1 }] }, w.ctx());
    await finish(w);
    expect(await w.order(placed.id)).toMatchObject({ status: 'FULFILLED', captured_minor: 1_250n, receivable_minor: 0n });
    expect((await w.order(placed.id)).finished_at).not.toBeNull();
    expect(await openHolds(w, placed.id)).toBe(0);
    await w.expectBooksAgree();
  });

  it('captures two shipments that leave at once, each once', async () => {
    const placed = await w.place({
      lines: [
        { sku: 'MUG', quantity: 3 },
        { sku: 'TEE', quantity: 1, discountMinor: 7n },
      ],
      shipping: { name: 'Standard', priceMinor: 490n },
      discountMinor: 11n,
    });
    await w.settle();
    const [mug] = placed.lines;
    await Promise.all([
      w.flows.shipOrder({ orderId: placed.id, units: [{ lineId: mug?.id as string, quantity: 2 }] }, w.ctx()),
      w.flows.shipOrder({ orderId: placed.id, units: [{ lineId: placed.lines[1]?.id as string, quantity: 1 }] }, w.ctx()),
    ]);
    await finish(w);
    expect(await w.captures(placed.id)).toHaveLength(2);
    await w.flows.shipOrder({ orderId: placed.id }, w.ctx());
    await finish(w);
    expect(await w.captures(placed.id)).toHaveLength(3);
    expect(await w.order(placed.id)).toMatchObject({
      status: 'FULFILLED',
      captured_minor: BigInt(placed.totalMinor),
      receivable_minor: 0n,
    });
    await w.expectBooksAgree();
  });

  it('refunds the first shipment while the second one is being captured', async () => {
    const placed = await w.place({ lines: [{ sku: 'MUG', quantity: 2 }] });
    await w.settle();
    const one = [{ lineId: placed.lines[0]?.id as string, quantity: 1 }];
    await w.flows.shipOrder({ orderId: placed.id, units: one }, w.ctx());
    await w.settle();
    await switches(w, { slow_ms: { on: 'capture', next: 1, value: 600 } });
    await w.flows.shipOrder({ orderId: placed.id }, w.ctx());
    const running = w.settle();
    await pause(300);
    await w.flows.refundOrder({ kind: 'units', orderId: placed.id, units: one, reason: 'damaged' }, w.ctx());
    await running;
    await finish(w);
    expect(await w.order(placed.id)).toMatchObject({
      status: 'FULFILLED',
      captured_minor: 2_500n,
      refunded_minor: 1_250n,
      receivable_minor: 0n,
    });
    await w.expectBooksAgree();
  });

  it('takes less when units are cancelled before the payment has an answer', async () => {
    const placed = await w.place({ lines: [{ sku: 'MUG', quantity: 3 }] });
    const one = [{ lineId: placed.lines[0]?.id as string, quantity: 1 }];
    await w.flows.cancelOrder({ orderId: placed.id, units: one, reason: 'customer_request' }, w.ctx());
    await w.settle();
    await w.flows.shipOrder({ orderId: placed.id }, w.ctx());
    await finish(w);
    expect(await w.order(placed.id)).toMatchObject({ status: 'FULFILLED', captured_minor: 2_500n, receivable_minor: 0n });
    expect(await openHolds(w, placed.id)).toBe(0);
    await w.expectBooksAgree();
  });
});

describe('orders of an unusual kind', () => {
  it('that cost nothing are confirmed, shipped and finished without a payment', async () => {
    const placed = await w.place({ lines: [{ sku: 'MUG', quantity: 2, unitPrice: '0' }], token: null });
    await w.settle();
    await w.flows.shipOrder({ orderId: placed.id }, w.ctx());
    await finish(w);
    const order = await w.order(placed.id);
    expect(order).toMatchObject({ status: 'FULFILLED', payment_status: 'UNPAID', receivable_minor: 0n });
    expect(order.finished_at).not.toBeNull();
    await w.expectBooksAgree();
  });

  it('that are services only are delivered and paid as they are confirmed', async () => {
    const placed = await w.place({ lines: [{ sku: 'GIFTWRAP', quantity: 2 }] });
    await finish(w);
    expect(await w.order(placed.id)).toMatchObject({ status: 'FULFILLED', captured_minor: 400n, receivable_minor: 0n });
    expect(await w.captures(placed.id)).toHaveLength(1);
    await w.expectBooksAgree();
  });

  it('that lose all their goods lose their services with them', async () => {
    const placed = await w.place({
      lines: [
        { sku: 'MUG', quantity: 2 },
        { sku: 'GIFTWRAP', quantity: 1 },
      ],
      shipping: { name: 'Standard', priceMinor: 490n },
    });
    await w.settle();
    const goods = [{ lineId: placed.lines[0]?.id as string, quantity: 2 }];
    await w.flows.cancelOrder({ orderId: placed.id, units: goods, reason: 'customer_request' }, w.ctx());
    await finish(w);
    expect(await w.order(placed.id)).toMatchObject({ status: 'CANCELLED', payment_status: 'VOIDED', receivable_minor: 0n });
    await w.expectBooksAgree();
  });

  it('that got goodwill stay fulfilled, and their books closed', async () => {
    const placed = await w.place({ lines: [{ sku: 'MUG', quantity: 2 }] });
    await w.settle();
    await w.flows.shipOrder({ orderId: placed.id }, w.ctx());
    await w.settle();
    await w.flows.refundOrder({ kind: 'goodwill', orderId: placed.id, amountMinor: 300n, reason: 'late' } as never, w.ctx());
    await finish(w);
    expect(await w.order(placed.id)).toMatchObject({
      status: 'FULFILLED',
      refunded_minor: 300n,
      goodwill_minor: 300n,
      receivable_minor: 0n,
    });
    await w.expectBooksAgree();
  });
});
