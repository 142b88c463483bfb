import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from './test-database.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

describe('a test database', () => {
  it('is migrated and belongs to one file: a second one is another database', async () => {
    const other = await createTestDatabase();
    try {
      await other.pool.query(`INSERT INTO home_owner (home, region) VALUES ('EU', 'EU')`);
      expect((await db.pool.query('SELECT FROM home_owner')).rowCount).toBe(0);
    } finally {
      await other.drop();
    }
  });

  it('is used with the rights of the application, which cannot alter what is append-only', async () => {
    const user = await db.pool.query<{ current_user: string }>('SELECT current_user');
    expect(user.rows[0]?.current_user).toBe('waybill_app');
    await expect(db.pool.query('UPDATE events SET type = type')).rejects.toThrow(/permission denied/);
    await expect(db.pool.query('ALTER TABLE events DISABLE TRIGGER ALL')).rejects.toThrow(/must be owner/);
  });

  it('refuses changes of append-only tables even to the owner', async () => {
    await expect(db.ownerPool.query('TRUNCATE events')).rejects.toThrow(/append-only/);
  });

  it('lets the application queue and see jobs', async () => {
    await db.pool.query(`SELECT graphile_worker.add_job('sweep-sagas', '{}')`);
    const jobs = await db.pool.query<{ n: bigint }>('SELECT count(*) AS n FROM graphile_worker.jobs');
    expect(jobs.rows[0]?.n).toBe(1n);
  });

  it('keeps durability on', async () => {
    const { rows } = await db.pool.query(
      `SELECT current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS sync`,
    );
    expect(rows).toEqual([{ fsync: 'on', sync: 'on' }]);
  });
});
