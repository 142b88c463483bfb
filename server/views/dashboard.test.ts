import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../kernel/ids.ts';
import { createTestDatabase, type TestDatabase } from '../platform/testing/test-database.ts';
import { type Period, readDashboard } from './dashboard.ts';
import { listOrders } from './orders.ts';
import { salesByDay } from './sales.ts';
import type { Scope } from './scope.ts';
import { addManyOrders, buildShop, type ShopFixture } from './shop-fixture.ts';

/**
 * A week in Vienna, written by hand. Now is Friday 27 November 2026, 10:00; the period is 21 to 27 November, the one before it 14 to
 * 20. Vienna is an hour ahead of UTC then: what is placed at 23:30 UTC belongs to the next day.
 */
const NOW = new Date('2026-11-27T09:00:00Z');
const VIENNA: Period = { days: 7, timeZone: 'Europe/Vienna', now: NOW };

let db: TestDatabase;
let shop: ShopFixture;
beforeAll(async () => {
  db = await createTestDatabase();
  shop = await buildShop(db.pool);
  // The fixture's own orders are of the present day; these tests have a calendar of their own.
  await db.ownerPool.query("UPDATE orders SET placed_at = '2020-01-01', updated_at = '2020-01-01'");
  await db.ownerPool.query("UPDATE shipments SET shipped_at = '2020-01-02'");
  await writeWeek();
});
afterAll(() => db.drop());

interface Written {
  readonly placed: string;
  readonly status: string;
  /** Net of 3 units and tax of all; nothing is discounted but where said. */
  readonly netMinor: number;
  readonly taxMinor?: number;
  readonly discountMinor?: number;
  readonly sku?: string;
  readonly quantity?: number;
  readonly cancelledUnits?: number;
  readonly captured?: number;
  readonly refunded?: number;
  readonly shipped?: string;
}

let numbers = 5_000;
async function write(order: Written): Promise<void> {
  const { placed, status, netMinor, taxMinor = 0, discountMinor = 0, sku = 'TENT-2', quantity = 1, cancelledUnits = 0 } = order;
  const [id, line, total] = [newId(), newId(), netMinor - discountMinor + taxMinor];
  const share = (amount: number) => Math.floor((amount * cancelledUnits) / quantity);
  const cancelled = share(netMinor) - share(discountMinor) + share(taxMinor);
  await db.ownerPool.query(
    `INSERT INTO orders (id, home, merchant_id, number, channel, currency, status, payment_status, fulfilment_status, total_minor, cancelled_minor,
       captured_minor, refunded_minor, placed_at, updated_at, version)
     VALUES ($1, 'EU', $2, $3, 'web', 'EUR', $4, 'UNPAID', 'UNALLOCATED', $5, $6, $7, $8, $9, $9, 1)`,
    [id, shop.merchants[0], `EU-${numbers++}`, status, total, cancelled, order.captured ?? 0, order.refunded ?? 0, placed],
  );
  await db.ownerPool.query(
    `INSERT INTO order_lines (id, order_id, position, kind, sku_code, name, stocked, quantity, unit_price, net_minor, discount_minor, tax_minor, total_minor, tax_rate)
     VALUES ($1, $2, 1, 'item', $3, $3, true, $4, 1, $5, $6, $7, $8, 0)`,
    [line, id, sku, quantity, netMinor, discountMinor, taxMinor, total],
  );
  const span = 'INSERT INTO line_spans (line_id, from_unit, to_unit, order_id, state) VALUES ($1, $2, $3, $4, $5)';
  if (cancelledUnits > 0) await db.ownerPool.query(span, [line, 1, cancelledUnits, id, 'cancelled']);
  if (cancelledUnits < quantity) await db.ownerPool.query(span, [line, cancelledUnits + 1, quantity, id, 'open']);
  if (!order.shipped) return;
  await db.ownerPool.query(
    `INSERT INTO shipments (id, number, order_id, merchant_id, node_id, status, value_minor, currency, version, created_at, shipped_at, updated_at)
     VALUES ($1, $2, $3, $4, $5, 'SHIPPED', 0, 'EUR', 1, $6, $6, $6)`,
    [newId(), `EU-S${numbers}`, id, shop.merchants[0], shop.nodes[0], order.shipped],
  );
}

async function writeWeek(): Promise<void> {
  // The 20th in UTC, the 21st in Vienna: the first of the period. 3 units of 10.00 less a discount of 1.00 and tax of 2.00: 31.00 in all,
  // of which one unit is cancelled: its shares are 10.00 − 0.33 + 0.66 = 10.33, so 20.67 are left.
  await write({
    placed: '2026-11-20T23:30:00Z',
    status: 'CONFIRMED',
    netMinor: 3_000,
    discountMinor: 100,
    taxMinor: 200,
    quantity: 3,
    cancelledUnits: 1,
  });
  await write({
    placed: '2026-11-24T08:00:00Z',
    status: 'FULFILLED',
    netMinor: 5_000,
    captured: 5_000,
    shipped: '2026-11-24T10:00:00Z',
  });
  await write({
    placed: '2026-11-24T12:00:00Z',
    status: 'REFUNDED',
    netMinor: 1_000,
    sku: 'MUG',
    captured: 1_000,
    refunded: 1_000,
    shipped: '2026-11-24T16:00:00Z',
  });
  await write({
    placed: '2026-11-24T13:00:00Z',
    status: 'FULFILLED',
    netMinor: 700,
    sku: 'MUG',
    captured: 700,
    shipped: '2026-11-25T19:00:00Z',
  });
  await write({ placed: '2026-11-27T08:00:00Z', status: 'CANCELLED', netMinor: 900, cancelledUnits: 1 });
  // The week before: one order, paid, half of it given back, shipped after eight hours.
  await write({
    placed: '2026-11-16T08:00:00Z',
    status: 'FULFILLED',
    netMinor: 2_000,
    captured: 2_000,
    refunded: 1_000,
    shipped: '2026-11-16T16:00:00Z',
  });
  // Two weeks and more ago: in neither.
  await write({
    placed: '2026-11-13T22:59:59Z',
    status: 'FULFILLED',
    netMinor: 9_999,
    captured: 9_999,
    shipped: '2026-11-13T22:59:59Z',
  });
}

const north = (): Scope => ({ merchantId: shop.merchants[0], customerId: null });
const south = (): Scope => ({ merchantId: shop.merchants[1], customerId: null });

describe("a merchant's week", () => {
  test('counts orders by the state they are in now, every state named', async () => {
    const { states, from } = await readDashboard(db.pool, north(), VIENNA);
    expect(from).toBe('2026-11-21');
    expect(Object.fromEntries(states.map(({ status, orders }) => [status, orders]))).toEqual({
      PENDING: 0,
      CONFIRMED: 1,
      PARTIALLY_FULFILLED: 0,
      FULFILLED: 2,
      CANCELLED: 1,
      REFUNDED: 1,
    });
  });

  test('is what the list shows that its bars lead to', async () => {
    const { states, from } = await readDashboard(db.pool, north(), VIENNA);
    for (const { status, orders } of states) {
      const placedSince = { day: from, timeZone: VIENNA.timeZone };
      const { items } = await listOrders(db.pool, north(), { status: [status], placedSince });
      expect([status, items.length]).toEqual([status, orders]);
    }
  });

  test('measures from the order to the carrier: the middle, and the slow tenth, by the day the parcels left', async () => {
    const { fulfilment, previousFulfilment, fulfilmentDays } = await readDashboard(db.pool, north(), VIENNA);
    // Two, four and thirty hours: the middle is 4 h, the 90th percentile lies 8/10 of the way from 4 h to 30 h: 24.8 h.
    expect(fulfilment).toEqual({ parcels: 3, medianSeconds: 4 * 3_600, p90Seconds: 89_280 });
    expect(previousFulfilment).toEqual({ parcels: 1, medianSeconds: 8 * 3_600, p90Seconds: 8 * 3_600 });
    expect(fulfilmentDays).toHaveLength(7);
    expect(fulfilmentDays.find(({ day }) => day === '2026-11-24')).toMatchObject({ parcels: 2, medianSeconds: 3 * 3_600 });
    expect(fulfilmentDays.find(({ day }) => day === '2026-11-26')).toMatchObject({
      parcels: 0,
      medianSeconds: null,
      p90Seconds: null,
    });
  });

  test('says how many of the paid orders got money back', async () => {
    const { refunds, previousRefunds } = await readDashboard(db.pool, north(), VIENNA);
    expect(refunds).toEqual({ paidOrders: 3, refundedOrders: 1, rate: 1 / 3 });
    expect(previousRefunds).toEqual({ paidOrders: 1, refundedOrders: 1, rate: 1 });
  });

  test('ranks goods by what was earned with the units that were not cancelled, to the cent', async () => {
    const { topSkus } = await readDashboard(db.pool, north(), VIENNA);
    expect(topSkus).toEqual([
      { currency: 'EUR', skuCode: 'TENT-2', name: 'TENT-2', units: 3n, revenueMinor: 7_067n },
      { currency: 'EUR', skuCode: 'MUG', name: 'MUG', units: 2n, revenueMinor: 1_700n },
    ]);
    const [sales] = await salesByDay(db.pool, north(), 7, VIENNA.timeZone, NOW);
    expect(topSkus.reduce((sum, sku) => sum + sku.revenueMinor, 0n)).toBe(sales?.totalMinor);
  });

  test('is unknown, not zero, where nothing happened, and is nobody else’s', async () => {
    const { states, refunds, fulfilment, topSkus } = await readDashboard(db.pool, south(), VIENNA);
    expect(states.every(({ orders }) => orders === 0)).toBe(true);
    expect(refunds.rate).toBeNull();
    expect(fulfilment).toEqual({ parcels: 0, medianSeconds: null, p90Seconds: null });
    expect(topSkus).toEqual([]);
  });

  test('keeps the day of the reader: in UTC the first order is a week earlier’s', async () => {
    const { states } = await readDashboard(db.pool, north(), { ...VIENNA, timeZone: 'UTC' });
    expect(states.find(({ status }) => status === 'CONFIRMED')?.orders).toBe(0);
  });
});

test('a large shop is read by the index of its merchant and time', async () => {
  await addManyOrders(db.ownerPool, shop, 20_000);
  await db.ownerPool.query('ANALYZE');
  const { rows } = await db.ownerPool.query<{ 'QUERY PLAN': string }>(
    `EXPLAIN SELECT status, count(*) FROM orders o WHERE o.merchant_id = '${shop.merchants[0]}' AND o.placed_at >= now() - interval '7 days' GROUP BY 1`,
  );
  expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toContain('orders_by_merchant_placed');
});
