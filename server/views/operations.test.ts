import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../kernel/ids.ts';
import { addJobs } from '../platform/queue.ts';
import { createTestDatabase, type TestDatabase } from '../platform/testing/test-database.ts';
import { auditWords, fieldChanges, listAudit } from './audit.ts';
import { consistentWorld } from './integrity/consistent-world-fixture.ts';
import { countJobs, countSagas, listJobs, listSagas } from './jobs.ts';

let db: TestDatabase;
const ALL = { merchantId: null, customerId: null };
const world = consistentWorld();
const user = newId();

beforeAll(async () => {
  db = await createTestDatabase();
  await world.insert(db.ownerPool);
  await db.pool.query(
    `INSERT INTO users (id, email, email_normalized, name, role, created_at) VALUES ($1, 'a@w.test', 'a@w.test', 'Agnes', 'admin', now())`,
    [user],
  );
});
afterAll(() => db?.drop());

describe('the audit list', () => {
  const orderId = String(world.tables.get('orders')?.[0]?.id);
  const orderNumber = String(world.tables.get('orders')?.[0]?.number);

  beforeAll(async () => {
    for (let n = 1; n <= 5; n += 1) {
      await db.pool.query(
        `INSERT INTO audit_log (id, at, actor, action, entity, entity_id, merchant_id, before, after, reason, trace_id)
         VALUES ($1, now(), $2, $3, $4, $5, $6, $7, $8, 'because', $9)`,
        n % 2 === 0
          ? [
              newId(),
              `user:${user}`,
              'order.tagged',
              'order',
              orderId,
              world.merchantId,
              { tags: [] },
              { tags: [n] },
              `trace${n}`,
            ]
          : [
              newId(),
              'system:sweep',
              'sku.changed',
              'sku',
              world.sku('A'),
              null,
              { price: 1, code: 'A' },
              { price: n, code: 'A' },
              `trace${n}`,
            ],
      );
    }
  });

  it('reads newest first, page by page, with names and the fields that differ', async () => {
    const first = await listAudit(db.pool, ALL, { limit: 2 });
    expect(first.items).toMatchObject([
      {
        entity: 'sku',
        entityLabel: 'A',
        actor: { kind: 'system', name: 'sweep' },
        changes: [{ field: 'price', before: 1, after: 5 }],
      },
      {
        entity: 'order',
        entityLabel: orderNumber,
        actor: { kind: 'user', name: 'Agnes' },
        changes: [{ field: 'tags', before: [], after: [4] }],
      },
    ]);
    const second = await listAudit(db.pool, ALL, { limit: 3, after: first.next ?? undefined });
    expect(second.items.map((row) => row.traceId)).toEqual(['trace3', 'trace2', 'trace1']);
    expect(second.next).toBeNull();
  });

  it.each([
    [{ actor: `user:${user}` }, 2],
    [{ entity: 'sku' }, 3],
    [{ entityId: orderId }, 2],
    [{ action: 'sku.changed', traceId: 'trace3' }, 1],
    [{ traceId: 'none' }, 0],
  ])('finds by %o', async (filter, count) => {
    expect((await listAudit(db.pool, ALL, filter)).items).toHaveLength(count);
  });

  it('shows a merchant only its own', async () => {
    const { items } = await listAudit(db.pool, { merchantId: world.merchantId, customerId: null }, {});
    expect(items.map((row) => row.entity)).toEqual(['order', 'order']);
    expect((await listAudit(db.pool, { merchantId: newId(), customerId: null }, {})).items).toEqual([]);
  });

  it('names every kind of record once', async () => {
    expect(await auditWords(db.pool)).toEqual({ entities: ['order', 'sku'] });
  });

  it('tells a field that appeared from one that became null', () => {
    expect(fieldChanges(null, { a: 1 })).toEqual([{ field: 'a', before: undefined, after: 1 }]);
    expect(fieldChanges({ a: 1, b: { c: 2 } }, { a: null, b: { c: 2 } })).toEqual([{ field: 'a', before: 1, after: null }]);
  });
});

describe('jobs and sagas', () => {
  it('are listed by state, dead letters with their error', async () => {
    const later = new Date(Date.now() + 3_600_000);
    await addJobs(db.pool, [
      { task: 'purge-expired', payload: {} },
      { task: 'sweep-sagas', payload: {}, runAt: later },
      { task: 'sweep-webhooks', payload: {}, maxAttempts: 1 },
    ]);
    await db.ownerPool.query(
      `UPDATE graphile_worker._private_jobs j SET attempts = 1, last_error = 'Error: no' FROM graphile_worker._private_tasks t
       WHERE t.id = j.task_id AND t.identifier = 'sweep-webhooks'`,
    );
    expect(await countJobs(db.pool)).toEqual({ dead: 1, running: 0, ready: 1, retrying: 0, scheduled: 1 });
    expect(await listJobs(db.pool, 'dead')).toMatchObject([
      { task: 'sweep-webhooks', state: 'dead', attempts: 1, lastError: 'Error: no' },
    ]);
    expect(await listJobs(db.pool, 'scheduled')).toMatchObject([{ task: 'sweep-sagas', runAt: later }]);
    expect(await listJobs(db.pool, 'running')).toEqual([]);
  });

  it('that are open lead to their order', async () => {
    const pending = world.tables.get('orders')?.find((order) => order.status === 'PENDING');
    expect(await countSagas(db.pool, ALL)).toEqual({ stuck: 0, retrying: 0, waiting: 1, running: 0, compensating: 0 });
    const { items, next } = await listSagas(db.pool, ALL, {});
    expect(next).toBeNull();
    expect(items).toMatchObject([{ status: 'waiting', step: 'authorize', orderNumber: pending?.number }]);
    expect((await listSagas(db.pool, ALL, { status: 'stuck' })).items).toEqual([]);
    expect((await listSagas(db.pool, { merchantId: newId(), customerId: null }, {})).items).toEqual([]);
  });
});
