import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { newId } from '../kernel/ids.ts';
import type { Queryable } from './db.ts';
import { createLiveHub, EVENTS_CHANNEL, type LiveEvent, type LiveHub } from './live.ts';
import { soon } from './testing/soon.ts';
import { createTestDatabase, type TestDatabase } from './testing/test-database.ts';

let db: TestDatabase;
let hub: LiveHub;
let heard: LiveEvent[];

beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(async () => {
  await hub.stop();
  await db.drop();
});
beforeEach(async () => {
  await hub?.stop();
  hub = createLiveHub({ pool: db.pool, connectionString: db.url, log: pino({ level: 'silent' }) });
  await hub.start();
  heard = [];
  hub.subscribe((events) => heard.push(...events));
});

async function write(tx: Queryable, aggregateId = newId()): Promise<string> {
  const id = newId();
  await tx.query(
    `INSERT INTO events (id, home, aggregate, aggregate_id, aggregate_version, type, data, actor, trace_id, at)
     VALUES ($1, 'EU', 'order', $2, 1, 'order.placed', '{}', 'system:test', 't', now())`,
    [id, aggregateId],
  );
  await tx.query(`SELECT pg_notify('${EVENTS_CHANNEL}', '')`);
  return id;
}

const ids = (): string[] => heard.map((event) => event.id);

test('a committed event is heard once', async () => {
  const id = await write(db.pool);
  await soon(() => expect(ids()).toEqual([id]));
});

test('events of transactions that commit in another order than they began are all heard, each once', async () => {
  const early = await db.pool.connect();
  const late = await db.pool.connect();
  await early.query('BEGIN');
  const first = await write(early); // has the smaller transaction id, and is still open
  await late.query('BEGIN');
  const second = await write(late);
  await late.query('COMMIT');
  // The later transaction is visible, but telling it now would step over the open one.
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(ids()).toEqual([]);
  await early.query('COMMIT');
  await soon(() => expect(ids()).toEqual([first, second]));
  early.release();
  late.release();
});

test('under many concurrent writers nothing is skipped or told twice', async () => {
  const written = await Promise.all(
    Array.from({ length: 60 }, async (_, index) => {
      const client = await db.pool.connect();
      try {
        await client.query('BEGIN');
        const id = await write(client);
        await new Promise((resolve) => setTimeout(resolve, (index * 37) % 50));
        await client.query(index % 10 === 9 ? 'ROLLBACK' : 'COMMIT');
        return index % 10 === 9 ? undefined : id;
      } finally {
        client.release();
      }
    }),
  );
  const expected = written.filter((id) => id !== undefined).sort();
  await soon(() => expect(ids().sort()).toEqual(expected));
});

test('events are heard without notifications, and after the listening connection was cut', async () => {
  await db.ownerPool.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'waybill-live'`);
  const id = await write(db.pool);
  await soon(() => expect(ids()).toContain(id));
});

test('a known position can be caught up from; an unknown one says so', async () => {
  const first = await write(db.pool);
  await soon(() => expect(ids()).toEqual([first]));
  const second = await write(db.pool);
  await soon(() => expect(ids()).toEqual([first, second]));
  const cursor = heard[0]?.cursor ?? '';
  expect(hub.since(cursor)?.map((event) => event.id)).toEqual([second]);
  expect(hub.since('1.nowhere')).toBeUndefined();
});

test('waiting for an object looks again after each of its events, and gives up in time', async () => {
  const orderId = newId();
  let looks = 0;
  const found = hub.waitFor(orderId, async () => (++looks > 1 ? 'confirmed' : undefined), 5_000);
  await write(db.pool); // somebody else's
  await write(db.pool, orderId);
  expect(await found).toBe('confirmed');
  expect(looks).toBe(2);
  expect(await hub.waitFor(orderId, async () => undefined, 50)).toBeUndefined();
});
