import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { anyPort } from './cli/ports.ts';
import { addJobs } from './platform/queue.ts';
import { createTestDatabase, type TestDatabase } from './platform/testing/test-database.ts';

let db: TestDatabase;
const children: ChildProcess[] = [];
beforeAll(async () => {
  db = await createTestDatabase();
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(() => db.drop());

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** One process of Waybill, as an operator starts it. */
function start(
  args: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): { child: ChildProcess; output: () => string; ended: Promise<Ended> } {
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(import.meta.dirname, 'main.ts'), ...args],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH,
        NODE_ENV: 'production',
        DATABASE_URL: db.url,
        WAYBILL_SECRET: 'a secret of the tests, long enough',
        WAYBILL_DATA_KEY: Buffer.alloc(32, 7).toString('base64'),
        PSP_SECRET_KEY: 'sk_of_this_test',
        PSP_WEBHOOK_SECRET: 'whsec_of_this_test',
        CARRIER_API_KEY: 'carrier_of_this_test',
        CARRIER_WEBHOOK_SECRET: 'whsec_carrier_of_this_test',
        ...variables,
      },
    },
  );
  children.push(child);
  let output = '';
  const collect = (chunk: Buffer): void => {
    output += chunk.toString();
  };
  child.stdout?.on('data', collect);
  child.stderr?.on('data', collect);
  const ended = new Promise<Ended>((resolve) => child.once('close', (code) => resolve({ code, output })));
  return { child, output: () => output, ended };
}

const ready = (running: { output: () => string }): Promise<void> =>
  vi.waitFor(() => expect(running.output()).toContain('"message":"ready"'), { timeout: 30_000, interval: 100 });

test('the api process serves, and SIGTERM ends it in order', async () => {
  const port = await anyPort();
  const api = start(['--role', 'api'], {
    PORT: String(port),
    WEB_PORT: String(await anyPort()),
    WAYBILL_ORIGIN: `http://localhost:${port}`,
  });
  await ready(api);
  expect((await fetch(`http://127.0.0.1:${port}/health/ready`)).status).toBe(200);
  expect((await fetch(`http://127.0.0.1:${port}/api/trpc/auth.me`)).status).toBe(200);
  api.child.kill('SIGTERM');
  expect((await api.ended).code).toBe(0);
});

test('the worker process runs what waits, and SIGTERM ends it in order', async () => {
  await addJobs(db.pool, [{ task: 'purge-expired', payload: {} }]);
  const port = await anyPort();
  const worker = start(['--role', 'worker'], { WORKER_PORT: String(port) });
  await ready(worker);
  await vi.waitFor(() => expect(worker.output()).toContain('expired rows removed'), { timeout: 10_000 });
  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  expect(metrics).toMatch(/waybill_job_seconds_count\{[^}]*task="purge-expired"[^}]*outcome="done"[^}]*\} 1/);
  worker.child.kill('SIGTERM');
  expect((await worker.ended).code).toBe(0);
  const { rows } = await db.pool.query('SELECT FROM graphile_worker.jobs WHERE locked_by IS NOT NULL');
  expect(rows).toEqual([]);
});

test('a worker comes back by itself when the database was away', async () => {
  const worker = start(['--role', 'worker']);
  await ready(worker);
  const limit = (count: number): Promise<unknown> =>
    db.ownerPool.query(`ALTER DATABASE ${new URL(db.url).pathname.slice(1)} CONNECTION LIMIT ${count}`);
  await limit(0);
  await db.ownerPool.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'waybill-worker%'`,
  );
  await vi.waitFor(() => expect(worker.output()).toContain('could not start; trying again'), { timeout: 20_000 });
  await limit(-1);
  await vi.waitFor(() => expect(worker.output()).toContain('the worker is back'), { timeout: 20_000 });
  await addJobs(db.pool, [{ task: 'purge-expired', payload: {} }]);
  await vi.waitFor(() => expect(worker.output()).toContain('expired rows removed'), { timeout: 10_000 });
  const { rows } = await db.pool.query(`SELECT FROM pg_stat_activity WHERE application_name = 'waybill-worker-liveness'`);
  expect(rows).toHaveLength(1); // one new worker, not two
  worker.child.kill('SIGTERM');
  expect((await worker.ended).code).toBe(0);
});

test('what keeps a process from starting is one sentence', async () => {
  const none = await start([]).ended;
  expect(none).toEqual({ code: 1, output: 'Say which process this is: --role api, --role web or --role worker.\n' });
  const unset = await start(['--role', 'api'], { WAYBILL_SECRET: 'short' }).ended;
  expect(unset.code).toBe(1);
  expect(unset.output).toMatch(/^The environment is not complete: WAYBILL_SECRET: .*docs\/environment\.md\.\n$/);
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, resolve));
  const address = taken.address();
  const port = typeof address === 'object' && address ? String(address.port) : '';
  const second = await start(['--role', 'api'], { PORT: port }).ended;
  expect(second.code).toBe(1);
  expect(second.output).toContain(`Port ${port} is taken.`);
  await new Promise((resolve) => taken.close(resolve));
});
