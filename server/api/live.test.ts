import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { newId } from '../kernel/ids.ts';
import type { Queryable } from '../platform/db.ts';
import { EVENTS_CHANNEL } from '../platform/live.ts';
import { soon } from '../platform/testing/soon.ts';
import { createTestDatabase, type TestDatabase } from '../platform/testing/test-database.ts';
import { type ApiUnderTest, startApiUnderTest } from './testing/api-under-test.ts';
import { router } from './trpc.ts';

let db: TestDatabase;
let api: ApiUnderTest;
let startedAt = 0;
const merchants = [newId(), newId()] as const;
const customers = [newId(), newId()] as const;

beforeAll(async () => {
  db = await createTestDatabase();
  api = await startApiUnderTest(db, { router: router({}), handlePublic: () => {} });
  startedAt = performance.now();
  for (const id of merchants) {
    await db.pool.query(
      `INSERT INTO merchants (id, home, slug, name, currency, country, created_at) VALUES ($1::uuid, 'EU', $1::text, 'M', 'EUR', 'DE', now())`,
      [id],
    );
  }
  for (const id of customers) await db.pool.query('INSERT INTO customers (id, created_at) VALUES ($1, now())', [id]);
});
afterAll(async () => {
  await api.stop();
  await db.drop();
});

async function addOrder(merchantId: string, customerId: string): Promise<string> {
  const id = newId();
  await db.pool.query(
    `INSERT INTO orders (id, home, merchant_id, customer_id, number, channel, currency, status, payment_status, fulfilment_status,
       total_minor, placed_at, updated_at, version)
     VALUES ($1::uuid, 'EU', $2, $3, $1::text, 'api', 'EUR', 'PENDING', 'UNPAID', 'UNALLOCATED', 0, now(), now(), 1)`,
    [id, merchantId, customerId],
  );
  return id;
}

async function write(tx: Queryable, aggregateId: string, merchantId: string | null, aggregate = 'order'): Promise<string> {
  const id = newId();
  await tx.query(
    `INSERT INTO events (id, home, merchant_id, aggregate, aggregate_id, aggregate_version, type, data, actor, trace_id, at)
     VALUES ($1, 'EU', $2, $3, $4, 1, 'order.placed', '{}', 'system:test', 't', now())`,
    [id, merchantId, aggregate, aggregateId],
  );
  await tx.query(`SELECT pg_notify('${EVENTS_CHANNEL}', '')`);
  return id;
}

interface Message {
  readonly event: string;
  readonly id: string | undefined;
  readonly data: Record<string, unknown>;
}

/** Listens as a browser would. `heard` grows as messages arrive. */
async function listen(
  cookie: string,
  query = '',
  lastEventId?: string,
): Promise<{ heard: Message[]; ids: () => unknown[]; ended: () => boolean; stop: () => void }> {
  const abort = new AbortController();
  const response = await fetch(`${api.url}/api/live${query}`, {
    headers: { cookie, ...(lastEventId ? { 'last-event-id': lastEventId } : {}) },
    signal: abort.signal,
  });
  expect(response.status).toBe(200);
  const heard: Message[] = [];
  let ended = false;
  void (async () => {
    let text = '';
    const decoder = new TextDecoder();
    try {
      for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
        text += decoder.decode(chunk, { stream: true });
        const blocks = text.split('\n\n');
        text = blocks.pop() ?? '';
        for (const block of blocks) {
          const field = (name: string): string | undefined => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
          const event = field('event');
          if (event) heard.push({ event, id: field('id'), data: JSON.parse(field('data') ?? '{}') as Record<string, unknown> });
        }
      }
    } catch {
      // aborted by the test
    }
    ended = true;
  })();
  const stop = (): void => abort.abort();
  return { heard, ids: () => heard.map((message) => message.data.id), ended: () => ended, stop };
}

test('everybody hears what they may see: staff all, a merchant its own, a customer their own orders', async () => {
  const order = await addOrder(merchants[0], customers[0]);
  const other = await addOrder(merchants[1], customers[1]);
  const staff = await listen(await api.signIn('agent'), '?topics=order,customer');
  const merchant = await listen(await api.signIn('merchant', { merchantId: merchants[0] }), '?topics=order,customer');
  const customer = await listen(await api.signIn('customer', { customerId: customers[0] }), '?topics=order,customer');
  const events = [
    await write(db.pool, order, merchants[0]),
    await write(db.pool, other, merchants[1]),
    await write(db.pool, customers[0], null, 'customer'),
    await write(db.pool, customers[1], null, 'customer'),
  ];
  await soon(() => expect(staff.ids()).toEqual(events));
  await soon(() => expect(customer.ids()).toEqual([events[0], events[2]]));
  expect(merchant.ids()).toEqual([events[0]]);
  expect(staff.heard[0]?.data).toEqual({
    id: events[0],
    type: 'order.placed',
    aggregate: 'order',
    aggregateId: order,
    aggregateVersion: 1,
    at: expect.any(String),
  });
  for (const listener of [staff, merchant, customer]) listener.stop();
});

test('strangers, API keys and wrong topics are refused', async () => {
  expect((await fetch(`${api.url}/api/live`)).status).toBe(401);
  expect((await fetch(`${api.url}/api/live`, { headers: { authorization: 'Bearer wb_live_nothing' } })).status).toBe(401);
  const cookie = await api.signIn('agent');
  expect((await fetch(`${api.url}/api/live?topics=secrets`, { headers: { cookie } })).status).toBe(400);
});

test('a topic of one object leaves the others out', async () => {
  const order = await addOrder(merchants[0], customers[0]);
  const other = await addOrder(merchants[0], customers[0]);
  const listener = await listen(await api.signIn('agent'), `?topics=order:${order}`);
  await write(db.pool, other, merchants[0]);
  const mine = await write(db.pool, order, merchants[0]);
  await soon(() => expect(listener.ids()).toEqual([mine]));
  listener.stop();
});

test('transactions that commit out of order are all told, in one order, to every listener', async () => {
  const order = await addOrder(merchants[0], customers[0]);
  const cookie = await api.signIn('agent');
  const [one, two] = [await listen(cookie), await listen(cookie)];
  const early = await db.pool.connect();
  const late = await db.pool.connect();
  await early.query('BEGIN');
  const first = await write(early, order, merchants[0]);
  await late.query('BEGIN');
  const second = await write(late, order, merchants[0]);
  await late.query('COMMIT');
  await new Promise((resolve) => setTimeout(resolve, 200));
  await early.query('COMMIT');
  early.release();
  late.release();
  await soon(() => expect(one.ids()).toEqual([first, second]));
  await soon(() => expect(two.ids()).toEqual([first, second]));
  one.stop();
  two.stop();
});

test('a browser that comes back hears what it missed, or is told to load afresh', async () => {
  const order = await addOrder(merchants[0], customers[0]);
  const cookie = await api.signIn('agent');
  const before = await listen(cookie);
  const first = await write(db.pool, order, merchants[0]);
  await soon(() => expect(before.ids()).toEqual([first]));
  before.stop();
  const missed = await write(db.pool, order, merchants[0]);
  const watcher = await listen(cookie);
  const later = await write(db.pool, order, merchants[0]);
  await soon(() => expect(watcher.ids()).toContain(later));

  const back = await listen(cookie, '', before.heard[0]?.id);
  await soon(() => expect(back.ids()).toEqual([missed, later]));
  const lost = await listen(cookie, '', '77.elsewhere');
  await soon(() => expect(lost.heard.map((message) => message.event)).toEqual(['reset']));
  for (const listener of [watcher, back, lost]) listener.stop();
});

test('what happens between reading a page and listening is told; nothing that the page knew already', async () => {
  const cookie = await api.signIn('agent');
  const order = await addOrder(merchants[0], customers[0]);
  // A process that began later than the page looked cannot know: it says reset.
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, startedAt + 3_500 - performance.now())));
  const watcher = await listen(cookie, `?topics=order:${order}`);
  const between = await write(db.pool, order, merchants[0]);
  await soon(() => expect(watcher.ids()).toEqual([between]));
  const late = await listen(cookie, `?topics=order:${order}&missed=1000`);
  await soon(() => expect(late.ids()).toEqual([between]));
  const knowing = await listen(cookie, `?topics=order:${order}`);
  const next = await write(db.pool, order, merchants[0]);
  await soon(() => expect(knowing.ids()).toEqual([next]));
  const long = await listen(cookie, `?topics=order:${order}&missed=${7 * 86_400_000}`);
  await soon(() => expect(long.heard.map(({ event }) => event)).toEqual(['reset']));
  expect((await fetch(`${api.url}/api/live?missed=soon`, { headers: { cookie } })).status).toBe(400);
  for (const listener of [watcher, late, knowing, long]) listener.stop();
});

test('one person has a bounded number of streams, and gets places back', async () => {
  const cookie = await api.signIn('agent');
  const open = [];
  for (let count = 0; count < 20; count++) open.push(await listen(cookie));
  const refused = await fetch(`${api.url}/api/live`, { headers: { cookie } });
  expect(refused.status).toBe(503);
  expect(refused.headers.get('retry-after')).toBe('10');
  open[0]?.stop();
  await soon(async () => {
    const again = await fetch(`${api.url}/api/live`, { headers: { cookie } });
    await again.body?.cancel();
    expect(again.status).toBe(200);
  });
  for (const listener of open) listener.stop();
});

test('a listener that reads nothing is cut off instead of filling the memory', async () => {
  const order = await addOrder(merchants[0], customers[0]);
  const cookie = await api.signIn('agent');
  const socket = connect(api.port, '127.0.0.1');
  socket.pause();
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.on('error', () => {});
  socket.write(`GET /api/live HTTP/1.1\r\nHost: localhost:3000\r\nCookie: ${cookie}\r\n\r\n`);
  const reader = await listen(cookie);
  // More than the kernel's buffers and ours together hold.
  for (let round = 0; round < 12; round++) {
    await db.pool.query(
      `INSERT INTO events (id, home, merchant_id, aggregate, aggregate_id, aggregate_version, type, data, actor, trace_id, at)
       SELECT gen_random_uuid(), 'EU', $1, 'order', $2, 1, 'order.placed', '{}', 'system:test', 't', now() FROM generate_series(1, 5000)`,
      [merchants[0], order],
    );
  }
  await vi.waitFor(() => expect(reader.heard.length).toBe(60_000), { timeout: 30_000 });
  await soon(async () =>
    expect(await (await fetch(`${api.url}/metrics`)).text()).toMatch(/waybill_live_connections\{[^}]*\} 1\n/),
  );
  socket.resume();
  await closed;
  reader.stop();
});
