import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OrderWorld, orderWorld } from './testing/order-world.ts';

let w: OrderWorld;
beforeAll(async () => {
  w = await orderWorld();
});
afterAll(() => w.close());

describe('an order from placement to the door', () => {
  it('is promised, authorized, confirmed, allocated, shipped, captured and fulfilled, with every cent in the ledger', async () => {
    const placed = await w.place({
      lines: [
        { sku: 'MUG', quantity: 3 },
        { sku: 'TEE', quantity: 2 },
      ],
    });
    expect(placed.status).toBe('PENDING');
    await w.settle();
    expect(await w.order(placed.id)).toMatchObject({
      status: 'CONFIRMED',
      payment_status: 'AUTHORIZED',
      fulfilment_status: 'ALLOCATED',
    });
    await w.flows.shipOrder({ orderId: placed.id }, w.ctx('warehouse'));
    await w.settle();
    expect(await w.order(placed.id)).toMatchObject({
      status: 'FULFILLED',
      payment_status: 'CAPTURED',
      fulfilment_status: 'SHIPPED',
      receivable_minor: 0n,
    });
    expect(await w.captures(placed.id)).toHaveLength(1);
    await w.expectBooksAgree();
  });

  it('is cancelled and its promise released when the card is declined', async () => {
    const placed = await w.place({ lines: [{ sku: 'MUG', quantity: 1 }], token: 'pm_card_chargeDeclined' });
    await w.settle();
    expect(await w.order(placed.id)).toMatchObject({ status: 'CANCELLED', payment_status: 'FAILED' });
    await w.expectBooksAgree();
  });

  it('gives its authorization back when it is cancelled before shipping', async () => {
    const placed = await w.place({ lines: [{ sku: 'MUG', quantity: 2 }] });
    await w.settle();
    await w.flows.cancelOrder({ orderId: placed.id, reason: 'customer_request' }, w.ctx());
    expect(await w.order(placed.id)).toMatchObject({ status: 'CANCELLED' });
    await w.settle();
    expect(await w.order(placed.id)).toMatchObject({ status: 'CANCELLED', payment_status: 'VOIDED', receivable_minor: 0n });
    expect(await w.captures(placed.id)).toHaveLength(0);
    await w.expectBooksAgree();
  });

  it('refunds one of three units, then the rest, to the same cent', async () => {
    const placed = await w.place({ lines: [{ sku: 'MUG', quantity: 3, discountMinor: 100n }] });
    await w.settle();
    await w.flows.shipOrder({ orderId: placed.id }, w.ctx('warehouse'));
    await w.settle();
    const lineId = placed.lines[0]?.id as string;
    await w.flows.refundOrder(
      { kind: 'units', orderId: placed.id, units: [{ lineId, quantity: 1 }], reason: 'damaged' },
      w.ctx(),
    );
    await w.settle();
    expect(await w.order(placed.id)).toMatchObject({ status: 'FULFILLED', payment_status: 'PARTIALLY_REFUNDED' });
    await w.flows.refundOrder({ kind: 'units', orderId: placed.id, reason: 'damaged' }, w.ctx());
    await w.settle();
    expect(await w.order(placed.id)).toMatchObject({ status: 'REFUNDED', payment_status: 'REFUNDED', receivable_minor: 0n });
    await w.expectBooksAgree();
  });
});
