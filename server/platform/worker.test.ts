import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { addJobs } from './queue.ts';
import { createTestDatabase, type TestDatabase } from './testing/test-database.ts';
import { drainQueue, type RunningWorker, startWorker, type TaskHandlers } from './worker.ts';
import { reapDeadPools } from './worker-liveness.ts';

const log = pino({ level: 'silent' });
let db: TestDatabase;
const children: ChildProcess[] = [];
const workers: RunningWorker[] = [];

beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());
beforeEach(() => db.pool.query('DELETE FROM graphile_worker._private_jobs'));
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const worker of workers.splice(0)) await worker.stop(500);
});

async function start(tasks: TaskHandlers, onLost?: () => void): Promise<RunningWorker> {
  const worker = await startWorker({ connectionString: db.url, tasks, concurrency: 4, log, ...(onLost ? { onLost } : {}) });
  workers.push(worker);
  return worker;
}

/** A worker process that takes a job and never ends it. Resolves when it has taken one. */
function startStuck(): Promise<ChildProcess> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'testing', 'stuck-worker.ts'), db.url], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  return new Promise((resolve, reject) => {
    let output = '';
    child.stdout?.on('data', (text: Buffer) => {
      output += text.toString();
      if (output.includes('took')) resolve(child);
    });
    child.once('exit', (code) => reject(new Error(`The worker ended with ${code} before it took a job`)));
  });
}

async function addSaga(sagaId: string): Promise<void> {
  await addJobs(db.pool, [{ task: 'advance-saga', payload: { sagaId } }]);
}

async function holders(): Promise<(string | null)[]> {
  const { rows } = await db.pool.query<{ locked_by: string | null }>('SELECT locked_by FROM graphile_worker.jobs ORDER BY id');
  return rows.map((row) => row.locked_by);
}

test('jobs run with checked payloads and are gone when done', async () => {
  const seen: string[] = [];
  await start({ 'advance-saga': async ({ sagaId }) => void seen.push(sagaId) });
  await Promise.all(Array.from({ length: 40 }, (_, index) => addSaga(`saga-${index}`)));
  await vi.waitFor(() => expect(new Set(seen).size).toBe(40), { timeout: 5_000 });
  await vi.waitFor(async () => expect(await holders()).toEqual([]), { timeout: 5_000 });
  expect(seen).toHaveLength(40);
});

test('the job of a worker killed with -9 runs elsewhere within seconds', async () => {
  await addSaga('orphan');
  const child = await startStuck();
  const seen: string[] = [];
  await start({ 'advance-saga': async ({ sagaId }, job) => void seen.push(`${sagaId} attempt ${job.attempt}`) });
  await new Promise((resolve) => setTimeout(resolve, 300)); // that worker's reaper has looked once
  expect(await reapDeadPools(db.pool)).toBe(0);
  expect(await holders()).toEqual([expect.stringMatching(/^pool-/)]);
  expect(seen).toEqual([]);
  child.removeAllListeners('exit');
  child.kill('SIGKILL');
  await vi.waitFor(() => expect(seen).toEqual(['orphan attempt 2']), { timeout: 10_000 });
});

test('the job of a live worker is never taken, however long it runs', async () => {
  await addSaga('slow');
  await startStuck();
  const before = await holders();
  for (let look = 0; look < 20; look++) expect(await reapDeadPools(db.pool)).toBe(0);
  const seen: string[] = [];
  await start({ 'advance-saga': async ({ sagaId }) => void seen.push(sagaId) });
  await new Promise((resolve) => setTimeout(resolve, 3_000)); // at least one look of that worker's own reaper
  expect(await holders()).toEqual(before);
  expect(seen).toEqual([]);
});

test('a pool that died before its first heartbeat is freed as well', async () => {
  await addSaga('early');
  await db.pool.query(`UPDATE graphile_worker._private_jobs SET locked_by = 'pool-never-seen', locked_at = now(), attempts = 1`);
  expect(await reapDeadPools(db.pool)).toBe(1);
  expect(await holders()).toEqual([null]);
});

test('a worker starting under load never looks dead to others', async () => {
  let ran = 0;
  let reaped = 0;
  let watching = true;
  const watch = (async () => {
    while (watching) reaped += await reapDeadPools(db.pool);
  })();
  await addJobs(
    db.pool,
    Array.from({ length: 200 }, (_, n) => ({ task: 'advance-saga', payload: { sagaId: `${n}` } }) as const),
  );
  const task: TaskHandlers = {
    'advance-saga': async () => {
      ran += 1;
      await new Promise((resolve) => setTimeout(resolve, 5));
    },
  };
  await Promise.all([start(task), start(task), start(task)]);
  await vi.waitFor(() => expect(ran).toBe(200), { timeout: 20_000 });
  watching = false;
  await watch;
  expect(reaped).toBe(0);
});

test('a worker whose liveness connection breaks stops itself', async () => {
  let lost = 0;
  const seen: string[] = [];
  await start({ 'advance-saga': async ({ sagaId }) => void seen.push(sagaId) }, () => {
    lost += 1;
  });
  await db.ownerPool.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'waybill-worker-liveness'`,
  );
  await vi.waitFor(() => expect(lost).toBe(1), { timeout: 5_000 });
  await addSaga('nobody is here');
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(seen).toEqual([]);
});

test('a thrown bug is retried later; after its last attempt the job stays as a dead letter', async () => {
  await addJobs(db.pool, [{ task: 'advance-saga', payload: { sagaId: 'bad' }, maxAttempts: 1 }]);
  await drainQueue({
    connectionString: db.url,
    concurrency: 1,
    log,
    tasks: {
      'advance-saga': async () => {
        throw new Error('a bug');
      },
    },
  });
  const { rows } = await db.pool.query('SELECT attempts, max_attempts, last_error, locked_by FROM graphile_worker.jobs');
  expect(rows).toEqual([{ attempts: 1, max_attempts: 1, last_error: expect.stringContaining('a bug'), locked_by: null }]);
});

test('draining runs what can run now, and what that adds, and leaves the future alone', async () => {
  const seen: string[] = [];
  await addSaga('first');
  await addJobs(db.pool, [{ task: 'advance-saga', payload: { sagaId: 'future' }, runAt: new Date('2040-01-01') }]);
  await drainQueue({
    connectionString: db.url,
    concurrency: 2,
    log,
    tasks: {
      'advance-saga': async ({ sagaId }) => {
        seen.push(sagaId);
        if (sagaId === 'first') await addSaga('second');
      },
    },
  });
  expect(seen).toEqual(['first', 'second']);
  expect(await holders()).toEqual([null]);
});
