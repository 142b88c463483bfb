import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../kernel/ids.ts';
import { createPool } from '../platform/db.ts';
import { createRateLimiter } from '../platform/rate-limit.ts';
import { REQUESTS_BY_KEY } from './public/limits.ts';
import { type RestAnswer, type RestWorld, restWorld, type SendOptions } from './public/testing/rest-world.ts';
import type { ApiUnderTest } from './testing/api-under-test.ts';

/** What one process has answered, another one knows: there is one database, and nothing is cached (docs/consistency.md). */
let world: RestWorld;
let elsewhere: ApiUnderTest;
const otherPool = { end: async () => {} };
beforeAll(async () => {
  world = await restWorld({ jobs: false });
  const pool = createPool({ connectionString: world.db.url, name: 'elsewhere' });
  otherPool.end = () => pool.end();
  elsewhere = await world.another(pool);
});
afterAll(async () => {
  await elsewhere?.stop();
  await otherPool.end();
  await world?.close();
});

/** Asks the other process, by REST. */
const there = (method: string, path: string, options: SendOptions = {}): Promise<RestAnswer> =>
  world.send(method, path, { ...options, at: elsewhere.url });

/** Asks the other process as the console does. */
async function look(path: string, input: unknown, cookie: string): Promise<{ status: number; text: string }> {
  const query = input === undefined ? '' : `?input=${encodeURIComponent(JSON.stringify({ json: input }))}`;
  const response = await fetch(`${elsewhere.url}/api/trpc/${path}${query}`, { headers: { cookie } });
  return { status: response.status, text: await response.text() };
}

async function place(quantity = 2): Promise<{ id: string; number: string; email: string }> {
  const email = `${newId()}@customer.example`;
  const body = {
    currency: 'EUR',
    customer: { email, name: 'Ana García' },
    lines: [{ sku: 'MUG-RED', quantity }],
    payment: { token: 'pm_card_visa' },
  };
  const { status, json } = await world.send('POST', '/orders', { body });
  expect(status).toBe(201);
  return { id: json.id, number: json.number, email };
}

describe('another process', () => {
  it('reads at once an order that another process has answered: by id, by number, in lists and in the search', async () => {
    const agent = await world.api.signIn('agent');
    for (let round = 0; round < 5; round++) {
      const { id, number, email } = await place();
      expect((await there('GET', `/orders/${id}`)).json).toMatchObject({ number, status: 'PENDING', version: 1 });
      expect((await there('GET', `/orders/${number}`)).json.id).toBe(id);
      expect((await there('GET', '/orders?limit=1')).json.data).toMatchObject([{ id }]);
      expect((await there('GET', `/orders?email=${encodeURIComponent(email)}`)).json.data).toMatchObject([{ id }]);
      for (const [path, input] of [
        ['search.find', { q: number }],
        ['search.find', { q: email }],
        ['orders.list', { q: number }],
        ['orders.get', { number }],
      ] as const) {
        const { status, text } = await look(path, input, agent);
        expect([path, status, text.includes(id)]).toEqual([path, 200, true]);
      }
    }
  });

  it('knows at once what was changed elsewhere: a note, stock, a product, a refund', async () => {
    const { id } = await place(3);
    const { available, promised } = await stock();
    await world.send('POST', `/orders/${id}/notes`, { body: { body: 'Leave it with the neighbour.' } });
    expect((await there('GET', `/orders/${id}/notes`)).json.data).toMatchObject([{ body: 'Leave it with the neighbour.' }]);
    await world.send('POST', '/stock/MUG-RED/adjustments', { body: { node: 'MAIN', reason: 'received', delta: 7 } });
    expect(await stock()).toEqual({ available: available + 7, promised });
    await place(4);
    expect(await stock()).toEqual({ available: available + 3, promised: promised + 4 });
    await world.send('POST', '/products', { body: { sku: 'CUP', name: 'A cup', price: '3' } });
    await world.send('PATCH', '/products/CUP', { body: { version: 1, price: '4' } });
    expect((await there('GET', '/products/CUP')).json).toMatchObject({ price: '4', version: 2 });
    const quote = await world.send('POST', '/quotes', {
      body: { currency: 'EUR', lines: [{ sku: 'CUP', quantity: 1 }], destination: { country: 'DE' } },
    });
    expect((await there('GET', `/quotes/${quote.json.id}`)).json).toEqual(quote.json);
    await world.send('POST', `/orders/${id}/cancel`, { body: { reason: 'customer_request' } });
    expect((await there('GET', `/orders/${id}`)).json.status).toBe('CANCELLED');
    expect((await stock()).promised).toBe(promised + 1);
  });

  async function stock(): Promise<{ available: number; promised: number }> {
    const { json } = await there('GET', '/stock/MUG-RED');
    const [{ available, promised }] = json.supply;
    return { available, promised };
  }

  it('refuses a count of what is another by now', async () => {
    const [{ on_hand: seen }] = (await there('GET', '/stock/TENT-2')).json.nodes;
    await world.send('POST', '/stock/TENT-2/adjustments', { body: { node: 'MAIN', reason: 'received', delta: 1 } });
    const count = { node: 'MAIN', reason: 'counted', counted: seen - 2, expected: seen };
    const { status, json } = await there('POST', '/stock/TENT-2/adjustments', { body: count });
    expect([status, json.code]).toEqual([409, 'conflict']);
    expect((await there('GET', '/stock/TENT-2')).json.nodes[0].on_hand).toBe(seen + 1);
  });

  it('refuses at once whose session or key was ended elsewhere', async () => {
    const cookie = await world.api.signIn('agent');
    expect((await look('auth.sessions', undefined, cookie)).status).toBe(200);
    const { rows } = await world.db.pool.query<{ id: string; user: string }>(
      'SELECT id, user_id AS user FROM sessions ORDER BY created_at DESC, id DESC LIMIT 1',
    );
    const [session] = rows;
    const ctx = { now: new Date(), actor: 'system:test', traceId: newId(), requestId: newId(), home: 'EU' };
    await world.api.app.people.endSessions({ userId: session?.user ?? '', only: session?.id ?? '' }, ctx);
    expect((await look('auth.sessions', undefined, cookie)).status).toBe(401);

    const key = await world.key(world.north);
    expect((await there('GET', '/merchant', { key })).status).toBe(200);
    const { rows: keys } = await world.db.pool.query<{ id: string }>('SELECT id FROM api_keys WHERE prefix = $1', [
      key.slice(0, 14),
    ]);
    await world.api.app.people.revokeApiKey({ apiKeyId: keys[0]?.id ?? '', merchantId: null }, ctx);
    expect((await there('GET', '/merchant', { key })).status).toBe(401);
  });

  it('shows an object at least as new as the event that told of it', async () => {
    const { id } = await place();
    let writing = true;
    const writes = Array.from({ length: 25 }, (_, n) =>
      world.send('POST', `/orders/${id}/notes`, { body: { body: `Note ${n}` } }),
    );
    void Promise.all(writes).finally(() => {
      writing = false;
    });
    let after = '';
    const heard: number[] = [];
    while (writing || heard.length < 26) {
      const { json } = await there('GET', `/events${after === '' ? '' : `?after=${encodeURIComponent(after)}`}`);
      after = json.next_cursor;
      for (const event of json.data.filter((each: { object_id: string }) => each.object_id === id)) {
        const order = (await world.send('GET', `/orders/${id}`)).json;
        expect(order.version).toBeGreaterThanOrEqual(event.object_version);
        heard.push(event.object_version);
      }
    }
    expect(heard).toEqual(Array.from({ length: 26 }, (_, n) => n + 1));
  });

  it('counts requests by itself', async () => {
    const { limits } = world.api.app;
    const key = await world.key(world.south);
    const { rows } = await world.db.pool.query<{ id: string }>('SELECT id FROM api_keys WHERE prefix = $1', [key.slice(0, 14)]);
    const frozen = createRateLimiter(() => 0);
    Object.assign(world.api.app, { limits: frozen });
    try {
      for (let n = 0; n < REQUESTS_BY_KEY.burst; n++) frozen.take(REQUESTS_BY_KEY, `api_key:${rows[0]?.id}`);
      expect((await world.send('GET', '/merchant', { key })).status).toBe(429);
      expect((await there('GET', '/merchant', { key })).status).toBe(200);
    } finally {
      Object.assign(world.api.app, { limits });
    }
  });

  it('and the books agree', () => world.expectBooksAgree());
});
