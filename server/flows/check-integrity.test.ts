import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../platform/testing/test-database.ts';
import { consistentWorld } from '../views/integrity/consistent-world-fixture.ts';
import { CORRUPTIONS } from '../views/integrity/corruptions-fixture.ts';
import { integrityHistory, latestIntegrity } from '../views/integrity.ts';
import { checkAndRecord } from './check-integrity.ts';
import { decided } from './testing/sealed-books.ts';

let db: TestDatabase;
let minute = 0;
const nextMinute = () => new Date(Date.parse('2026-11-22T12:00:00Z') + 60_000 * minute++);
const check = (full: boolean) => checkAndRecord(db.pool, { full, now: nextMinute() });

beforeAll(async () => {
  db = await createTestDatabase();
  await consistentWorld().insert(db.ownerPool);
});
afterAll(() => db?.drop());

async function asOwner(...statements: readonly string[]): Promise<void> {
  const client = await db.ownerPool.connect();
  try {
    await client.query('SET session_replication_role = replica');
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.query('RESET session_replication_role');
    client.release();
  }
}
const violated = (report: { invariants: readonly { id: string; state: string }[] }) =>
  report.invariants.filter((f) => f.state === 'violated').map((f) => f.id);

describe('checks one after another', () => {
  it('start in full, then look only at what changed', async () => {
    // Whatever another database's transaction keeps undecided is looked at again.
    await decided(db.pool);
    expect(await check(false)).toMatchObject({ full: true, violations: 0 });
    expect(await check(false)).toMatchObject({ full: false, violations: 0 });
    const { latest, full } = await latestIntegrity(db.pool);
    expect(latest).toMatchObject({ full: false, violations: 0 });
    expect(full).toMatchObject({ full: true, violations: 0 });
    expect(await integrityHistory(db.pool, { limit: 10, before: null })).toHaveLength(2);
  });

  it('overlook what changed without a trace, which the full check finds', async () => {
    await asOwner(`UPDATE orders SET cancelled_minor = 1 WHERE status = 'PENDING'`);
    expect(violated(await check(false))).toEqual([]);
    expect(violated(await check(true))).toEqual(['orders.cancelled_value']);
    await asOwner(`UPDATE orders SET cancelled_minor = 0 WHERE status = 'PENDING'`);
    expect(violated(await check(true))).toEqual([]);
  });

  it('find a wrong posting from the minute it is written until it is repaired', async () => {
    const plant = CORRUPTIONS.find((c) => c.invariant === 'ledger.balanced')?.plant ?? '';
    await asOwner(plant, `UPDATE transfers SET debit_balance_minor = debit_balance_minor + 1 WHERE kind = 'x'`);
    expect(violated(await check(false))).toEqual(['ledger.balanced', 'ledger.chain']);
    expect(violated(await check(false))).toEqual(['ledger.balanced', 'ledger.chain']);
    await asOwner(
      `UPDATE accounts a SET debits_posted = a.debits_posted - 100, version = a.version - 1 WHERE code = 'goodwill:EUR'`,
      `DELETE FROM transfers WHERE kind = 'x'`,
      `DELETE FROM accounts WHERE code = 'x:USD'`,
    );
    expect(violated(await check(false))).toEqual([]);
  });

  it('find a wrong order once an event tells that it changed', async () => {
    await asOwner(
      `UPDATE orders SET cancelled_minor = 1, version = version + 1 WHERE status = 'PENDING'`,
      `INSERT INTO events (id, home, merchant_id, aggregate, aggregate_id, aggregate_version, type, data, actor, trace_id, at)
       SELECT gen_random_uuid(), home, merchant_id, 'order', id, version, 'order.tagged', '{}', 'system:test', 't', now()
       FROM orders WHERE status = 'PENDING'`,
    );
    expect(violated(await check(false))).toEqual(['orders.cancelled_value']);
    await asOwner(`UPDATE orders SET cancelled_minor = 0 WHERE status = 'PENDING'`);
    expect(violated(await check(false))).toEqual([]);
  });

  it('find wrong stock once its row moved on', async () => {
    const plant = CORRUPTIONS.find((c) => c.what === 'a promise to nobody')?.plant ?? '';
    await asOwner(plant);
    expect(violated(await check(false))).toEqual(['stock.promised']);
  });
});
