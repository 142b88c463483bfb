import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../platform/testing/test-database.ts';
import type { Scope } from './scope.ts';
import { HITS_PER_KIND, lookupsFor, search } from './search.ts';
import { addManyOrders, buildShop, type ShopFixture } from './shop-fixture.ts';
import { wordsQuery } from './words.ts';

const ALL: Scope = { merchantId: null, customerId: null };
const ORDERS = 20_000;

let db: TestDatabase;
let shop: ShopFixture;

beforeAll(async () => {
  db = await createTestDatabase();
  shop = await buildShop(db.ownerPool);
  await addManyOrders(db.ownerPool, shop, ORDERS);
  await db.ownerPool.query("UPDATE skus SET barcode = '4006381333931' WHERE code = 'TENT-2'");
  await db.ownerPool.query('VACUUM ANALYZE');
});
afterAll(() => db.drop());

test.each([
  ['EU-1001', 'order', 'EU-1001'],
  ['eu-1001', 'order', 'EU-1001'],
  ['1001', 'order', 'EU-1001'],
  ['shop-77', 'order', 'EU-1001'],
  ['Ana@Example.com', 'customer', 'Ana García'],
  ['ana@ex', 'customer', 'Ana García'],
  ['+34 600 111-222', 'customer', 'Ana García'],
  ['SP123456789', 'shipment', 'S-EU-501'],
  ['s-eu-501', 'shipment', 'S-EU-501'],
  ['4242', 'payment', 'pi_north1'],
  ['pi_north1', 'payment', 'pi_north1'],
  ['re_north1', 'payment', 'pi_north1'],
  ['r-eu-9', 'refund', 'R-EU-9'],
  ['garc an', 'customer', 'Ana García'],
  ['TENT-2', 'sku', 'TENT-2'],
  ['tent-', 'sku', 'TENT-2'],
  ['person', 'sku', 'TENT-2'],
  ['4006381333931', 'sku', 'TENT-2'],
])('"%s" finds the %s %s first among its kind', async (q, kind, label) => {
  const hits = await search(db.pool, ALL, q);
  expect(hits.find((hit) => hit.kind === kind)).toMatchObject({ kind, label });
});

test('the e-mail of an order finds the order too, and each record once', async () => {
  const hits = await search(db.pool, ALL, 'ana@example.com');
  expect(hits.map((hit) => `${hit.kind} ${hit.label}`).sort()).toEqual(['customer Ana García', 'order EU-1001']);
});

test('an id finds its record whatever it is', async () => {
  expect(await search(db.pool, ALL, shop.payment)).toMatchObject([{ kind: 'payment', href: `/payments/${shop.payment}` }]);
});

test('at most eight of a kind, the exact number first', async () => {
  const hits = await search(db.pool, ALL, 'EU-1001');
  expect(hits[0]).toMatchObject({ label: 'EU-1001', by: 'number' });
  expect(hits.filter((hit) => hit.kind === 'order')).toHaveLength(HITS_PER_KIND);
});

test('what is typed is never an operator', async () => {
  for (const q of ["a' | b:*", '!!!', '& | !', '<->', "');--", '\\', 'x'.repeat(200), '%', '__', '0'.repeat(120)]) {
    await expect(search(db.pool, ALL, q)).resolves.toBeInstanceOf(Array);
  }
  expect(wordsQuery("O'Brien & !sons:*")).toBe('o:* & brien:* & sons:*');
});

test.each([
  'EU-15000',
  '15000',
  'c77@many.test',
  'c77@',
  '+491577',
  'Number77',
  'pi_EU-15000',
  '4242',
  'SP123456789',
  'ext-15000',
  'tent',
])('with 20,000 orders the search for "%s" reads no large table from end to end', async (q) => {
  const plan = await explain(q);
  for (const table of ['orders', 'customers', 'payments', 'order_lines']) expect(sequentialScans(plan)).not.toContain(table);
});

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly Plans?: readonly PlanNode[];
}

/** Captures the statement that a search sends and asks for its plan. */
async function explain(q: string): Promise<PlanNode> {
  expect(lookupsFor(q)).not.toEqual([]);
  let sent: { text: string; values: unknown[] } | undefined;
  const spy = {
    query: async (statement: { text: string; values: unknown[] }) => {
      sent = statement;
      return { rows: [] };
    },
  };
  await search(spy as unknown as TestDatabase['pool'], ALL, q);
  const { rows } = await db.pool.query(`EXPLAIN (FORMAT JSON) ${sent?.text}`, sent?.values);
  return rows[0]['QUERY PLAN'][0].Plan;
}

function sequentialScans(node: PlanNode): string[] {
  const own = node['Node Type'] === 'Seq Scan' && node['Relation Name'] ? [node['Relation Name']] : [];
  return [...own, ...(node.Plans ?? []).flatMap(sequentialScans)];
}
