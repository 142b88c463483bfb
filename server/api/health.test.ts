import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../platform/testing/test-database.ts';
import { type ApiUnderTest, startApiUnderTest } from './testing/api-under-test.ts';
import { router } from './trpc.ts';

let db: TestDatabase;
let api: ApiUnderTest;
beforeAll(async () => {
  db = await createTestDatabase();
  api = await startApiUnderTest(db, { router: router({}), handlePublic: () => {} });
});
afterAll(async () => {
  await api.stop();
  await db.drop();
});

const statusOf = async (path: string): Promise<number> => (await fetch(api.url + path)).status;

test('without its database the process is alive but not ready, and ready again when the database is back', async () => {
  const name = new URL(db.url).pathname.slice(1);
  const owner = new pg.Client({ connectionString: db.ownerUrl });
  await owner.connect();
  expect(await statusOf('/health/ready')).toBe(200);
  await owner.query(`ALTER DATABASE ${name} CONNECTION LIMIT 0`);
  await owner.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'waybill_app'`,
  );
  const away = await fetch(`${api.url}/health/ready`);
  expect(away.status).toBe(503);
  expect(await away.json()).toMatchObject({ checks: { process: { status: 'ok' }, database: { status: 'failed' } } });
  expect(await statusOf('/health/live')).toBe(200);
  expect(await statusOf('/metrics')).toBe(200);
  await owner.query(`ALTER DATABASE ${name} CONNECTION LIMIT -1`);
  expect(await statusOf('/health/ready')).toBe(200);
  await owner.end();
});
