import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EditChange } from '../../domains/orders/schema.ts';
import type { PlacedOrder } from '../placed-order.ts';
import { dieEverywhere } from '../testing/mortal.ts';
import { type OrderWorld, orderWorld } from '../testing/order-world.ts';

/** Orders that change before their goods leave: what comes, what goes, how the difference settles, and what happens when it does not. */
let w: OrderWorld;
let single: OrderWorld;
beforeAll(async () => {
  [w, single] = await Promise.all([orderWorld(), orderWorld({ multicapture: false })]);
});
afterAll(() => Promise.all([w.close(), single.close()]));

const HOUR_MS = 3_600_000;

/** Lets short waits, undo windows and back-offs pass. */
async function rest(world: OrderWorld = w): Promise<void> {
  for (let i = 0; i < 3; i++) {
    await world.settle();
    world.advanceClock(13_000);
  }
  await world.settle();
}

async function confirmed(
  lines: Parameters<OrderWorld['place']>[0]['lines'],
  more = {},
  world: OrderWorld = w,
): Promise<PlacedOrder> {
  const placed = await world.place({ lines, ...more });
  await world.settle();
  return placed;
}
const lineOf = (order: PlacedOrder, at = 0): string => order.lines[at]?.id as string;
const edit = (order: PlacedOrder, changes: EditChange[], more = {}, world: OrderWorld = w) =>
  world.flows.edits.edit({ orderId: order.id, changes, ...more }, world.ctx());
const add = (sku: string, quantity = 1): EditChange => ({ change: 'add', sku, quantity });
const remove = (lineId: string, quantity: number): EditChange => ({ change: 'remove', lineId, quantity });

/** What the provider did for an order, oldest first. */
const log = (order: PlacedOrder, world: OrderWorld = w): (readonly [string, number])[] =>
  (world.psp.state.logByOrder.get(order.id) ?? []).map(({ kind, amount }) => [kind, amount] as const);
const live = async (order: PlacedOrder, world: OrderWorld = w): Promise<Record<string, number>> => {
  const { rows } = await world.db.pool.query<{ sku: string; units: number }>(
    `SELECT COALESCE(l.sku_code, l.kind) AS sku, sum(s.to_unit - s.from_unit + 1)::int AS units FROM order_lines l JOIN line_spans s ON s.line_id = l.id
     WHERE l.order_id = $1 AND s.state <> 'cancelled' GROUP BY 1`,
    [order.id],
  );
  return Object.fromEntries(rows.map(({ sku, units }) => [sku, units]));
};
const edits = async (order: PlacedOrder, world: OrderWorld = w) =>
  (await world.db.pool.query('SELECT status, why, held FROM order_edits WHERE order_id = $1 ORDER BY id', [order.id])).rows;
const worth = async (order: PlacedOrder): Promise<bigint> => {
  const { total_minor: total, cancelled_minor: cancelled } = (await w.order(order.id)) as Record<string, bigint>;
  return (total as bigint) - (cancelled as bigint);
};
const promised = async (sku: string): Promise<bigint> =>
  (await w.db.pool.query<{ promised: bigint }>('SELECT promised FROM sku_supply WHERE sku_id = $1', [w.skus[sku]])).rows[0]
    ?.promised ?? 0n;
async function shipAll(order: PlacedOrder, world: OrderWorld = w): Promise<void> {
  await world.flows.shipOrder({ orderId: order.id }, world.ctx('warehouse'));
  await rest(world);
}

describe('the difference', () => {
  it('that is larger raises the authorization, and all of it is captured once', async () => {
    const order = await confirmed([{ sku: 'MUG', quantity: 2 }]);
    const seen = await w.flows.edits.preview({ orderId: order.id, changes: [add('TEE'), remove(lineOf(order), 1)] }, w.ctx());
    expect(seen).toMatchObject({ beforeMinor: 2_500, afterMinor: 3_249, netMinor: 749, dueMinor: 749, settles: 'raise' });
    const done = await edit(order, [add('TEE'), remove(lineOf(order), 1)], { fingerprint: seen.fingerprint });
    // Nothing has changed before the money is there, and what is to come is promised.
    expect(done).toMatchObject({ editStatus: 'waiting', dueMinor: 749 });
    expect(await live(order)).toEqual({ MUG: 2 });
    await w.settle();
    expect(await live(order)).toEqual({ MUG: 1, TEE: 1 });
    expect(await w.order(order.id)).toMatchObject({
      status: 'CONFIRMED',
      payment_status: 'AUTHORIZED',
      fulfilment_status: 'ALLOCATED',
    });
    await shipAll(order);
    expect(log(order)).toEqual([
      ['authorization', 2_500],
      ['increment', 3_249],
      ['capture', 3_249],
    ]);
    expect(await w.order(order.id)).toMatchObject({ status: 'FULFILLED', captured_minor: 3_249n, receivable_minor: 0n });
    await w.expectBooksAgree();
  });

  it('that is smaller leaves the authorization, and less is captured', async () => {
    const order = await confirmed([{ sku: 'TEE', quantity: 2 }]);
    const done = await edit(order, [remove(lineOf(order), 1), add('MUG')]);
    expect(done).toMatchObject({ editStatus: 'applied', netMinor: -749, dueMinor: 0 });
    await w.settle();
    await shipAll(order);
    expect(log(order)).toEqual([
      ['authorization', 3_998],
      ['capture', 3_249],
    ]);
    expect(await w.order(order.id)).toMatchObject({ status: 'FULFILLED', payment_status: 'CAPTURED', receivable_minor: 0n });
    await w.expectBooksAgree();
  });

  it('of nothing asks nobody; what is captured already for what goes comes back as one refund', async () => {
    const order = await confirmed(
      [
        { sku: 'MUG', quantity: 1 },
        { sku: 'TEE', quantity: 2 },
      ],
      {},
      single,
    );
    await single.flows.shipOrder({ orderId: order.id, units: [{ lineId: lineOf(order), quantity: 1 }] }, single.ctx());
    await rest(single);
    expect(await single.order(order.id)).toMatchObject({ status: 'PARTIALLY_FULFILLED', captured_minor: 5_248n });
    const done = await edit(order, [remove(lineOf(order, 1), 1), add('MUG')], {}, single);
    expect(done).toMatchObject({ editStatus: 'applied', netMinor: -749 });
    await rest(single);
    await shipAll(order, single);
    expect(log(order, single)).toEqual([
      ['authorization', 5_248],
      ['capture', 5_248],
      ['refund', 749],
    ]);
    expect(await single.order(order.id)).toMatchObject({ status: 'FULFILLED', refunded_minor: 749n, receivable_minor: 0n });
    await single.expectBooksAgree();
  });

  it('that is added after everything was captured is a payment of its own, captured with its parcel', async () => {
    const order = await confirmed([{ sku: 'MUG', quantity: 2 }], {}, single);
    await single.flows.shipOrder({ orderId: order.id, units: [{ lineId: lineOf(order), quantity: 1 }] }, single.ctx());
    await rest(single);
    expect((await edit(order, [add('TEE')], {}, single)).editStatus).toBe('waiting');
    await rest(single);
    await shipAll(order, single);
    expect(log(order, single)).toEqual([
      ['authorization', 2_500],
      ['capture', 2_500],
      ['authorization', 1_999],
      ['capture', 1_999],
    ]);
    expect(await single.order(order.id)).toMatchObject({ status: 'FULFILLED', captured_minor: 4_499n, receivable_minor: 0n });
    await single.expectBooksAgree();
  });

  it('is held beside the first where that cannot be raised: both are captured by one parcel, or both are released', async () => {
    const orders = [
      await confirmed([{ sku: 'MUG', quantity: 2 }], { token: 'pm_card_incrementUnavailable' }),
      await confirmed([{ sku: 'MUG', quantity: 2 }], { token: 'pm_card_incrementDeclined' }),
    ] as const;
    for (const order of orders) {
      await edit(order, [add('TEE')]);
      await rest();
      expect(await live(order)).toEqual({ MUG: 2, TEE: 1 });
    }
    const [shipped, cancelled] = orders;
    await shipAll(shipped);
    expect(log(shipped)).toEqual([
      ['authorization', 2_500],
      ['authorization', 1_999],
      ['capture', 2_500],
      ['capture', 1_999],
    ]);
    await w.flows.cancelOrder({ orderId: cancelled.id, reason: 'customer_request' }, w.ctx());
    await rest();
    expect(log(cancelled).map(([kind]) => kind)).toEqual(['authorization', 'authorization', 'void', 'void']);
    expect(await w.order(cancelled.id)).toMatchObject({ status: 'CANCELLED', payment_status: 'VOIDED', receivable_minor: 0n });
    await w.expectBooksAgree();
  });

  it('goes back over both tenders when less is wanted after all', async () => {
    const order = await confirmed([{ sku: 'MUG', quantity: 2 }], { token: 'pm_card_incrementUnavailable' });
    await edit(order, [add('TEE')]);
    await rest();
    const { rows } = await w.db.pool.query<{ id: string }>(
      `SELECT id FROM order_lines WHERE order_id = $1 AND sku_code = 'TEE'`,
      [order.id],
    );
    expect(await edit(order, [remove(rows[0]?.id as string, 1)])).toMatchObject({ editStatus: 'applied', netMinor: -1_999 });
    await shipAll(order);
    expect(log(order).map(([kind]) => kind)).toEqual(['authorization', 'authorization', 'capture', 'void']);
    expect(await w.order(order.id)).toMatchObject({ status: 'FULFILLED', captured_minor: 2_500n, receivable_minor: 0n });
    await w.expectBooksAgree();
  });
});

describe('a card that refuses to be raised and to be asked again', () => {
  async function asked(): Promise<PlacedOrder> {
    const order = await confirmed([{ sku: 'MUG', quantity: 2 }]);
    await w.psp.switches.set({ decline: { next: 2, on: ['increment', 'authorize'] } });
    await edit(order, [add('TEE'), { change: 'quantity', lineId: lineOf(order), quantity: 1 }]);
    await rest();
    return order;
  }

  it('has its customer asked, who pays by a link: then it is applied', async () => {
    const order = await asked();
    expect(await edits(order)).toMatchObject([{ status: 'waiting', held: [{ units: 1 }] }]);
    expect(await live(order)).toEqual({ MUG: 2 });
    expect(await w.order(order.id)).toMatchObject({ status: 'CONFIRMED', payment_status: 'AUTHORIZED', holds: [] });
    await w.expectBooksAgree();
    await w.flows.payAgain({ orderId: order.id, token: 'pm_card_mastercard' }, w.ctx());
    await rest();
    expect(await live(order)).toEqual({ MUG: 1, TEE: 1 });
    await shipAll(order);
    expect(await w.order(order.id)).toMatchObject({ status: 'FULFILLED', captured_minor: 3_249n, receivable_minor: 0n });
    await w.expectBooksAgree();
  });

  it('leaves the order as it was when nobody pays in time, and its units are for sale again', async () => {
    const before = await promised('TEE');
    const order = await asked();
    expect(await promised('TEE')).toBe(before + 1n);
    w.advanceClock(48 * HOUR_MS);
    await rest();
    expect(await edits(order)).toMatchObject([{ status: 'lapsed', held: [] }]);
    expect(await promised('TEE')).toBe(before);
    expect(await live(order)).toEqual({ MUG: 2 });
    await shipAll(order);
    expect(await w.order(order.id)).toMatchObject({ status: 'FULFILLED', captured_minor: 2_500n, receivable_minor: 0n });
    await w.expectBooksAgree();
  });

  it('may be taken back meanwhile, and ends with a cancelled order', async () => {
    const taken = await asked();
    await w.flows.edits.withdraw({ orderId: taken.id }, w.ctx());
    expect(await edits(taken)).toMatchObject([{ status: 'withdrawn' }]);
    const cancelled = await asked();
    await w.flows.cancelOrder({ orderId: cancelled.id, reason: 'customer_request' }, w.ctx());
    await rest();
    expect(await edits(cancelled)).toMatchObject([{ status: 'dropped', why: 'The order is cancelled.' }]);
    await w.expectBooksAgree();
  });
});

describe('what an edit may do', () => {
  it('is all of it or nothing: what is short is named, and nothing is changed', async () => {
    const order = await confirmed([{ sku: 'MUG', quantity: 1 }]);
    const before = await w.order(order.id);
    await expect(edit(order, [add('TEE'), add('BAG', 5_000)])).rejects.toMatchObject({
      code: 'out_of_stock',
      detail: expect.stringContaining('BAG (5000 asked'),
    });
    await expect(edit(order, [remove(lineOf(order), 1)])).rejects.toMatchObject({ code: 'state_refuses' });
    await expect(edit(order, [{ change: 'quantity', lineId: lineOf(order), quantity: 1 }])).rejects.toMatchObject({
      code: 'invalid_request',
    });
    await expect(edit(order, [add('NOTHING')])).rejects.toMatchObject({ code: 'unknown_sku' });
    expect(await w.order(order.id)).toEqual(before);
  });

  it('is what was shown: of two at once one is applied, the other sees what changed', async () => {
    const order = await confirmed([{ sku: 'TEE', quantity: 4 }]);
    const changes = [remove(lineOf(order), 1)];
    const { fingerprint } = await w.flows.edits.preview({ orderId: order.id, changes }, w.ctx());
    const both = await Promise.allSettled([edit(order, changes, { fingerprint }), edit(order, changes, { fingerprint })]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(both.find((one) => one.status === 'rejected')).toMatchObject({ reason: { code: 'plan_changed' } });
    expect(await live(order)).toEqual({ TEE: 3 });
    // One that waits keeps others out until it has ended.
    await edit(order, [add('MUG')], { undoable: true });
    await expect(edit(order, [add('MUG')])).rejects.toMatchObject({ code: 'state_refuses' });
    await rest();
    await w.expectBooksAgree();
  });

  it('can be undone for some seconds, and asked again under its key it is one', async () => {
    const order = await confirmed([{ sku: 'TEE', quantity: 2 }]);
    const input = { orderId: order.id, changes: [remove(lineOf(order), 1)], undoable: true };
    const first = await w.flows.edits.edit(input, w.ctx(), 'key-1');
    expect(await w.flows.edits.edit(input, w.ctx(), 'key-1')).toEqual(first);
    await w.flows.edits.withdraw({ orderId: order.id, editId: first.editId }, w.ctx());
    await rest();
    expect(await live(order)).toEqual({ TEE: 2 });
    await expect(w.flows.edits.withdraw({ orderId: order.id }, w.ctx())).rejects.toMatchObject({ code: 'state_refuses' });
    await w.flows.edits.edit({ ...input, undoable: true }, w.ctx());
    await rest();
    expect(await live(order)).toEqual({ TEE: 1 });
  });

  it('brings goods that were taken away back at the same price to the cent, discount and all', async () => {
    const order = await confirmed(
      [
        { sku: 'BAG', quantity: 7, unitPrice: '0.333' },
        { sku: 'MUG', quantity: 2, discountMinor: 3n },
      ],
      { shipping: { name: 'Standard', priceMinor: 490n }, discountMinor: 101n },
    );
    const was = await worth(order);
    await edit(order, [remove(lineOf(order), 3), remove(lineOf(order, 1), 1)]);
    await edit(order, [add('BAG', 3), add('MUG', 1)]);
    expect(await worth(order)).toBe(was);
    expect(log(order)).toEqual([['authorization', Number(was)]]);
    // What was there already, in one edit: nothing is asked and nothing moves.
    await edit(order, [remove(lineOf(order), 2), add('BAG', 2), add('TEE')]);
    await rest();
    expect(await worth(order)).toBe(was + 1_999n);
    await w.expectBooksAgree();
  });

  it('changes the delivery and the address beside the goods, as one amount', async () => {
    const order = await w.place({ lines: [{ sku: 'MUG', quantity: 1 }], shipping: { name: 'Standard', priceMinor: 490n } });
    await w.flows.holdOrder({ orderId: order.id, hold: 'manual', reason: 'wait' }, w.ctx());
    await w.settle();
    const address = { line1: 'Via Milano 2', city: 'Torino', postalCode: '10121', country: 'IT' };
    await edit(order, [add('TEE'), { change: 'shipping', name: 'Express', priceMinor: 990n }, { change: 'address', address }]);
    await rest();
    expect(await worth(order)).toBe(1_250n + 1_999n + 990n);
    expect(await w.order(order.id)).toMatchObject({ ship_to: address });
    expect(await live(order)).toEqual({ MUG: 1, TEE: 1, shipping: 1 });
    await w.flows.releaseOrder({ orderId: order.id, hold: 'manual', reason: 'go' }, w.ctx());
    await rest();
    await shipAll(order);
    await expect(edit(order, [add('TEE')])).rejects.toMatchObject({ code: 'state_refuses' });
    expect(await w.order(order.id)).toMatchObject({ status: 'FULFILLED', captured_minor: 4_239n, receivable_minor: 0n });
    await w.expectBooksAgree();
  });
});

it('ends the same wherever its worker is killed', async () => {
  const died = await dieEverywhere(
    { pool: w.db.pool, outside: w.outside, clock: w.clock },
    {
      begin: () => confirmed([{ sku: 'MUG', quantity: 2 }], { token: 'pm_card_incrementDeclined' }),
      work: async (flows, order) => {
        await flows.edits.edit(
          { orderId: order.id, changes: [add('TEE'), remove(lineOf(order), 1)] },
          w.ctx(),
          `edit-${order.id}`,
        );
        await w.settle(flows);
      },
      end: async (order, how) => {
        // Whoever asked asks again under the same key.
        await w.flows.edits.edit(
          { orderId: order.id, changes: [add('TEE'), remove(lineOf(order), 1)] },
          w.ctx(),
          `edit-${order.id}`,
        );
        await rest();
        expect(await live(order), how).toEqual({ MUG: 1, TEE: 1 });
        expect(log(order), how).toEqual([
          ['authorization', 2_500],
          ['authorization', 749],
        ]);
        expect(await edits(order), how).toMatchObject([{ status: 'applied', held: [] }]);
      },
    },
  );
  expect(died).toBeGreaterThan(4);
  await w.expectBooksAgree();
}, 120_000);
