import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mayHappen, ORDER_EVENTS, ORDER_TRANSITIONS, type OrderEvent } from '../domains/orders/rules.ts';
import { DomainError } from '../kernel/errors.ts';
import { ORDER_STATUSES, type OrderStatus } from '../kernel/vocabulary.ts';
import type { PlacedOrder } from './placed-order.ts';
import { type OrderWorld, orderWorld } from './testing/order-world.ts';

/**
 * Every status of an order and every event, each on a real order that was brought into that status: what the table allows runs and ends
 * where the table says, what it refuses is refused with its sentence and changes nothing.
 */
let w: OrderWorld;
beforeAll(async () => {
  w = await orderWorld({ stock: 100 });
});
afterAll(() => w.close());

const one = (order: PlacedOrder) => [{ lineId: order.lines[0]?.id as string, quantity: 1 }];

async function adjust(sku: string, node: number, delta: number): Promise<void> {
  const reason = delta > 0 ? 'received' : 'lost';
  const place = { merchantId: w.merchantId, skuId: w.skus[sku] as string, nodeId: w.nodes[node] as string };
  await w.flows.adjustStock({ ...place, delta, reason }, w.ctx());
}

async function emptied<T>(sku: string, work: () => Promise<T>): Promise<T> {
  const { rows } = await w.db.pool.query<{ node_id: string; on_hand: bigint }>(
    'SELECT node_id, on_hand FROM node_stock WHERE sku_id = $1',
    [w.skus[sku]],
  );
  const taken = rows
    .map((row) => ({ node: w.nodes.indexOf(row.node_id), units: Number(row.on_hand) }))
    .filter((t) => t.units > 0);
  for (const { node, units } of taken) await adjust(sku, node, -units);
  const result = await work();
  for (const { node, units } of taken) await adjust(sku, node, units);
  return result;
}

/** Lets back-offs and waits pass. */
async function finish(): Promise<void> {
  for (let i = 0; i < 3; i++) {
    await w.settle();
    w.advanceClock(61_000);
  }
  await w.settle();
}

const place = (): Promise<PlacedOrder> => w.place({ lines: [{ sku: 'MUG', quantity: 2 }] });
const hold = (order: PlacedOrder) => w.flows.holdOrder({ orderId: order.id, hold: 'manual', reason: 'to look at it' }, w.ctx());
async function readdress(order: PlacedOrder): Promise<unknown> {
  const { ship_to: seen } = (await w.order(order.id)) as { ship_to: Record<string, string> };
  return w.flows.readdressOrder({ orderId: order.id, address: ELSEWHERE, seen, releaseHold: false }, w.ctx());
}
const ELSEWHERE = { line1: 'Via Milano 2', city: 'Torino', postalCode: '10121', country: 'IT' };
const edit = (order: PlacedOrder) =>
  w.flows.edits.edit({ orderId: order.id, changes: [{ change: 'add', sku: 'TEE', quantity: 1 }] }, w.ctx());
async function reship(order: PlacedOrder): Promise<unknown> {
  const { rows } = await w.db.pool.query<{ id: string }>('SELECT id FROM shipments WHERE order_id = $1 ORDER BY id', [order.id]);
  const parcel = rows[0]?.id ?? (await someParcel(order.id));
  return w.flows.reshipOrder({ orderId: order.id, shipmentId: parcel, reason: 'lost' }, w.ctx());
}
/** An order that nothing has left has no parcel to name: one that was given up again. */
async function someParcel(orderId: string): Promise<string> {
  const { rows } = await w.db.ownerPool.query<{ id: string }>(
    `INSERT INTO shipments (id, number, order_id, merchant_id, value_minor, currency, status, version, created_at, updated_at)
     SELECT gen_random_uuid(), 'EU-S' || gen_random_uuid(), id, merchant_id, 0, 'EUR', 'CANCELLED', 1, now(), now() FROM orders WHERE id = $1
     RETURNING id`,
    [orderId],
  );
  return rows[0]?.id as string;
}
const ship = (order: PlacedOrder, units?: ReturnType<typeof one>) =>
  w.flows.shipOrder({ orderId: order.id, ...(units ? { units } : {}) }, w.ctx('warehouse'));

/** How an order gets into a status; `held` leaves a hold on it. */
const REACH: Readonly<Record<OrderStatus, (held: boolean) => Promise<PlacedOrder>>> = {
  async PENDING(held) {
    const order = await place();
    if (held) await hold(order);
    return order;
  },
  async CONFIRMED(held) {
    const order = await place();
    await w.settle();
    if (held) await hold(order);
    return order;
  },
  async PARTIALLY_FULFILLED(held) {
    const order = await REACH.CONFIRMED(false);
    await ship(order, one(order));
    await w.settle();
    if (held) await hold(order);
    return order;
  },
  async FULFILLED(held) {
    const order = await REACH.CONFIRMED(false);
    await ship(order);
    if (held) await hold(order);
    await w.settle();
    return order;
  },
  async CANCELLED(held) {
    const order = await REACH.CONFIRMED(held);
    await w.flows.cancelOrder({ orderId: order.id, reason: 'customer_request' }, w.ctx());
    await w.settle();
    return order;
  },
  async REFUNDED(held) {
    const order = await REACH.FULFILLED(held);
    await w.flows.refundOrder({ kind: 'units', orderId: order.id, reason: 'damaged' }, w.ctx());
    await w.settle();
    return order;
  },
};

/** Where a status alone does not make an event possible: how the order has to be in it. */
const PREPARE: Readonly<Partial<Record<`${OrderStatus}.${OrderEvent}`, () => Promise<PlacedOrder>>>> = {
  'CONFIRMED.allocate': async () => {
    const order = await REACH.PENDING(true);
    await w.settle();
    await w.flows.releaseOrder({ orderId: order.id, hold: 'manual', reason: 'all is well' }, w.ctx());
    return order;
  },
  'PARTIALLY_FULFILLED.allocate': async () => {
    const order = await w.place({ lines: [{ sku: 'BAG', quantity: 4 }] });
    await adjust('BAG', 0, -98);
    await adjust('BAG', 1, -100);
    await w.settle();
    await ship(order);
    await w.settle();
    await adjust('BAG', 0, 98);
    await adjust('BAG', 1, 100);
    w.advanceClock(61_000);
    return order;
  },
  // A hold keeps its units from being set aside: only then may the address change.
  'CONFIRMED.readdress': async () => {
    const order = await REACH.PENDING(true);
    await w.settle();
    return order;
  },
  'CONFIRMED.capture': async () => {
    const order = await REACH.CONFIRMED(false);
    await ship(order);
    return order;
  },
  'PARTIALLY_FULFILLED.capture': async () => {
    const order = await REACH.PARTIALLY_FULFILLED(false);
    await ship(order);
    return order;
  },
  'CONFIRMED.refund': async () => {
    const order = await REACH.CONFIRMED(false);
    await ship(order);
    await emptied('MUG', () => w.settle());
    return order;
  },
};

/** Makes an event happen to an order, through the flow that people, carriers or workers use. */
const CAUSE: Readonly<Record<OrderEvent, (order: PlacedOrder) => Promise<unknown>>> = {
  confirm: runSagas,
  allocate: runSagas,
  readdress,
  async edit(order) {
    await edit(order);
    await w.settle();
  },
  reship,
  // The shelf is empty, so that the parcel is paid and does not leave: what the capture alone does.
  capture: (order) => emptied('MUG', () => runSagas(order)),
  hold,
  release: (order) => w.flows.releaseOrder({ orderId: order.id, hold: 'manual', reason: 'all is well' }, w.ctx()),
  cancel: (order) => w.flows.cancelOrder({ orderId: order.id, reason: 'customer_request' }, w.ctx()),
  async ship(order) {
    await ship(order);
    await w.settle();
  },
  async deliver(order) {
    const { rows } = await w.db.pool.query<{ id: string }>('SELECT id FROM shipments WHERE order_id = $1', [order.id]);
    for (const { id } of rows) await w.flows.updateShipment({ shipmentId: id, status: 'DELIVERED', detail: null }, w.ctx());
  },
  async refund(order) {
    const { status } = await w.order(order.id);
    const wish = status === 'CONFIRMED' ? ({ kind: 'amount', amountMinor: 100n } as const) : ({ kind: 'units' } as const);
    const refund = async (): Promise<void> => {
      await w.flows.refundOrder({ ...wish, orderId: order.id, reason: 'damaged' }, w.ctx());
      await w.settle();
    };
    // A paid parcel that waits for its shelf must not leave meanwhile: what the refund alone does.
    await (status === 'CONFIRMED' ? emptied('MUG', refund) : refund());
  },
};
const THROUGH_SAGAS: readonly OrderEvent[] = ['confirm', 'allocate', 'capture'];

async function runSagas(order: PlacedOrder): Promise<void> {
  await w.flows.wakeSagas([order.id], w.ctx());
  await w.settle();
}

/** The sentence an event is refused with: by its flow, or by the rule where only a saga or a carrier could cause it. */
async function refusalOf(status: OrderStatus, event: OrderEvent, order: PlacedOrder): Promise<string | undefined> {
  const verdict = mayHappen(status, event);
  // The sagas of a pending order would confirm it first.
  if (status === 'PENDING' && THROUGH_SAGAS.includes(event)) return verdict.allowed ? undefined : verdict.why;
  const error = await CAUSE[event](order).then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof DomainError) return error.detail;
  if (error) throw error;
  return THROUGH_SAGAS.includes(event) || event === 'deliver' ? (verdict.allowed ? undefined : verdict.why) : undefined;
}

describe.each(ORDER_STATUSES)('%s', (status) => {
  it.each(ORDER_EVENTS.map((event) => ({ event, row: ORDER_TRANSITIONS[status][event] as readonly OrderStatus[] | string })))(
    '$event',
    async ({ event, row }) => {
      const cell = `${status}.${event}` as const;
      const order = await (PREPARE[cell] ?? (() => REACH[status](event === 'release')))();
      const before = await w.order(order.id);
      expect(before.status).toBe(status);
      if (typeof row === 'string') {
        expect(await refusalOf(status, event, order)).toBe(row);
        expect(row).toMatch(/^[A-Z].*\.$/);
        expect(await w.order(order.id)).toEqual(
          status === 'PENDING' && THROUGH_SAGAS.includes(event) ? expect.anything() : before,
        );
      } else {
        await CAUSE[event](order);
        const after = await w.order(order.id);
        expect(row).toContain(after.status);
        expect(after.version as bigint).toBeGreaterThan(before.version as bigint);
      }
      await finish();
    },
  );

  it('leaves the books in order', () => w.expectBooksAgree());
});
