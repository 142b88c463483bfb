import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  FULFILMENT_STATUSES,
  HOLDS,
  ORDER_STATUSES,
  PAYMENT_STATES,
  PAYMENT_STATUSES,
  REFUND_STATUSES,
  SHIPMENT_STATUSES,
} from '../kernel/vocabulary.ts';
import { createTestDatabase, type TestDatabase } from '../platform/testing/test-database.ts';
import { bigTables, type ReportedPlan, seqScansIn, wastefulScansIn, watchedPool } from '../testing/plans.ts';
import { listCustomers, readCustomer } from './customers.ts';
import { agentHome } from './homes.ts';
import { listMails } from './mails.ts';
import { listMyOrders } from './my-orders.ts';
import { readOrder } from './order.ts';
import { countOrders, listOrders, ORDER_SORTS, ORDER_VIEWS, type OrderListRequest, orderFacets } from './orders.ts';
import { encodeCursor } from './pages.ts';
import { listInDoubt, listPayments, readPayment } from './payments.ts';
import { buildHistory } from './plans-fixture.ts';
import { listRefunds } from './refunds.ts';
import { listRestOrders, readRestOrder } from './rest-orders.ts';
import type { Scope } from './scope.ts';
import { search } from './search.ts';
import { listShipments, readShipment } from './shipments.ts';
import type { ShopFixture } from './shop-fixture.ts';

/** Enough that an index is worth its way to a planner. */
const ORDERS = 6_000;
const BIG_ROWS = 1_000;
/** A list may look at more rows than it shows, but not at all there are. */
const IN_VAIN = ORDERS / 4;
const ALL: Scope = { merchantId: null, customerId: null };

let db: TestDatabase;
let shop: ShopFixture;
let pool: pg.Pool;
let big: ReadonlySet<string>;
let plans: ReportedPlan[] = [];

beforeAll(async () => {
  db = await createTestDatabase();
  shop = await buildHistory(db.ownerPool, ORDERS);
  big = await bigTables(db, BIG_ROWS);
  pool = await watchedPool(db, (plan) => plans.push(plan));
});
afterAll(async () => {
  await pool.end();
  await db.drop();
});

/** The big tables that a read went through, or mostly in vain, each with its statement. */
async function wasteOf(read: () => Promise<unknown>): Promise<string[]> {
  plans = [];
  await read();
  expect(plans).not.toHaveLength(0);
  return plans.flatMap(({ statement, plan }) =>
    [...seqScansIn(plan), ...wastefulScansIn(plan, IN_VAIN)]
      .filter((table) => big.has(table))
      .map((table) => `${table}: ${statement.slice(0, 300)}`),
  );
}

const merchant = (): Scope => ({ merchantId: shop.merchants[0], customerId: null });
/** Of nobody: the lists of whoever is new are short because little is theirs. */
const newcomer: Scope = { merchantId: '00000000-0000-7000-8000-000000000001', customerId: null };

const LISTS: readonly OrderListRequest[] = [
  ...ORDER_VIEWS.flatMap((view) => ORDER_SORTS.map((sort) => ({ view, sort }))),
  ...ORDER_STATUSES.map((status) => ({ status: [status] })),
  { status: ['PENDING', 'REFUNDED'] },
  ...PAYMENT_STATUSES.map((status) => ({ paymentStatus: [status] })),
  { paymentStatus: ['AUTHORIZED', 'FAILED'] },
  ...FULFILMENT_STATUSES.map((status) => ({ fulfilmentStatus: [status] })),
  { fulfilmentStatus: ['ALLOCATED', 'EXCEPTION'] },
  ...HOLDS.map((hold) => ({ holds: [hold] })),
  { channel: 'pos' },
  { channel: 'nobody' },
  { tag: 'vip' },
  { tag: 'nobody' },
  { merchantId: newcomer.merchantId ?? undefined },
  { customerId: newcomer.merchantId ?? undefined },
  { placedFrom: new Date(Date.now() + 60_000) },
  { placedTo: new Date(0) },
  { placedOn: { day: '2020-02-02', timeZone: 'Europe/Berlin' } },
  { placedSince: { day: '2120-02-02', timeZone: 'Europe/Berlin' } },
  ...['EU-1001', 'shop-77', 'ana@example.com', '+34600111222', 'garcía'].map((q) => ({ q })),
];

test.each([
  ['everybody', () => ALL],
  ['a merchant', merchant],
  ['a new merchant', () => newcomer],
] as const)('every filter, tab and sort order of orders has an index: as %s sees them', async (_, scope) => {
  const waste = new Map<string, string[]>();
  const position = { value: '2026-01-01 00:00:00+00', id: shop.orders[0] };
  for (const request of [...LISTS, { after: encodeCursor(position) }]) {
    const found = await wasteOf(() => listOrders(pool, scope(), request));
    if (found.length > 0) waste.set(JSON.stringify(request), found);
  }
  expect(Object.fromEntries(waste)).toEqual({});
});

type Read = (scope: Scope) => Promise<unknown>;

/** One read per value. */
function each<T extends string>(what: string, values: readonly T[], read: (value: T) => Read): Record<string, Read> {
  return Object.fromEntries(values.map((value) => [`${what}: ${value}`, read(value)]));
}

test('so have lists over REST, and those of shipments, payments, refunds, customers and mails', async () => {
  const reads: Readonly<Record<string, Read>> = {
    'over REST': (scope) => listRestOrders(pool, scope, {}),
    ...each('orders over REST', ORDER_STATUSES, (one) => (scope) => listRestOrders(pool, scope, { status: [one] })),
    ...each('payment over REST', PAYMENT_STATUSES, (one) => (scope) => listRestOrders(pool, scope, { paymentStatus: [one] })),
    ...each(
      'fulfilment over REST',
      FULFILMENT_STATUSES,
      (one) => (scope) => listRestOrders(pool, scope, { fulfilmentStatus: [one] }),
    ),
    'external id': (scope) => listRestOrders(pool, scope, { externalId: 'nobody' }),
    'e-mail': (scope) => listRestOrders(pool, scope, { email: 'nobody@example.com' }),
    shipments: (scope) => listShipments(pool, scope, {}),
    'shipments of a node': (scope) => listShipments(pool, scope, { nodeId: shop.nodes[1] }),
    ...each('shipments', SHIPMENT_STATUSES, (one) => (scope) => listShipments(pool, scope, { status: [one] })),
    payments: (scope) => listPayments(pool, scope, {}),
    ...each('payments', PAYMENT_STATES, (one) => (scope) => listPayments(pool, scope, { status: [one] })),
    'in doubt': (scope) => listInDoubt(pool, scope, {}),
    refunds: (scope) => listRefunds(pool, scope, {}),
    ...each('refunds', REFUND_STATUSES, (one) => (scope) => listRefunds(pool, scope, { status: [one] })),
    customers: (scope) => listCustomers(pool, scope, {}),
    'registered customers': (scope) => listCustomers(pool, scope, { guest: false }),
    'customers by name': (scope) => listCustomers(pool, scope, { q: 'garcía' }),
    mails: (scope) => listMails(pool, scope, { accounts: false }),
    'mails of an order': (scope) => listMails(pool, scope, { accounts: false, orderId: shop.orders[0] }),
    counts: (scope) => countOrders(pool, scope),
    facets: (scope) => orderFacets(pool, scope),
    home: (scope) => agentHome(pool, scope),
  };
  const waste = new Map<string, string[]>();
  for (const [name, read] of Object.entries(reads))
    for (const scope of [ALL, merchant(), newcomer]) {
      const found = await wasteOf(() => read(scope));
      if (found.length > 0) waste.set(`${name} ${JSON.stringify(scope)}`, found);
    }
  expect(Object.fromEntries(waste)).toEqual({});
});

test('so have the pages of one order, shipment, payment and customer', async () => {
  const reads = [
    () => readOrder(pool, ALL, 'EU-1001'),
    () => readRestOrder(pool, merchant(), 'EU-1001'),
    () => readShipment(pool, ALL, 'S-EU-501'),
    () => readPayment(pool, ALL, shop.payment),
    () => readCustomer(pool, ALL, shop.customers[0]),
    () => readCustomer(pool, merchant(), shop.customers[0]),
    () => listMyOrders(pool, { merchantId: null, customerId: shop.customers[0] }, {}),
  ];
  for (const read of reads) expect(await wasteOf(read)).toEqual([]);
});

test.each([
  ...['EU-1001', 'EU-10', '1001', 'shop-77', 'ana@example.com', 'ana@', '+34600111222', 'SP123456789', 'S-EU-501', '4242'],
  ...['pi_north1', 're_north1', 'R-EU-9', 'garcía', 'gar', 'MUG-RED', '01a21e61-43f1-7194-a7e4-227174e41454'],
])('so has the search for %s', async (q) => {
  for (const scope of [ALL, merchant(), newcomer]) expect(await wasteOf(() => search(pool, scope, q))).toEqual([]);
});

test('what has no index is noticed, whether a planner scans the table or walks an index that is of no help', async () => {
  const read = (hint: string) =>
    wasteOf(async () => {
      const client = await pool.connect();
      await client.query(`SET enable_seqscan = ${hint}`);
      await client.query(`SELECT FROM orders WHERE currency = 'none' ORDER BY placed_at LIMIT 50`);
      await client.query('RESET enable_seqscan');
      client.release();
    });
  expect(await read('on')).toContainEqual(expect.stringMatching(/^orders: SELECT FROM orders WHERE currency/));
  expect(await read('off')).toContainEqual(expect.stringMatching(/^orders: SELECT FROM orders WHERE currency/));
});
