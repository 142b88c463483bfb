import { afterAll, beforeAll, expect, test } from 'vitest';
import { withTx } from './db.ts';
import { addJobs, queueFigures } from './queue.ts';
import { createTestDatabase, type TestDatabase } from './testing/test-database.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

const ID = '01900000-0000-7000-8000-000000000001';

interface JobRow {
  task_identifier: string;
  key: string | null;
  priority: number;
  run_at: Date;
}

async function jobs(): Promise<JobRow[]> {
  const { rows } = await db.pool.query<JobRow>(
    'SELECT task_identifier, key, priority, run_at FROM graphile_worker.jobs ORDER BY id',
  );
  return rows;
}

async function emptyQueue(): Promise<void> {
  await db.pool.query('DELETE FROM graphile_worker._private_jobs');
}

test('a batch of jobs is one statement, one notification, and lives or dies with its transaction', async () => {
  await emptyQueue();
  const listener = await db.pool.connect();
  let notified = 0;
  listener.on('notification', () => {
    notified += 1;
  });
  await listener.query('LISTEN "jobs:insert"');
  const batch = Array.from({ length: 500 }, () => ({ task: 'advance-saga', payload: { sagaId: ID } }) as const);

  await expect(
    withTx(db.pool, async (tx) => {
      await addJobs(tx, batch);
      throw new Error('changed my mind');
    }),
  ).rejects.toThrow('changed my mind');
  expect(await jobs()).toHaveLength(0);

  await withTx(db.pool, (tx) => addJobs(tx, batch));
  expect(await jobs()).toHaveLength(500);
  await listener.query('SELECT 1'); // notifications arrive before the answer of a later query
  expect(notified).toBe(1);
  await listener.query('UNLISTEN *');
  listener.release();
});

test('a key keeps one waiting job; the last wish of a batch wins', async () => {
  await emptyQueue();
  const later = new Date('2040-01-01T00:00:00Z');
  await addJobs(db.pool, [
    { task: 'advance-saga', payload: { sagaId: ID }, jobKey: 'saga:1' },
    { task: 'advance-saga', payload: { sagaId: ID }, jobKey: 'saga:1', runAt: later, priority: 3 },
    { task: 'sweep-sagas', payload: {} },
  ]);
  await addJobs(db.pool, [{ task: 'sweep-sagas', payload: {}, jobKey: 'tick' }]);
  await addJobs(db.pool, [{ task: 'sweep-sagas', payload: {}, jobKey: 'tick' }]);
  const rows = await jobs();
  expect(rows.filter((row) => row.key === 'saga:1')).toEqual([
    { task_identifier: 'advance-saga', key: 'saga:1', priority: 3, run_at: later },
  ]);
  expect(rows.filter((row) => row.key === 'tick')).toHaveLength(1);
  expect(rows.filter((row) => row.key === null)).toHaveLength(1);
});

test('a payload that its task does not take is refused before anything is written', async () => {
  await emptyQueue();
  const wrong = { task: 'advance-saga', payload: { saga: ID } } as unknown as Parameters<typeof addJobs>[1][number];
  await expect(addJobs(db.pool, [{ task: 'sweep-sagas', payload: {} }, wrong])).rejects.toThrow(/sagaId/);
  expect(await jobs()).toHaveLength(0);
});

test('figures tell waiting, future and dead jobs apart', async () => {
  await emptyQueue();
  const past = new Date(Date.now() - 90_000);
  await addJobs(db.pool, [
    { task: 'sweep-sagas', payload: {}, runAt: past },
    { task: 'sweep-sagas', payload: {}, runAt: new Date('2040-01-01') },
    { task: 'sweep-sagas', payload: {}, maxAttempts: 1, priority: 9 },
  ]);
  await db.pool.query('UPDATE graphile_worker._private_jobs SET attempts = 1 WHERE priority = 9');
  const figures = await queueFigures(db.pool);
  expect(figures).toMatchObject({ runnable: 1, running: 0, dead: 1 });
  expect(figures.oldestRunnableSeconds).toBeGreaterThanOrEqual(90);
});
