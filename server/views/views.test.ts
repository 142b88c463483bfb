import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DomainError } from '../kernel/errors.ts';
import { createTestDatabase, type TestDatabase } from '../platform/testing/test-database.ts';
import { listApprovals } from './approvals.ts';
import { listCustomers, readCustomer } from './customers.ts';
import { agentHome, financeHome, healthFigures } from './homes.ts';
import { listMyOrders, readMyOrder } from './my-orders.ts';
import { readNodeWork } from './node-work.ts';
import { readOrder } from './order.ts';
import { countOrders, listOrders } from './orders.ts';
import { listInDoubt, listPayments, readPayment } from './payments.ts';
import { listProducts, readProduct } from './products.ts';
import { nodeQueues, readQueue } from './queue.ts';
import { listRefunds } from './refunds.ts';
import { salesByDay } from './sales.ts';
import type { Scope } from './scope.ts';
import { search } from './search.ts';
import { listShipments, readShipment } from './shipments.ts';
import { buildShop, type ShopFixture } from './shop-fixture.ts';
import { listMovements, listStock, readStock } from './stock.ts';
import { readTracking } from './track.ts';

const ALL: Scope = { merchantId: null, customerId: null };

let db: TestDatabase;
let shop: ShopFixture;

beforeAll(async () => {
  db = await createTestDatabase();
  shop = await buildShop(db.ownerPool);
});
afterAll(() => db.drop());

const north = (): Scope => ({ merchantId: shop.merchants[0], customerId: null });
const south = (): Scope => ({ merchantId: shop.merchants[1], customerId: null });
const bo = (): Scope => ({ merchantId: null, customerId: shop.customers[1] });

describe('the order page', () => {
  test('shows each range of units with its frozen share, and the shares add up to the line', async () => {
    const { lines } = await readOrder(db.pool, ALL, 'eu-1001');
    const [line] = lines;
    expect(line?.spans.map((span) => [span.fromUnit, span.toUnit, span.state, span.totalMinor])).toEqual([
      [1, 1, 'shipped', 333n],
      [2, 3, 'allocated', 667n],
    ]);
    expect(line?.spans[0]).toMatchObject({ shipmentNumber: 'S-EU-501', refundNumber: 'R-EU-9', nodeCode: 'BER' });
    expect(line?.unitPrice).toBe('3.333333');
  });

  test('tells the story newest first, with names, causes, and the note in place of its event', async () => {
    const { timeline, notes } = await readOrder(db.pool, ALL, 'EU-1001');
    expect(timeline.map((entry) => entry.type)).toEqual(['shipment.shipped', 'note', 'order.confirmed', 'order.placed']);
    expect(timeline[0]?.actor).toMatchObject({ kind: 'user', name: 'Agnes Agent' });
    expect(timeline[2]).toMatchObject({ cause: 'order.placed', actor: { kind: 'system', name: 'worker' } });
    expect(timeline[3]?.actor).toMatchObject({ kind: 'api_key', name: null });
    expect(notes.map((note) => note.body)).toEqual(['Asked for a call']);
  });

  test('shows every attempt at the provider, the stuck saga, the refund and who waits for approval', async () => {
    const page = await readOrder(db.pool, ALL, 'EU-1001');
    expect(page.payments[0]?.operations.map((operation) => [operation.kind, operation.status])).toEqual([
      ['authorize', 'succeeded'],
      ['refund', 'unknown'],
    ]);
    expect(page.sagas[0]).toMatchObject({ status: 'stuck', step: 'refund-payment', error: { message: 'No answer' } });
    expect(page.refunds[0]).toMatchObject({ number: 'R-EU-9', requestedBy: { name: 'Agnes Agent' } });
    expect(page.refunds[0]?.lines[0]).toMatchObject({ fromUnit: 1, toUnit: 1, totalMinor: 333n });
    expect(page.approvals[0]).toMatchObject({ summary: 'Refund of EUR 3.33' });
    expect(page.customer).toMatchObject({ name: 'Ana García', orders: 1 });
    expect(page.shipments[0]?.updates[0]).toMatchObject({ detail: 'Left the depot' });
  });
});

test("a node's page says what waits there", async () => {
  const held = await readNodeWork(db.pool, ALL, shop.nodes[0]);
  expect(held).toMatchObject({ nodeCode: 'BER', orders: 0, requests: 0, purchaseOrders: 0 });
  await db.ownerPool.query("UPDATE orders SET holds = '{}' WHERE id = $1", [shop.orders[0]]);
  expect(await readNodeWork(db.pool, ALL, shop.nodes[0])).toMatchObject({ orders: 1, picking: 0, packed: 0, manifests: [] });
  await db.ownerPool.query("UPDATE orders SET holds = '{manual}' WHERE id = $1", [shop.orders[0]]);
});

describe("another merchant's and another customer's rows", () => {
  const foreign: readonly [string, (scope: Scope) => Promise<unknown>][] = [
    ['order', (scope) => readOrder(db.pool, scope, 'EU-1001')],
    ['my order', (scope) => readMyOrder(db.pool, scope, 'EU-1001', new Date())],
    ['payment', (scope) => readPayment(db.pool, scope, shop.payment)],
    ['shipment', (scope) => readShipment(db.pool, scope, 'S-EU-501')],
    ['customer', (scope) => readCustomer(db.pool, scope, shop.customers[0])],
    ['product', (scope) => readProduct(db.pool, scope, 'TENT-2')],
    ['stock', (scope) => readStock(db.pool, scope, 'TENT-2')],
  ];
  test.each(foreign)('%s is not found', async (_name, read) => {
    await expect(read(ALL)).resolves.toBeDefined();
    for (const scope of [south(), bo()]) {
      await expect(read(scope)).rejects.toSatisfy((error) => error instanceof DomainError && error.code === 'not_found');
    }
  });

  const lists: readonly [string, (scope: Scope) => Promise<{ items: unknown[] } | unknown[]>][] = [
    ['orders', (scope) => listOrders(db.pool, scope, { q: 'ana@example.com' })],
    ['orders of that merchant', (scope) => listOrders(db.pool, scope, { merchantId: shop.merchants[0] })],
    ['payments', (scope) => listPayments(db.pool, scope, {})],
    ['payments in doubt', (scope) => listInDoubt(db.pool, scope, {})],
    ['refunds', (scope) => listRefunds(db.pool, scope, {})],
    ['shipments', (scope) => listShipments(db.pool, scope, {})],
    ['movements', (scope) => listMovements(db.pool, scope, { skuId: shop.skus[0] })],
    ['approvals', (scope) => listApprovals(db.pool, scope, { status: 'pending' })],
    ['customers', (scope) => listCustomers(db.pool, scope, { q: 'Ana' })],
    ['products', (scope) => listProducts(db.pool, scope, { q: 'tent' })],
    ['stock', (scope) => listStock(db.pool, scope, { q: 'tent' })],
    ['search', (scope) => search(db.pool, scope, 'EU-1001')],
    ['search by name', (scope) => search(db.pool, scope, 'garc')],
    ['search by card', (scope) => search(db.pool, scope, '4242')],
    ['nodes', async (scope) => (await nodeQueues(db.pool, scope)).filter((node) => node.code === 'BER')],
  ];
  test.each(lists)('%s are not listed', async (_name, list) => {
    const rows = async (scope: Scope) => {
      const found = await list(scope);
      return Array.isArray(found) ? found : found.items;
    };
    expect(await rows(ALL)).not.toEqual([]);
    expect(await rows(north())).not.toEqual([]);
    expect(await rows(south())).toEqual([]);
    expect(await rows(bo())).toEqual([]);
  });

  test('do not count', async () => {
    expect(await countOrders(db.pool, ALL)).toMatchObject({ all: 2, held: 1, in_doubt: 1, pending: 1 });
    expect(await countOrders(db.pool, south())).toMatchObject({ all: 1, held: 0, in_doubt: 0, pending: 1 });
    expect((await agentHome(db.pool, south())).attention).toEqual([]);
    expect((await agentHome(db.pool, north())).attention.map((row) => row.why)).toEqual(['stuck', 'in_doubt']);
    expect((await agentHome(db.pool, north())).held).toMatchObject([{ number: 'EU-1001', holds: ['manual'] }]);
    expect((await agentHome(db.pool, north(), 'fraud')).held).toEqual([]);
    const nothing = { inDoubt: 0, differences: 0, approvals: 0, payments: [], refunds: [], ledger: [] };
    expect(await financeHome(db.pool, south())).toEqual(nothing);
  });
});

describe('what a customer may see', () => {
  test('their own order, without what the staff wrote or tried', async () => {
    const ana: Scope = { merchantId: null, customerId: shop.customers[0] };
    expect((await listMyOrders(db.pool, ana, {})).items.map((row) => row.number)).toEqual(['EU-1001']);
    const order = await readMyOrder(db.pool, ana, 'EU-1001', new Date());
    expect(order.cancel).toMatchObject({ allowed: false, code: 'left' });
    const visa = { method: 'card', brand: 'visa', last4: '4242' };
    expect(order.tenders).toEqual([{ ...visa, paidMinor: 1000n }]);
    expect(order.refunds).toMatchObject([
      { number: 'R-EU-9', status: 'pending', amountMinor: 333n, legs: [{ ...visa, amountMinor: 333n }] },
    ]);
    const words = JSON.stringify(order, (_key, value) => (typeof value === 'bigint' ? Number(value) : value));
    for (const secret of ['Asked for a call', 'pi_north1', 'vip', 'manual', 'refund-payment'])
      expect(words).not.toContain(secret);
  });

  test('behind a tracking link: parcels and units, and nothing about the person or the money', async () => {
    const tracking = await readTracking(db.pool, shop.orders[0]);
    expect(tracking.parcels).toMatchObject([{ number: 'S-EU-501', contents: [{ name: 'Two person tent', units: 1 }] }]);
    expect(tracking.lines[0]?.units).toEqual([
      { state: 'shipped', units: 1 },
      { state: 'allocated', units: 2 },
    ]);
    const words = JSON.stringify(tracking);
    for (const secret of ['Ana', 'example.com', '+34', '1000', '333', '4242']) expect(words).not.toContain(secret);
  });
});

describe('the warehouse', () => {
  test('sees an order once its hold is gone', async () => {
    expect((await readQueue(db.pool, ALL, {})).items).toEqual([]);
    await db.ownerPool.query("UPDATE orders SET holds = '{}' WHERE id = $1", [shop.orders[0]]);
    const queue = await readQueue(db.pool, ALL, { nodeId: shop.nodes[0] });
    await db.ownerPool.query("UPDATE orders SET holds = '{manual}' WHERE id = $1", [shop.orders[0]]);
    expect(queue.items).toMatchObject([{ number: 'EU-1001', nodeCode: 'BER', units: 2n, lines: 1n }]);
  });

  test('calls an order late by the day it was promised for, and by its age where nobody promised one', async () => {
    const isLate = async (placedAgo: string, promisedIn: string | null) => {
      await db.ownerPool.query(
        `UPDATE orders SET holds = '{}', placed_at = now() - $2::interval, promised_from = (now() + $3::interval)::date,
           promised_by = (now() + $3::interval)::date WHERE id = $1`,
        [shop.orders[0], placedAgo, promisedIn],
      );
      const [row] = (await readQueue(db.pool, ALL, { nodeId: shop.nodes[0] })).items;
      const [node] = (await nodeQueues(db.pool, ALL)).filter((one) => one.nodeId === shop.nodes[0]);
      expect(node?.late).toBe(row?.late ? 1 : 0);
      return row?.late;
    };
    expect(await isLate('1 hour', null)).toBe(false);
    expect(await isLate('2 days', null)).toBe(true);
    expect(await isLate('2 days', '2 days')).toBe(false);
    expect(await isLate('1 hour', '-1 day')).toBe(true);
    await db.ownerPool.query(
      `UPDATE orders SET holds = '{manual}', placed_at = now(), promised_from = NULL, promised_by = NULL WHERE id = $1`,
      [shop.orders[0]],
    );
  });
});

describe('figures', () => {
  test('stock shows what may still be promised', async () => {
    const page = await readStock(db.pool, north(), 'TENT-2');
    expect(page.supply).toMatchObject([{ region: 'EU', sellable: 9n, promised: 2n, available: 7n }]);
    expect(page.nodes).toMatchObject([{ nodeCode: 'BER', onHand: 10n, allocated: 2n, safety: 1n, bin: 'A-1' }]);
  });

  test('sales name every day of both periods, and days follow the zone of the reader', async () => {
    const at = new Date();
    const [sales] = await salesByDay(db.pool, north(), 7, 'Pacific/Kiritimati', at);
    expect(sales?.days).toHaveLength(7);
    expect(sales?.previousDays).toHaveLength(7);
    expect(sales?.totalMinor).toBe(1000n);
    expect(sales?.days.at(-1)?.day).toBe(
      new Intl.DateTimeFormat('sv-SE', { timeZone: 'Pacific/Kiritimati', dateStyle: 'short' }).format(at),
    );
    expect(await salesByDay(db.pool, bo(), 7, 'UTC', at)).toMatchObject([{ totalMinor: 1200n, orders: 1 }]);
  });

  test('health counts the stuck saga', async () => {
    expect(await healthFigures(db.pool)).toMatchObject({ stuckSagas: 1, openSagas: 1, deadDeliveries: 0 });
  });
});
