import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../platform/testing/test-database.ts';
import { countOrders, listOrders, type OrderListRequest, type OrderSort } from './orders.ts';
import { encodeCursor } from './pages.ts';
import type { Scope } from './scope.ts';
import { addManyOrders, buildShop, type ShopFixture } from './shop-fixture.ts';

const ALL: Scope = { merchantId: null, customerId: null };
const ORDERS = 20_000;

let db: TestDatabase;
let shop: ShopFixture;

beforeAll(async () => {
  db = await createTestDatabase();
  shop = await buildShop(db.ownerPool);
  await addManyOrders(db.ownerPool, shop, ORDERS);
  await db.ownerPool.query('VACUUM ANALYZE');
});
afterAll(() => db.drop());

const list = (request: OrderListRequest, scope: Scope = ALL) => listOrders(db.pool, scope, request);

async function walk(request: OrderListRequest, between: (page: number) => Promise<void> = async () => {}): Promise<string[]> {
  const numbers: string[] = [];
  let after: string | undefined;
  for (let page = 0; ; page++) {
    const found = await list({ ...request, after });
    numbers.push(...found.items.map((row) => row.number));
    if (found.next === null) return numbers;
    after = found.next;
    await between(page);
  }
}

describe('pages', () => {
  test.each<OrderSort>(['-placed_at', 'placed_at', '-total', 'total'])('sorted by %s hold every order once', async (sort) => {
    const numbers = await walk({ tag: 'gift', sort, limit: 7 });
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(numbers).toHaveLength(ORDERS / 500);
  });

  test('neither repeat nor lose an order while others are placed', async () => {
    const before = await walk({ view: 'held', limit: 10 });
    const seen = await walk({ view: 'held', limit: 10 }, async (page) => {
      await db.ownerPool.query(
        `INSERT INTO orders SELECT (json_populate_record(o, json_build_object('id', gen_random_uuid(), 'number', 'EU-9' || $1, 'external_id', NULL, 'placed_at', now()))).*
         FROM orders o WHERE number = 'EU-1001'`,
        [String(page).padStart(6, '0')],
      );
    });
    await db.ownerPool.query("DELETE FROM orders WHERE number LIKE 'EU-9______'");
    expect(seen).toEqual(before);
  });

  test('refuse a cursor that was tampered with', async () => {
    const id = shop.orders[0];
    for (const after of ['x', '', encodeCursor({ value: "'; DROP TABLE orders", id }), encodeCursor({ value: '12', id: 'no' })]) {
      await expect(list({ after })).rejects.toMatchObject({ code: 'invalid_request' });
    }
  });
});

describe('filters', () => {
  test('combine', async () => {
    const { items } = await list({ status: ['PENDING', 'CONFIRMED'], merchantId: shop.merchants[0], channel: 'web', limit: 20 });
    expect(items.length).toBe(20);
    for (const row of items) {
      expect(['PENDING', 'CONFIRMED']).toContain(row.status);
      expect(row).toMatchObject({ merchantName: 'North Supply', channel: 'web' });
    }
  });

  test('by text, by hold, by day, by time', async () => {
    expect((await list({ q: 'EU-1001' })).items.map((row) => row.number)).toEqual(['EU-1001']);
    expect((await list({ q: 'garcía' })).items.map((row) => row.number)).toEqual(['EU-1001']);
    expect((await list({ q: '+46700333444' })).items.map((row) => row.number)).toEqual(['EU-1002']);
    expect((await list({ holds: ['manual'] })).items.map((row) => row.number)).toEqual(['EU-1001']);
    const from = new Date(Date.now() - 90 * 60_000);
    expect((await list({ placedFrom: from, view: 'pending' })).items.map((row) => row.number)).toContain('EU-1002');
    const day = new Date().toISOString().slice(0, 10);
    const today = await list({ placedOn: { day, timeZone: 'UTC' }, limit: 200 });
    for (const row of today.items) expect(row.placedAt.toISOString().slice(0, 10)).toBe(day);
  });

  test('a row carries the units of its goods', async () => {
    expect((await list({ q: 'EU-1001' })).items[0]).toMatchObject({ units: 3n, totalMinor: 1000n, customerName: 'Ana García' });
  });
});

test('counts stop at a hundred', async () => {
  expect(await countOrders(db.pool, ALL)).toMatchObject({ all: 100, held: 51, in_doubt: 1, refunded: 0 });
});

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly Plans?: readonly PlanNode[];
}

const scans = (node: PlanNode): string[] => [
  ...(node['Node Type'] === 'Seq Scan' && node['Relation Name'] ? [node['Relation Name']] : []),
  ...(node.Plans ?? []).flatMap(scans),
];

test.each<[string, OrderListRequest, Scope?]>([
  ['the first page', {}],
  ['a later page', { after: encodeCursor({ value: '2026-01-01 00:00:00+00', id: '01900000-0000-7000-8000-000000000000' }) }],
  ['held orders', { view: 'held' }],
  ['orders in doubt', { view: 'in_doubt' }],
  ['a status', { status: ['PENDING'] }],
  ['a tag', { tag: 'gift' }],
  ['by total', { sort: '-total' }],
  ['a text', { q: 'Number77' }],
  ['an e-mail', { q: 'c77@many.test' }],
])('with 20,000 orders %s is read by index', async (_name, request, scope = ALL) => {
  let sent: { text: string; values: unknown[] } | undefined;
  const spy = {
    query: async (statement: { text: string; values: unknown[] }) => {
      sent = statement;
      return { rows: [] };
    },
  };
  await listOrders(spy as unknown as TestDatabase['pool'], scope, request);
  const { rows } = await db.pool.query(`EXPLAIN (FORMAT JSON) ${sent?.text}`, sent?.values);
  const tables = scans(rows[0]['QUERY PLAN'][0].Plan);
  for (const table of ['orders', 'order_lines', 'customers', 'payments']) expect(tables).not.toContain(table);
});
