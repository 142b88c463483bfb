import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type OrderWorld, orderWorld } from '../../server/flows/testing/order-world.ts';
import { newId } from '../../server/kernel/ids.ts';
import { addJobs } from '../../server/platform/queue.ts';
import { drainQueue } from '../../server/platform/worker.ts';
import { healthFigures } from '../../server/views/homes.ts';
import { listJobs } from '../../server/views/jobs.ts';
import { processWebhookTask } from './process-webhook.ts';

let w: OrderWorld;
beforeAll(async () => {
  w = await orderWorld();
});
afterAll(() => w?.close());

const webhook = async (id: string): Promise<unknown> =>
  (await w.db.pool.query('SELECT status, error, processed_at IS NOT NULL AS done FROM inbound_webhooks WHERE id = $1', [id]))
    .rows[0];

async function work(): Promise<void> {
  const settings = {
    origin: '',
    secret: '',
    dataKey: '',
    region: 'EU',
    demo: false,
    cardFieldsUrl: '',
    livePayments: false,
    mail: false,
  };
  const task = processWebhookTask({ pool: w.db.pool, flows: w.flows, settings });
  await drainQueue({
    connectionString: w.db.url,
    tasks: { 'process-webhook': task },
    concurrency: 1,
    log: pino({ level: 'silent' }),
  });
}

/** A carrier's report of a parcel that is on its way, stored and given a job that may be tried so often. */
async function report(maxAttempts: number): Promise<{ webhookId: string; shipmentId: string }> {
  const { id: orderId } = await w.place({ lines: [{ sku: 'MUG', quantity: 1 }] });
  await w.settle();
  await w.flows.shipOrder({ orderId }, w.ctx('warehouse'));
  await w.settle();
  const { rows } = await w.db.pool.query<{ id: string }>('SELECT id FROM shipments WHERE order_id = $1', [orderId]);
  const shipmentId = String(rows[0]?.id);
  const webhookId = newId();
  const payload = { shipmentId, status: 'delivered', detail: null, occurredAt: new Date().toISOString() };
  await w.db.pool.query(
    `INSERT INTO inbound_webhooks (id, source, external_id, topic, payload, received_at) VALUES ($1, 'carrier', $2, 'delivered', $3, now())`,
    [webhookId, `evt_${webhookId}`, payload],
  );
  await addJobs(w.db.pool, [{ task: 'process-webhook', payload: { webhookId }, maxAttempts }]);
  return { webhookId, shipmentId };
}

/** Nothing can be written about shipments meanwhile: a bug, as far as the task can tell. */
async function broken(run: () => Promise<void>): Promise<void> {
  await w.db.ownerPool.query(`ALTER TABLE shipments ADD CONSTRAINT nothing_goes CHECK (status <> 'DELIVERED') NOT VALID`);
  await run();
  await w.db.ownerPool.query('ALTER TABLE shipments DROP CONSTRAINT nothing_goes');
}

test('a webhook that throws on its last try has failed, is counted, and is taken up again with its job', async () => {
  const { webhookId, shipmentId } = await report(1);
  await broken(work);
  expect(await webhook(webhookId)).toEqual({ status: 'failed', error: expect.stringContaining('nothing_goes'), done: false });
  expect((await healthFigures(w.db.pool)).failedWebhooks).toBe(1);
  const dead = await listJobs(w.db.pool, 'dead');
  expect(dead).toMatchObject([{ task: 'process-webhook', attempts: 1 }]);

  await w.flows.retryJobs({ jobIds: dead.map((job) => job.id), reason: 'The constraint is gone' }, w.ctx());
  await work();
  expect(await webhook(webhookId)).toEqual({ status: 'processed', error: null, done: true });
  const { rows } = await w.db.pool.query('SELECT status FROM shipments WHERE id = $1', [shipmentId]);
  expect(rows).toEqual([{ status: 'DELIVERED' }]);
});

test('one that will be tried again is still to be processed', async () => {
  const { webhookId } = await report(2);
  await broken(work);
  expect(await webhook(webhookId)).toEqual({ status: 'received', error: null, done: false });
  expect(await listJobs(w.db.pool, 'retrying')).toMatchObject([{ task: 'process-webhook', attempts: 1 }]);
});
