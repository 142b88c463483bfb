import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sqlState, withTx } from './db.ts';
import { createTestDatabase, type TestDatabase } from './testing/test-database.ts';
import { together } from './together.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
  await db.ownerPool.query('CREATE TABLE steps (at serial PRIMARY KEY, name text NOT NULL)');
  await db.ownerPool.query('GRANT ALL ON steps TO waybill_app; GRANT ALL ON SEQUENCE steps_at_seq TO waybill_app');
});
afterAll(() => db.drop());

const INSERT = 'INSERT INTO steps (name) VALUES ($1)';
const names = async (): Promise<string[]> =>
  (await db.pool.query<{ name: string }>('SELECT name FROM steps ORDER BY at')).rows.map(({ name }) => name);

describe('statements that are asked for at once', () => {
  it('are carried out in the order they were asked for', async () => {
    await withTx(db.pool, (tx) => together(...['a', 'b', 'c'].map((name) => tx.query(INSERT, [name]))));
    expect(await names()).toEqual(['a', 'b', 'c']);
  });

  it('fail of what the first of them failed of, however many hands it went through, and leave nothing', async () => {
    const before = await names();
    const failure = await withTx(db.pool, async (tx) => {
      const first = tx.query(INSERT, [null]);
      const passedOn = async (): Promise<void> => {
        await together(together(together(first)));
      };
      await together(tx.query(INSERT, ['d']), passedOn(), tx.query(INSERT, ['e']));
    }).catch((error: unknown) => error);
    expect(sqlState(failure)).toBe('23502');
    expect(await names()).toEqual(before);
    // The connection goes back as if nothing had been.
    expect((await db.pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  });
});
