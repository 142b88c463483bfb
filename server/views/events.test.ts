import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../kernel/ids.ts';
import { soon } from '../platform/testing/soon.ts';
import { createTestDatabase, type TestDatabase } from '../platform/testing/test-database.ts';
import { listEvents } from './events.ts';

const MERCHANT = newId();
let db: TestDatabase;

beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

/** An event of a transaction with this number; all of them ended long ago. */
async function write(xid: string, merchantId: string, type = 'order.placed'): Promise<string> {
  const id = newId();
  await db.pool.query(
    `INSERT INTO events (id, home, merchant_id, aggregate, aggregate_id, aggregate_version, type, data, actor, trace_id, at, xid)
     VALUES ($1, 'EU', $2, 'order', $3, 1, $4, '{}', 'system:test', 't', now(), $5::text::xid8)`,
    [id, merchantId, newId(), type, xid],
  );
  return id;
}

const ask = (after?: string, limit = 2) => listEvents(db.pool, { merchantId: MERCHANT, aggregates: ['order'], after, limit });

test('events come in the order of their transactions, page by page, whatever the number of digits', async () => {
  const written: string[] = [];
  for (const xid of ['100', '9', '99', '10', '8']) written.push(await write(xid, MERCHANT));
  await write('11', newId());
  const [hundred, nine, ninetyNine, ten, eight] = written;
  const first = await ask();
  expect([first.items.map((event) => event.id), first.more]).toEqual([[eight, nine], true]);
  const second = await ask(first.next ?? undefined);
  expect(second.items.map((event) => event.id)).toEqual([ten, ninetyNine]);
  const last = await ask(second.next ?? undefined);
  expect([last.items.map((event) => event.id), last.more]).toEqual([[hundred], false]);
  const beyond = await ask(last.next ?? undefined);
  expect([beyond.items, beyond.next]).toEqual([[], last.next]);
});

test('an event stays hidden while a transaction that began before it still runs', async () => {
  const client = await db.pool.connect();
  try {
    await client.query('BEGIN');
    await client.query('SELECT pg_current_xact_id()');
    const { rows } = await db.pool.query<{ id: string }>(
      `INSERT INTO events (id, home, merchant_id, aggregate, aggregate_id, aggregate_version, type, data, actor, trace_id, at)
       VALUES ($1, 'EU', $2, 'order', $1, 1, 'order.noted', '{}', 'system:test', 't', now()) RETURNING id`,
      [newId(), MERCHANT],
    );
    const seen = async () => (await ask(undefined, 50)).items.some((event) => event.id === rows[0]?.id);
    expect(await seen()).toBe(false);
    await client.query('COMMIT');
    await soon(async () => expect(await seen()).toBe(true));
  } finally {
    client.release();
  }
});

test('a cursor is the place of its event, whatever number its transaction had on another server', async () => {
  const page = await ask(undefined, 1);
  const [value, id] = JSON.parse(Buffer.from(page.next as string, 'base64url').toString()) as [string, string];
  const elsewhere = Buffer.from(JSON.stringify([`9${value}000000`, id])).toString('base64url');
  expect(await ask(elsewhere)).toEqual(await ask(page.next as string));
});

test('a cursor that is not one of ours is refused', async () => {
  for (const cursor of [
    'x',
    'WyIxIl0',
    Buffer.from('["99999999999999999999","00000000-0000-7000-8000-000000000000"]').toString('base64url'),
    // Of an event that happened after the backup that was restored.
    Buffer.from('["12","00000000-0000-7000-8000-000000000000"]').toString('base64url'),
  ]) {
    await expect(ask(cursor)).rejects.toMatchObject({ code: 'invalid_request' });
  }
});
