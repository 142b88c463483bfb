import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../kernel/ids.ts';
import type { Tx } from '../platform/db.ts';
import { createTestDatabase, type TestDatabase } from '../platform/testing/test-database.ts';
import { consistentWorld } from './integrity/consistent-world-fixture.ts';
import { CORRUPTIONS } from './integrity/corruptions-fixture.ts';
import type { ProviderCapture, ProviderLog } from './integrity/provider-captures.ts';
import { createPspLog } from './integrity/psp-log.ts';
import { FAMILIES, LEDGER_REFERENCES, ORDER_REFERENCES, type Reference, STOCK_REFERENCES } from './integrity/references.ts';
import { inspectionScope } from './integrity/scope.ts';
import { checkIntegrity, INVARIANTS, inspect } from './integrity.ts';

let db: TestDatabase;
let captured: readonly ProviderCapture[] = [];
const now = new Date('2026-11-22T12:00:00Z');

beforeAll(async () => {
  db = await createTestDatabase();
  const world = consistentWorld();
  await world.insert(db.ownerPool);
  const captures = world.tables.get('payment_operations')?.filter((operation) => operation.kind === 'capture') ?? [];
  captured = captures.map(({ id, amount_minor }) => ({
    operationId: String(id),
    paymentRef: 'pi',
    amountMinor: BigInt(Number(amount_minor)),
    currency: 'EUR',
  }));
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

  it.each(cases.map((found) => [`${found.table}.${found.column}`, found] as const))(
    'is reported for %s',
    async (_name, reference) => {
      const { invariant, table, column } = reference;
      const found = await foundAfter(
        `ALTER TABLE ${table} DROP CONSTRAINT IF EXISTS a_second_phase_names_its_hold,
         DROP CONSTRAINT IF EXISTS a_replacement_names_line_and_shipment, DROP CONSTRAINT IF EXISTS a_replacement_costs_nothing,
         DROP CONSTRAINT IF EXISTS only_goods_are_replaced;
       UPDATE ${table} SET ${column} = gen_random_uuid() WHERE ctid = (SELECT ctid FROM ${table} LIMIT 1)`,
      );
      expect(found.get(invariant)?.join()).toContain(`${table}.${column}`);
    },
  );

  it.each(FAMILIES)('to another order’s row is reported for %s.%s', async (child, column) => {
    const found = await foundAfter(
      `UPDATE ${child} c SET order_id = (SELECT id FROM orders o WHERE o.id <> c.order_id LIMIT 1)
       WHERE ctid = (SELECT ctid FROM ${child} WHERE ${column} IS NOT NULL LIMIT 1)`,
    );
    expect(found.get('orders.families')?.join()).toContain(`${child}.${column}`);
  });
});

describe('the provider', () => {
  const check = async (provider: ProviderLog) => {
    const { report } = await checkIntegrity(db.pool, { full: true, now, provider });
    return { report, finding: report.invariants.find((f) => f.id === 'money.provider_captures') };
  };

  it('that captured what we say, once each, agrees', async () => {
    const { finding } = await check(async () => captured);
    expect(captured).toHaveLength(3);
    expect(finding).toMatchObject({ state: 'holds', violations: 0 });
  });

  it.each([
    ['captured twice', () => [...captured, ...captured.slice(0, 1)], 'captured more than once'],
    ['never captured', () => captured.slice(1), 'knows no such capture'],
    ['captured another amount', () => captured.map((c) => ({ ...c, amountMinor: c.amountMinor + 1n })), 'at the provider'],
    [
      'captured on its own',
      () => [...captured, { ...captured[0], operationId: null } as ProviderCapture],
      'we did not ask for it',
    ],
  ])('that %s is found out', async (_what, log, says) => {
    const { finding } = await check(async () => log());
    expect(finding?.state).toBe('violated');
    expect(finding?.samples.join()).toContain(says);
  });

  it('may capture while we look: what is newer than the snapshot is no violation', async () => {
    const newer: ProviderCapture = { operationId: newId(), paymentRef: 'pi_new', amountMinor: 1n, currency: 'EUR' };
    const { finding } = await check(async (fresh) => (fresh ? captured : [...captured, newer]));
    expect(finding?.state).toBe('holds');
  });

  it('that does not answer leaves its invariant unchecked', async () => {
    const { report, finding } = await check(() => Promise.reject(new Error('connection refused')));
    expect(report).toMatchObject({ violations: 0, unchecked: 1 });
    expect(finding).toMatchObject({ state: 'not_checked', note: 'not checked (no provider log: connection refused)' });
  });

  it('is read over HTTP page by page, and 404 means that it keeps no log', async () => {
    const asked: string[] = [];
    const server = createServer((req, res) => {
      asked.push(req.url ?? '');
      if (asked.length > 3) return void res.writeHead(404).end();
      const seq = asked.length;
      const data =
        seq === 3
          ? []
          : [{ seq, operation_id: `op${seq}`, order_id: 'o', payment_intent: 'pi', amount: 100 * seq, currency: 'isk' }];
      res.end(JSON.stringify({ data, next: Math.min(seq, 2), has_more: seq === 1 }));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const log = createPspLog(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const read = [
      { operationId: 'op1', amountMinor: 1n, currency: 'ISK' },
      { operationId: 'op2', amountMinor: 2n },
    ];
    expect(await log(true)).toMatchObject(read);
    expect(await log(false)).toMatchObject(read);
    expect(asked.map((url) => new URL(url, 'http://x').searchParams.get('after'))).toEqual(['0', '1', '2']);
    await expect(log(false)).rejects.toThrow('answered 404');
    server.close();
  });
});
