import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../kernel/ids.ts';
import { createLog } from '../platform/log.ts';
import { startSampling } from '../platform/process-samples.ts';
import { createTelemetry } from '../platform/telemetry.ts';
import { createTestDatabase, type TestDatabase } from '../platform/testing/test-database.ts';
import { createLiveness } from '../platform/worker-liveness.ts';
import { readHealth } from './health.ts';
import { firstIdSince } from './health-parts.ts';
import { buildShop, type ShopFixture } from './shop-fixture.ts';

let db: TestDatabase;
let shop: ShopFixture;
const log = createLog({ level: 'silent', role: 'test', region: 'EU' });
beforeAll(async () => {
  db = await createTestDatabase();
  shop = await buildShop(db.pool);
});
afterAll(() => db.drop());

const EMPTY = { lanes: {}, requests: 0, failedRequests: {}, jobs: 0, failedJobs: {}, memoryBytes: 100, loopDelayMs: 1 };

async function sample(processId: string, role: string, secondsAgo: number, figures: object): Promise<void> {
  await db.pool.query(
    `INSERT INTO process_samples (id, process_id, role, host, pid, started_at, at, seconds, figures)
     VALUES ($1, $2, $3, 'host', 1, now() - interval '1 day', now() - $4 * interval '1 second', 10, $5)`,
    [newId(), processId, role, secondsAgo, JSON.stringify({ ...EMPTY, ...figures })],
  );
}

describe('health', () => {
  test('adds up what the processes wrote down of themselves', async () => {
    const [api, worker, gone] = [newId(), newId(), newId()];
    const lane = (batches: number, requests: number, waitMs: number, worstWaitMs: number, maxDepth: number) => {
      return { batches, requests, waitMs, worstWaitMs, runMs: batches * 6, maxDepth };
    };
    await sample(api, 'api', 20, { requests: 50, lanes: { 'place-order': lane(2, 10, 20, 15, 4) }, failedRequests: { rest: 1 } });
    await sample(api, 'api', 8, {
      requests: 30,
      lanes: { 'place-order': lane(2, 30, 4, 3, 9) },
      failedRequests: { rest: 2, trpc: 1 },
    });
    await sample(worker, 'worker', 5, {
      jobs: 40,
      failedJobs: { 'advance-saga': 7 },
      queue: { runnable: 3, oldestRunnableSeconds: 12.4 },
    });
    await sample(gone, 'worker', 200, { jobs: 1 });
    await sample(gone, 'worker', 2 * 3_600, { failedJobs: { 'advance-saga': 99 } });
    const { processes, lanes, errors, minutes } = await readHealth(db.pool);
    expect(processes.map(({ processId, alive, requestsPerSecond }) => [processId, alive, requestsPerSecond])).toEqual(
      expect.arrayContaining([
        [api, true, 3],
        [worker, true, 0],
        [gone, false, 0],
      ]),
    );
    expect(lanes).toEqual([
      {
        lane: 'place-order',
        role: 'api',
        requests: 40,
        batches: 4,
        meanSize: 10,
        meanWaitMs: 6,
        worstWaitMs: 15,
        meanRunMs: 6,
        maxDepth: 9,
      },
    ]);
    expect(errors.map(({ kind, where, count }) => [kind, where, count])).toEqual([
      ['job', 'advance-saga', 7],
      ['request', 'rest', 3],
      ['request', 'trpc', 1],
    ]);
    expect(minutes).toHaveLength(60);
    expect(minutes.reduce((sum, minute) => sum + minute.requests, 0)).toBe(80);
    expect(minutes.reduce((sum, minute) => sum + minute.failures, 0)).toBe(11);
    expect(minutes.filter((minute) => minute.queueDepth !== null)).toMatchObject([{ queueDepth: 3, queueSeconds: 12 }]);
  });

  test('counts jobs by task, sagas by kind, webhooks of the hour', async () => {
    const add = (runAt: string) =>
      db.ownerPool.query(`SELECT graphile_worker.add_job('deliver-event', '{}', run_at => now() ${runAt})`);
    await add("- interval '90 seconds'");
    await add("- interval '5 seconds'");
    await add("+ interval '1 hour'");
    const webhook = (id: string, status: string) =>
      db.pool.query(
        `INSERT INTO inbound_webhooks (id, source, external_id, topic, payload, status, received_at) VALUES ($1::uuid, 'psp', $1::text, 't', '{}', $2, now())`,
        [id, status],
      );
    await webhook(newId(), 'processed');
    await webhook(newId(), 'failed');
    await webhook(firstIdSince(new Date(Date.now() - 2 * 3_600_000)), 'failed');
    const { queue, sagas, webhooks } = await readHealth(db.pool);
    const [task] = queue;
    expect(task).toMatchObject({ task: 'deliver-event', ready: 2, later: 1, running: 0, dead: 0 });
    expect(task?.oldestSeconds).toBeGreaterThanOrEqual(90);
    expect(sagas).toMatchObject([{ kind: 'refund-order', open: 1, counts: { stuck: 1, running: 0 } }]);
    expect(webhooks).toMatchObject({ received: 2, processed: 1, failed: 1, allFailed: 2 });
  });

  test('sees a worker exactly as long as it holds its lock, and the database’s own figures', async () => {
    expect((await readHealth(db.pool)).database.workers).toBe(0);
    const liveness = createLiveness(db.url, log, () => {});
    await liveness.hold('a-worker');
    const { database, people, integrity } = await readHealth(db.pool);
    expect(database.workers).toBe(1);
    expect(database.bytes).toBeGreaterThan(1_000_000n);
    expect(database.connections).toBeGreaterThanOrEqual(2);
    expect(database.byName).toContainEqual({ name: 'waybill-worker-liveness', connections: 1, busy: expect.any(Number) });
    expect(people).toMatchObject({ users: 1, apiKeys: 0 });
    expect(integrity).toBeNull();
    await liveness.release();
    await expect.poll(async () => (await readHealth(db.pool)).database.workers).toBe(0);
    expect(shop.user).toBeDefined();
  });

  test('hears of a process through its samples', async () => {
    const telemetry = createTelemetry({ role: 'api', region: 'EU' });
    telemetry.observeRequest({ route: 'rest', method: 'POST', status: 503, ms: 5 });
    telemetry.observeRequest({ route: 'rest', method: 'GET', status: 200, ms: 5 });
    telemetry.observeLane('cancel-order', { size: 3, waitMs: 2, depth: 1, runMs: 4 });
    telemetry.observeJob('advance-saga', 'failed', 3);
    const sampling = startSampling({ pool: db.pool, role: 'worker', take: telemetry.take, log, everyMs: 20 });
    const written = () =>
      db.pool
        .query(`SELECT figures FROM process_samples WHERE pid = $1 ORDER BY id LIMIT 1`, [process.pid])
        .then(({ rows }) => rows[0]);
    await expect.poll(written).toBeDefined();
    await sampling.stop();
    expect((await written())?.figures).toMatchObject({
      requests: 2,
      failedRequests: { rest: 1 },
      jobs: 1,
      failedJobs: { 'advance-saga': 1 },
      lanes: { 'cancel-order': { batches: 1, requests: 3, waitMs: 2, worstWaitMs: 2, runMs: 4, maxDepth: 1 } },
      queue: { runnable: expect.any(Number) },
    });
    expect(telemetry.take()).toMatchObject({ requests: 0, lanes: {} });
  });
});
