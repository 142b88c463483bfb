import pg from 'pg';
import { newId } from '../server/kernel/ids.ts';
import { createPool } from '../server/platform/db.ts';
import { addJobs } from '../server/platform/queue.ts';
import { checkAfter } from './harness/after.ts';
import { type Bench, type BenchOptions, type BenchResult, latencyOf, ratiosOf, round } from './harness/bench.ts';
import { type Cluster, type Database, withCluster } from './harness/cluster.ts';
import { openHouse, type Process, startProcess } from './harness/house.ts';
import { furnishShop } from './harness/shop.ts';

/** What one worker process runs at once, in both contenders. */
const CONCURRENCY = 24;
const JOBS_PER_SECOND_AT_MOST = 20_000;
const ADDED_AT_ONCE = 5_000;
const LONE_JOBS = 200;
const LONE_PAUSE_MS = 20;
const LOOK_MS = 50;

/**
 * What a job costs beside its own work: sagas that are done already are advanced, which a worker finds out by one look. Latency is that of
 * lone jobs on an idle worker, from their COMMIT to their handler's own (webhooks of a topic that nobody cares for).
 */
export const bench: Bench = {
  name: 'worker',
  unit: 'jobs/s',
  what: 'Jobs through one worker process; beside it graphile-worker with its defaults.',
  run: (options) => withCluster((cluster) => run(cluster, options)),
};

async function run(cluster: Cluster, { seconds, say }: BenchOptions): Promise<BenchResult> {
  const template = await cluster.create('template');
  await furnishShop(template);
  const jobs = Math.min(seconds * JOBS_PER_SECOND_AT_MOST, 100_000);

  const ours = await cluster.copy(template, 'product');
  const house = await openHouse(ours, cluster.dir);
  let perSecond: number;
  let latency: number[];
  try {
    perSecond = await drained(ours, jobs, () => house.start('worker'));
    latency = await loneJobs(ours);
  } finally {
    await house.close();
  }
  say(`${round(perSecond)} jobs/s`);

  const theirs = await cluster.copy(template, 'plain');
  let plain: Process | undefined;
  let plainPerSecond: number;
  try {
    plainPerSecond = await drained(theirs, Math.ceil(jobs / 4), async () => {
      const args = [theirs.ownerUrl, String(CONCURRENCY)];
      plain = await startProcess('bench/baselines/plain-worker-process.ts', args, process.env, 'plain worker: ready');
    });
  } finally {
    await plain?.stop();
  }
  say(`graphile-worker's defaults: ${round(plainPerSecond)} jobs/s`);

  const { oracle } = await checkAfter(ours, [], say);
  const value = round(perSecond);
  const baselines = { graphile_defaults: round(plainPerSecond) };
  return {
    value,
    baselines,
    ratios: ratiosOf(value, baselines),
    latency_ms: latencyOf(Float64Array.from(latency)),
    oracle,
    figures: { jobs, lone_jobs: latency.length },
  };
}

/** Adds jobs, starts whoever works them off, and says how many are done per second from the first one that is. */
async function drained(database: Database, jobs: number, start: () => Promise<unknown>): Promise<number> {
  const pool = createPool({ connectionString: database.url, max: 2, name: 'bench-jobs' });
  const owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  try {
    for (let at = 0; at < jobs; at += ADDED_AT_ONCE)
      await addJobs(
        pool,
        Array.from(
          { length: Math.min(ADDED_AT_ONCE, jobs - at) },
          () => ({ task: 'advance-saga', payload: { sagaId: newId() } }) as const,
        ),
      );
    await owner.query('ANALYZE graphile_worker._private_jobs');
    const left = async (): Promise<number> => {
      const { rows } = await owner.query<{ n: number }>(
        `SELECT count(*)::int AS n FROM graphile_worker._private_jobs j JOIN graphile_worker._private_tasks t ON t.id = j.task_id WHERE t.identifier = 'advance-saga'`,
      );
      return rows[0]?.n ?? 0;
    };
    await start();
    let first: { at: number; left: number } | undefined;
    for (;;) {
      const now = await left();
      const at = performance.now();
      if (now < jobs) first ??= { at, left: now };
      if (now === 0) return first && first.left > 0 ? first.left / ((at - first.at) / 1_000) : jobs;
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  } finally {
    await owner.end();
    await pool.end();
  }
}

/** Milliseconds from the COMMIT that adds a lone job to what its handler wrote, by the database's clock. */
async function loneJobs(database: Database): Promise<number[]> {
  const pool = createPool({ connectionString: database.url, max: 2, name: 'bench-jobs' });
  try {
    for (let n = 0; n < LONE_JOBS; n++) {
      const webhookId = newId();
      await pool.query(
        `INSERT INTO inbound_webhooks (id, source, external_id, topic, payload, received_at) VALUES ($1, 'psp', $2, 'bench.nobody_cares', '{}', clock_timestamp())`,
        [webhookId, `bench-${n}`],
      );
      await addJobs(pool, [{ task: 'process-webhook', payload: { webhookId } }]);
      await new Promise((resolve) => setTimeout(resolve, LONE_PAUSE_MS));
    }
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    const { rows } = await pool.query<{ ms: number }>(
      `SELECT greatest(0, extract(epoch FROM processed_at - received_at) * 1000)::float8 AS ms FROM inbound_webhooks WHERE processed_at IS NOT NULL`,
    );
    return rows.map(({ ms }) => ms);
  } finally {
    await pool.end();
  }
}
