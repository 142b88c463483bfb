import { afterAll, beforeAll, expect, it } from 'vitest';
import { newId } from '../kernel/ids.ts';
import { createWebhookStore } from '../platform/stored-webhooks.ts';
import { processWebhooks } from './process-webhook.ts';
import { type OrderWorld, orderWorld } from './testing/order-world.ts';

let w: OrderWorld;
beforeAll(async () => {
  w = await orderWorld();
});
afterAll(() => w?.close());

const statuses = async (ids: readonly string[]): Promise<unknown[]> =>
  (await w.db.pool.query('SELECT status FROM inbound_webhooks WHERE id = ANY($1::uuid[]) ORDER BY id', [ids])).rows.map(
    ({ status }) => status,
  );

/** News of a payment of each order, stored as they came. */
async function news(orderIds: readonly string[]): Promise<string[]> {
  const store = createWebhookStore(w.db.pool);
  const sent = orderIds.map((orderId) => ({
    source: 'psp',
    externalId: `evt_${newId()}`,
    topic: 'payment_intent.updated',
    payload: { orderId, paymentRef: null },
    receivedAt: new Date(),
  }));
  // The second delivery of an event, in the same batch, is known.
  expect(await Promise.all([...sent, ...sent.slice(0, 1)].map((one) => store.store(one)))).toEqual([
    ...sent.map(() => false),
    true,
  ]);
  const { rows } = await w.db.pool.query<{ id: string }>(
    'SELECT id FROM inbound_webhooks WHERE external_id = ANY($1::text[]) ORDER BY id',
    [sent.map(({ externalId }) => externalId)],
  );
  return rows.map(({ id }) => id);
}

const waiting = async (): Promise<string> => (await w.place({ lines: [{ sku: 'MUG', quantity: 1 }] })).id;

it('acts on news of many payments in one turn, and tells news of nobody apart', async () => {
  const ids = await news([await waiting(), await waiting(), newId()]);
  let turns = 0;
  const flows = {
    ...w.flows,
    wakeSagas: (...args: Parameters<typeof w.flows.wakeSagas>) => {
      turns += 1;
      return w.flows.wakeSagas(...args);
    },
  };
  await processWebhooks(w.db.pool, flows, ids, w.ctx(), { lastTry: false });
  expect(await statuses(ids)).toEqual(['processed', 'processed', 'ignored']);
  await processWebhooks(w.db.pool, flows, ids, w.ctx(), { lastTry: false });
  expect(turns).toBe(1);
});

it('one that cannot be acted upon holds back no other, and is marked on its last try', async () => {
  const bad = await waiting();
  const ids = await news([await waiting(), bad, await waiting()]);
  const flows = {
    ...w.flows,
    wakeSagas: async (orderIds: readonly string[], ctx: Parameters<typeof w.flows.wakeSagas>[1]) => {
      if (orderIds.includes(bad)) throw new Error('planted');
      return w.flows.wakeSagas(orderIds, ctx);
    },
  };
  await expect(processWebhooks(w.db.pool, flows, ids, w.ctx(), { lastTry: false })).rejects.toThrow('planted');
  expect(await statuses(ids)).toEqual(['processed', 'received', 'processed']);
  await expect(processWebhooks(w.db.pool, flows, ids, w.ctx(), { lastTry: true })).rejects.toThrow('planted');
  expect(await statuses(ids)).toEqual(['processed', 'failed', 'processed']);
  await processWebhooks(w.db.pool, w.flows, ids, w.ctx(), { lastTry: false });
  expect(await statuses(ids)).toEqual(['processed', 'processed', 'processed']);
});

it('leaves an order alone whose call is on its way: news of the very answer that it waits for', async () => {
  const [calling, idle] = [await waiting(), await waiting()];
  await w.db.pool.query(`UPDATE sagas SET state = state || '{"calling": true}' WHERE order_id = $1`, [calling]);
  const ids = await news([calling, idle]);
  const jobs = async (): Promise<number> => (await w.db.ownerPool.query('SELECT FROM graphile_worker.jobs')).rowCount ?? 0;
  const holder = await w.db.pool.connect();
  try {
    // Whoever wants to lock it waits for us, and longer than a transaction may.
    await holder.query('BEGIN');
    await holder.query('SELECT FROM orders WHERE id = $1 FOR UPDATE', [calling]);
    const before = await jobs();
    await processWebhooks(w.db.pool, w.flows, ids, w.ctx(), { lastTry: false });
    expect(await jobs()).toBe(before + 1);
  } finally {
    await holder.query('ROLLBACK');
    holder.release();
  }
  expect(await statuses(ids)).toEqual(['processed', 'processed']);
});
