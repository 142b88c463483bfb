import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DomainError } from '../kernel/errors.ts';
import type { PlacedOrder } from './placed-order.ts';
import { type OrderWorld, orderWorld } from './testing/order-world.ts';

/**
 * Many orders, many hands, no plan: people cancel, ship, refund, hold and count in any order while the provider drops replies. Whatever
 * came of it, when everything has come to rest the books agree, nothing is held that nobody needs, and whoever paid too much has it back.
 */
const DEEP = process.env.WAYBILL_DEEP === '1';
const RUNS = DEEP ? 40 : 2;

const act = fc.record({
  do: fc.constantFrom(
    'place',
    'place',
    'settle',
    'settle',
    'cancel',
    'ship',
    'ship',
    'refund',
    'amount',
    'goodwill',
    'hold',
    'release',
    'lose',
    'receive',
    'fault',
    'deliver',
  ),
  order: fc.nat(40),
  line: fc.nat(2),
  quantity: fc.integer({ min: 1, max: 3 }),
  all: fc.boolean(),
  /** Not waited for: the next act comes while this one runs. */
  loose: fc.boolean(),
});
type Act = { do: string; order: number; line: number; quantity: number; all: boolean; loose: boolean };

const FAULTS = ['drop_reply', 'drop_before', 'error_5xx_after', 'error_5xx', 'rate_limit', 'slow_ms'] as const;

async function perform(w: OrderWorld, orders: PlacedOrder[], what: Act): Promise<unknown> {
  const order = orders[what.order % Math.max(1, orders.length)];
  if (what.do === 'place' || !order) {
    const lines = [
      { sku: 'MUG', quantity: what.quantity },
      { sku: 'TEE', quantity: 2, discountMinor: 101n },
      ...(what.all ? [{ sku: 'GIFTWRAP', quantity: 1 }] : []),
    ];
    const shipping = what.all ? { shipping: { name: 'Standard', priceMinor: 490n } } : {};
    const token = what.order % 9 === 0 ? 'pm_card_chargeDeclined' : 'pm_card_visa';
    orders.push(await w.place({ lines, ...shipping, token, discountMinor: 57n }));
    return;
  }
  const orderId = order.id;
  const units = what.all
    ? {}
    : { units: [{ lineId: order.lines[what.line % order.lines.length]?.id as string, quantity: what.quantity }] };
  switch (what.do) {
    case 'settle':
      return w.settle();
    case 'cancel':
      return w.flows.cancelOrder({ orderId, reason: 'customer_request', ...units }, w.ctx());
    case 'ship':
      return w.flows.shipOrder({ orderId, ...units }, w.ctx());
    case 'refund':
      return w.flows.refundOrder({ kind: 'units', orderId, reason: 'damaged', ...units }, w.ctx());
    case 'amount':
    case 'goodwill':
      return w.flows.refundOrder({ kind: what.do, orderId, amountMinor: BigInt(what.quantity * 111), reason: 'late' }, w.ctx());
    case 'hold':
      return w.flows.holdOrder({ orderId, hold: 'manual', reason: 'a look' }, w.ctx());
    case 'release':
      return w.flows.releaseOrder({ orderId, hold: 'manual', reason: 'fine' }, w.ctx());
    case 'deliver': {
      const { rows } = await w.db.pool.query<{ id: string }>('SELECT id FROM shipments WHERE order_id = $1', [orderId]);
      for (const { id } of rows) await w.flows.updateShipment({ shipmentId: id, status: 'DELIVERED', detail: null }, w.ctx());
      return;
    }
    case 'lose':
    case 'receive': {
      const [reason, delta] =
        what.do === 'lose' ? (['lost', -what.quantity] as const) : (['received', what.quantity + 1] as const);
      const place = { merchantId: w.merchantId, skuId: w.skus.MUG as string, nodeId: w.nodes[what.line % 2] as string };
      return w.flows.adjustStock({ ...place, delta, reason }, w.ctx());
    }
    default: {
      const on = ['authorize', 'capture', 'refund', 'void'][what.order % 4];
      const fault = FAULTS[what.line + (what.all ? 3 : 0)] ?? 'drop_reply';
      const value = fault === 'slow_ms' ? { value: 80 } : {};
      await fetch(`${w.psp.controlUrl}/_sim/switches`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ [fault]: { on, next: 1, ...value } }),
      });
    }
  }
}

/** A refusal is an answer like another. */
async function tolerate(work: Promise<unknown>): Promise<void> {
  await work.catch((error: unknown) => {
    if (!(error instanceof DomainError) || error.entry.status >= 500) throw error;
  });
}

async function rest(w: OrderWorld): Promise<void> {
  for (const nodeId of w.nodes)
    await w.flows.adjustStock(
      { merchantId: w.merchantId, skuId: w.skus.MUG as string, nodeId, delta: 500, reason: 'found' },
      w.ctx(),
    );
  for (let i = 0; i < 12; i++) {
    await w.settle();
    w.advanceClock(31_000);
  }
  await w.settle();
}

async function expectRest(w: OrderWorld): Promise<void> {
  await w.expectBooksAgree();
  const { rows: stuck } = await w.db.pool.query(
    `SELECT s.kind, s.step, s.status, s.error, o.number FROM sagas s JOIN orders o ON o.id = s.order_id
     WHERE s.status <> 'done' AND NOT (s.kind = 'place-order' AND s.step = 'allocate' AND o.holds <> '{}')`,
  );
  expect(stuck).toEqual([]);
  const { rows: loose } = await w.db.pool.query(
    `SELECT o.number, o.status, o.receivable_minor, o.captured_minor, o.refunded_minor, o.cancelled_minor FROM orders o
     WHERE o.status IN ('FULFILLED', 'CANCELLED', 'REFUNDED') AND (o.finished_at IS NULL OR EXISTS (SELECT FROM holds h WHERE h.order_id = o.id AND h.status = 'open'))
       AND o.receivable_minor >= 0`,
  );
  expect(loose).toEqual([]);
  // Who was given a price reduction before cancelling has had part of it back already; nobody else may be owed anything.
  const { rows: owed } = await w.db.pool.query(
    `SELECT o.number, o.status, o.receivable_minor, o.captured_minor, o.refunded_minor FROM orders o
     WHERE o.receivable_minor < 0 AND o.captured_minor > o.refunded_minor`,
  );
  expect(owed).toEqual([]);
}

describe.each([{ multicapture: true }, { multicapture: false }])('with multicapture $multicapture', (options) => {
  it('everything comes to rest with the books in order', { timeout: DEEP ? 900_000 : 120_000 }, async () => {
    for (const [run, acts] of fc.sample(fc.array(act, { minLength: 60, maxLength: 60 }), RUNS).entries()) {
      const w = await orderWorld({ ...options, stock: 30 });
      const orders: PlacedOrder[] = [];
      const loose: Promise<void>[] = [];
      try {
        for (const what of acts) {
          const running = tolerate(perform(w, orders, what));
          if (what.loose && orders.length > 0) loose.push(running);
          else await running;
        }
        await Promise.all(loose);
        await rest(w);
        await expectRest(w);
      } catch (error) {
        throw new Error(`Run ${run} of ${JSON.stringify(acts)}`, { cause: error });
      } finally {
        await Promise.allSettled(loose);
        await w.close();
      }
    }
  });
});
