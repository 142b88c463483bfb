import { afterAll, beforeAll, expect, it } from 'vitest';
import { withTx } from './db.ts';
import { forgetLocks, LOCK_ORDER, lockStep } from './locks.ts';
import { createTestDatabase, type TestDatabase } from './testing/test-database.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

it('takes the steps forward, and one step as often as it likes', () =>
  withTx(db.pool, async (tx) => {
    for (const step of LOCK_ORDER) {
      lockStep(tx, step);
      lockStep(tx, step);
    }
    forgetLocks(tx);
  }));

it.each(LOCK_ORDER.slice(1).map((step, index) => [LOCK_ORDER[index] as (typeof LOCK_ORDER)[number], step] as const))(
  'refuses %s after %s, with the order in the message',
  (earlier, later) =>
    withTx(db.pool, async (tx) => {
      lockStep(tx, later);
      expect(() => lockStep(tx, earlier)).toThrow(`Lock out of order: ${earlier} after ${later}.`);
      forgetLocks(tx);
      lockStep(tx, earlier);
      forgetLocks(tx);
    }),
);
