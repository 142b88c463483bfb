import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DomainError } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import { type OrderWorld, orderWorld } from './testing/order-world.ts';

/** A minute where there is time for it. */
const DOWN_MS = process.env.WAYBILL_DEEP === '1' ? 60_000 : 1_500;

let w: OrderWorld;
beforeAll(async () => {
  w = await orderWorld();
});
afterAll(() => w.close());

async function switches(change: Record<string, unknown>): Promise<void> {
  const response = await fetch(`${w.psp.controlUrl}/_sim/switches`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(change),
  });
  expect(response.status).toBe(200);
}

/** Lets back-offs pass: moves the clock on and runs what is due, until the order stands where it is expected, or does not. */
async function untilStatus(orderId: string, status: string): Promise<Record<string, unknown>> {
  for (let i = 0; i < 20; i++) {
    await w.settle();
    const order = await w.order(orderId);
    if (order.status === status) return order;
    w.advanceClock(31_000);
  }
  return w.order(orderId);
}

async function refusal(promise: Promise<unknown>): Promise<DomainError> {
  const error = await promise.then(
    () => new Error('It was not refused'),
    (reason: unknown) => reason,
  );
  if (error instanceof DomainError) return error;
  throw error;
}

describe('payments in trouble', () => {
  it('asks the provider when its reply is dropped, and charges once', async () => {
    await switches({ drop_reply: { on: 'authorize', next: 1, probability: 1 } });
    const placed = await w.place({ lines: [{ sku: 'MUG', quantity: 1 }] });
    expect(await untilStatus(placed.id, 'CONFIRMED')).toMatchObject({ status: 'CONFIRMED', payment_status: 'AUTHORIZED' });
    // A slow machine may look only after it has asked again: what stays is that it said so.
    const { rows } = await w.db.pool.query(`SELECT type FROM events WHERE aggregate_id = $1 ORDER BY aggregate_version LIMIT 3`, [
      placed.id,
    ]);
    expect(rows.map(({ type }) => type)).toEqual(['order.placed', 'payment.in_doubt', 'payment.authorized']);
    await switches({ drop_reply: { on: 'capture', next: 1, probability: 1 } });
    await w.flows.shipOrder({ orderId: placed.id }, w.ctx('warehouse'));
    expect(await untilStatus(placed.id, 'FULFILLED')).toMatchObject({
      status: 'FULFILLED',
      payment_status: 'CAPTURED',
      receivable_minor: 0n,
    });
    expect(await w.captures(placed.id)).toHaveLength(1);
    await w.expectBooksAgree();
  });

  it('gives an order up whose challenge is abandoned, and releases its promise', async () => {
    const placed = await w.place({ lines: [{ sku: 'MUG', quantity: 1 }], token: 'pm_card_threeDSecure2Required' });
    await w.settle();
    expect(await w.order(placed.id)).toMatchObject({ status: 'PENDING' });
    w.advanceClock(31 * 60_000);
    expect(await untilStatus(placed.id, 'CANCELLED')).toMatchObject({ status: 'CANCELLED', payment_status: 'VOIDED' });
    await w.settle();
    await w.expectBooksAgree();
  });

  it('waits while the provider is down, and goes on when it is back', { timeout: DOWN_MS + 60_000 }, async () => {
    await switches({ down: { for_ms: DOWN_MS } });
    const placed = await w.place({ lines: [{ sku: 'MUG', quantity: 1 }] });
    const nearlyBack = Date.now() + DOWN_MS - 1_000;
    while (Date.now() < nearlyBack) {
      await w.settle();
      expect(await w.order(placed.id)).toMatchObject({ status: 'PENDING' });
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    // The rest of the outage, and the two seconds after which the adapter's circuit breaker lets a call through again.
    await new Promise((resolve) => setTimeout(resolve, 3_200));
    expect(await untilStatus(placed.id, 'CONFIRMED')).toMatchObject({ status: 'CONFIRMED', payment_status: 'AUTHORIZED' });
    await w.expectBooksAgree();
  });

  it('takes nothing for an order that is cancelled while its payment is asked for', async () => {
    await switches({ slow_ms: { on: 'authorize', next: 1, value: 400 } });
    const placed = await w.place({ lines: [{ sku: 'MUG', quantity: 1 }] });
    const running = w.settle();
    await new Promise((resolve) => setTimeout(resolve, 150));
    await w.flows.cancelOrder({ orderId: placed.id, reason: 'customer_request' }, w.ctx());
    await running;
    expect(await untilStatus(placed.id, 'CANCELLED')).toMatchObject({ status: 'CANCELLED' });
    w.advanceClock(31_000);
    await w.settle();
    expect(await w.order(placed.id)).toMatchObject({ payment_status: 'VOIDED' });
    expect(await w.captures(placed.id)).toHaveLength(0);
    await w.expectBooksAgree();
  });

  it('holds the order and keeps the goods when the money cannot be taken', async () => {
    const placed = await w.place({ lines: [{ sku: 'MUG', quantity: 1 }] });
    await w.settle();
    await switches({ decline: { on: 'capture', next: 1 } });
    await w.flows.shipOrder({ orderId: placed.id }, w.ctx('warehouse'));
    await w.settle();
    expect(await w.order(placed.id)).toMatchObject({ status: 'CONFIRMED', holds: ['manual'], captured_minor: 0n });
    await w.expectBooksAgree();
  });
});

describe('one request, however often it is sent', () => {
  it('places one order for 64 concurrent requests with one key', async () => {
    const key = newId();
    const answers = await Promise.all(Array.from({ length: 64 }, () => w.place({ lines: [{ sku: 'TEE', quantity: 1 }] }, key)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    const { rows } = await w.db.pool.query('SELECT count(*)::int AS n FROM orders WHERE id = $1', [answers[0]?.id]);
    expect(rows[0]).toEqual({ n: 1 });
    expect((await refusal(w.place({ lines: [{ sku: 'TEE', quantity: 2 }] }, key))).code).toBe('key_reused');
    await w.settle();
    await w.expectBooksAgree();
  });

  it('refuses what is out of stock with what is left, and changes nothing', async () => {
    const before = await w.db.pool.query('SELECT promised FROM sku_supply WHERE sku_id = $1', [w.skus.BAG]);
    const error = await refusal(
      w.place({
        lines: [
          { sku: 'BAG', quantity: 2_000 },
          { sku: 'BAG', quantity: 1 },
        ],
      }),
    );
    expect(error).toMatchObject({ code: 'out_of_stock', data: { skus: [{ sku: 'BAG', requested: 2_001, available: 2_000 }] } });
    const after = await w.db.pool.query('SELECT promised FROM sku_supply WHERE sku_id = $1', [w.skus.BAG]);
    expect(after.rows).toEqual(before.rows);
  });

  it('lets one of two agents refund a unit, and shows the other what changed', async () => {
    const placed = await w.place({ lines: [{ sku: 'MUG', quantity: 1 }] });
    await w.settle();
    await w.flows.shipOrder({ orderId: placed.id }, w.ctx('warehouse'));
    await w.settle();
    const input = {
      kind: 'units' as const,
      orderId: placed.id,
      units: [{ lineId: placed.lines[0]?.id as string, quantity: 1 }],
      reason: 'damaged' as const,
    };
    const { fingerprint } = await w.flows.previewRefund(input, w.ctx());
    const results = await Promise.allSettled([
      w.flows.refundOrder({ ...input, fingerprint }, w.ctx('agent')),
      w.flows.refundOrder({ ...input, fingerprint }, w.ctx('other')),
    ]);
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    expect(results.find((result) => result.status === 'rejected')).toMatchObject({ reason: { code: 'plan_changed' } });
    await w.settle();
    await w.expectBooksAgree();
  });
});

describe('parts of an order', () => {
  it('ships some, cancels the rest: fulfilled, with what shipped captured and the rest released', async () => {
    const placed = await w.place({
      lines: [
        { sku: 'MUG', quantity: 3 },
        { sku: 'TEE', quantity: 2 },
      ],
      shipping: { name: 'Standard', priceMinor: 490n },
    });
    await w.settle();
    const [mugs] = placed.lines;
    await w.flows.shipOrder({ orderId: placed.id, units: [{ lineId: mugs?.id as string, quantity: 2 }] }, w.ctx('warehouse'));
    await w.settle();
    expect(await w.order(placed.id)).toMatchObject({ status: 'PARTIALLY_FULFILLED', payment_status: 'PARTIALLY_CAPTURED' });
    await w.expectBooksAgree();
    await w.flows.cancelOrder({ orderId: placed.id, reason: 'out_of_stock' }, w.ctx());
    await w.settle();
    expect(await w.order(placed.id)).toMatchObject({
      status: 'FULFILLED',
      payment_status: 'CAPTURED',
      receivable_minor: 0n,
      captured_minor: 2_990n,
    });
    await w.expectBooksAgree();
  });

  it('gives money back for units that are cancelled after everything was captured, and after a price reduction too', async () => {
    const single = await orderWorld({ multicapture: false });
    try {
      const placed = await single.place({ lines: [{ sku: 'MUG', quantity: 4 }] });
      await single.settle();
      await single.flows.shipOrder(
        { orderId: placed.id, units: [{ lineId: placed.lines[0]?.id as string, quantity: 1 }] },
        single.ctx('warehouse'),
      );
      await single.settle();
      expect(await single.order(placed.id)).toMatchObject({ captured_minor: 5_000n, payment_status: 'CAPTURED' });
      await single.flows.refundOrder(
        { kind: 'amount', orderId: placed.id, amountMinor: 500n, reason: 'price_adjustment' },
        single.ctx(),
      );
      await single.settle();
      const cancelled = await single.flows.cancelOrder(
        { orderId: placed.id, units: [{ lineId: placed.lines[0]?.id as string, quantity: 2 }], reason: 'out_of_stock' },
        single.ctx(),
      );
      expect(cancelled.refundId).not.toBeNull();
      await single.settle();
      expect(await single.order(placed.id)).toMatchObject({
        refunded_minor: 3_000n,
        receivable_minor: 0n,
        status: 'PARTIALLY_FULFILLED',
      });
      await single.flows.shipOrder({ orderId: placed.id }, single.ctx('warehouse'));
      await single.settle();
      expect(await single.order(placed.id)).toMatchObject({ status: 'FULFILLED', captured_minor: 5_000n, receivable_minor: 0n });
      await single.expectBooksAgree();
    } finally {
      await single.close();
    }
  });

  it('waits for a second person before a large refund, who is not the first', async () => {
    await w.db.ownerPool.query(
      `INSERT INTO approval_policies (action, currency, threshold_minor) VALUES ('refund-order', 'EUR', 5000)`,
    );
    const placed = await w.place({ lines: [{ sku: 'MUG', quantity: 5 }] });
    await w.settle();
    await w.flows.shipOrder({ orderId: placed.id }, w.ctx('warehouse'));
    await w.settle();
    const requested = await w.flows.refundOrder({ kind: 'units', orderId: placed.id, reason: 'damaged' }, w.ctx('agent'));
    expect(requested).toMatchObject({ status: 'awaiting_approval' });
    await w.expectBooksAgree();
    const approvalId = requested.approvalId as string;
    expect((await refusal(w.flows.decideApproval({ approvalId, decision: 'approve' }, w.ctx('agent')))).code).toBe('own_request');
    await w.flows.decideApproval({ approvalId, decision: 'approve' }, w.ctx('other'));
    await w.settle();
    expect(await w.order(placed.id)).toMatchObject({ status: 'REFUNDED' });
    await w.expectBooksAgree();
  });
});
