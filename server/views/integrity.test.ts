import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Tx } from '../platform/db.ts';
import { createTestDatabase, type TestDatabase } from '../platform/testing/test-database.ts';
import { CORRUPTIONS } from './integrity/corruptions-fixture.ts';
import { FAMILIES, LEDGER_REFERENCES, ORDER_REFERENCES, type Reference, STOCK_REFERENCES } from './integrity/references.ts';
import { inspectionScope } from './integrity/scope.ts';
import { consistentWorld } from './integrity/world-fixture.ts';
import { checkIntegrity, INVARIANTS, inspect } from './integrity.ts';

let db: TestDatabase;
const now = new Date('2026-11-22T12:00:00Z');

beforeAll(async () => {
  db = await createTestDatabase();
  await consistentWorld().insert(db.ownerPool);
});
afterAll(() => db?.drop());

/** Plants something as the owner, without triggers and foreign keys, looks at everything, and takes it back. */
async function foundAfter(plant: string): Promise<Map<string, readonly string[]>> {
  const client = await db.ownerPool.connect();
  try {
    await client.query('BEGIN');
    await client.query('SET LOCAL session_replication_role = replica');
    await client.query(plant);
    const findings = await inspect(client as Tx, await inspectionScope(client as Tx, { full: true, now }));
    return new Map(findings.filter((f) => f.state === 'violated').map((f) => [f.id, f.samples]));
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
}

describe('a world in order', () => {
  it('breaks no invariant, and says that the provider was not asked', async () => {
    const { report } = await checkIntegrity(db.pool, { full: true, now });
    expect(report.invariants.filter((f) => f.state === 'violated')).toEqual([]);
    expect(report).toMatchObject({ full: true, violations: 0, unchecked: 1 });
    expect(report.invariants.find((f) => f.state === 'not_checked')).toMatchObject({
      id: 'money.provider_captures',
      note: 'not checked (no provider log)',
    });
  });
});

describe('one planted mistake', () => {
  it('exists for every invariant', () => {
    expect(new Set(CORRUPTIONS.map((c) => c.invariant))).toEqual(new Set(INVARIANTS.map((i) => i.id)));
  });

  it.each(CORRUPTIONS)('$invariant reports: $what', async ({ invariant, plant, also = [] }) => {
    const found = await foundAfter(plant);
    expect([...found.keys()].sort()).toEqual([invariant, ...also].sort());
    expect(found.get(invariant)?.length).toBeGreaterThan(0);
  });
});

describe('a reference to nothing', () => {
  const cases: readonly (Reference & { readonly invariant: string })[] = [
    ...LEDGER_REFERENCES.map((r) => ({ ...r, invariant: 'ledger.references' })),
    ...STOCK_REFERENCES.map((r) => ({ ...r, invariant: 'stock.references' })),
    ...ORDER_REFERENCES.map((r) => ({ ...r, invariant: 'orders.references' })),
  ];

  it.each(cases)('is reported for $table.$column', async ({ invariant, table, column }) => {
    const found = await foundAfter(
      `ALTER TABLE ${table} DROP CONSTRAINT IF EXISTS a_second_phase_names_its_hold;
       UPDATE ${table} SET ${column} = gen_random_uuid() WHERE ctid = (SELECT ctid FROM ${table} LIMIT 1)`,
    );
    expect(found.get(invariant)?.join()).toContain(`${table}.${column}`);
  });

  it.each(FAMILIES)('to another order’s row is reported for %s.%s', async (child, column) => {
    const found = await foundAfter(
      `UPDATE ${child} c SET order_id = (SELECT id FROM orders o WHERE o.id <> c.order_id LIMIT 1)
       WHERE ctid = (SELECT ctid FROM ${child} WHERE ${column} IS NOT NULL LIMIT 1)`,
    );
    expect(found.get('orders.families')?.join()).toContain(`${child}.${column}`);
  });
});

describe('the provider', () => {
  it('is asked for every capture, and its differences are violations', async () => {
    const asked: number[] = [];
    const { report } = await checkIntegrity(db.pool, {
      full: true,
      now,
      provider: async (operations, complete) => {
        asked.push(operations.length, Number(complete));
        return operations.map((operation) => `${operation.id}: captured twice`);
      },
    });
    expect(asked).toEqual([3, 1]);
    expect(report.invariants.find((f) => f.id === 'money.provider_captures')).toMatchObject({ state: 'violated', violations: 3 });
  });

  it('that does not answer leaves its invariant unchecked', async () => {
    const { report } = await checkIntegrity(db.pool, {
      full: true,
      now,
      provider: () => Promise.reject(new Error('connection refused')),
    });
    expect(report).toMatchObject({ violations: 0, unchecked: 1 });
    expect(report.invariants.find((f) => f.id === 'money.provider_captures')).toMatchObject({
      state: 'not_checked',
      note: 'not checked (no provider log: connection refused)',
    });
  });
});
