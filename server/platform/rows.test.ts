import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { withTx } from './db.ts';
import { insertRows, type TableSpec, updateRows } from './rows.ts';
import { createTestDatabase, type TestDatabase } from './testing/test-database.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
  await db.ownerPool.query(
    'CREATE TABLE things (id int PRIMARY KEY, name text, words text[], data jsonb, amount int8, price numeric(20, 6), at timestamptz, on_ bool, of uuid)',
  );
  await db.ownerPool.query('GRANT ALL ON things TO waybill_app');
});
afterAll(() => db.drop());

const THINGS: TableSpec = {
  table: 'things',
  columns: {
    id: 'int4',
    name: 'text',
    words: 'text[]',
    data: 'jsonb',
    amount: 'int8',
    price: 'numeric',
    at: 'timestamptz',
    on_: 'bool',
    of: 'uuid',
  },
};

/** PostgreSQL text holds every character but U+0000. */
const text = fc.string({ unit: 'grapheme', maxLength: 12 }).filter((value) => !value.includes('\u0000'));
const thing = fc.record({
  name: fc.option(text),
  words: fc.array(text, { maxLength: 4 }),
  data: fc.option(
    fc.dictionary(
      text.filter((key) => key !== '__proto__'),
      fc.oneof(text, fc.integer(), fc.constant(null), fc.array(text, { maxLength: 2 })),
      { maxKeys: 3 },
    ),
  ),
  amount: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  price: fc.integer({ min: 0, max: 1_000_000 }).map((micros) => (micros / 1_000_000).toFixed(6)),
  at: fc.date({ min: new Date('0100-01-01'), max: new Date('9000-01-01'), noInvalidDate: true }),
  on_: fc.option(fc.boolean()),
  of: fc.option(fc.uuid()),
});

it('brings every value of every type back as it was: quotes, commas, braces, backslashes, NULL and empty lists', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(thing, { minLength: 1, maxLength: 6 }), async (things) => {
      const rows = things.map((one, id) => ({ id, ...one }));
      await db.pool.query('DELETE FROM things');
      await withTx(db.pool, (tx) => insertRows(tx, THINGS, rows));
      expect((await db.pool.query('SELECT * FROM things ORDER BY id')).rows).toEqual(rows);
      const changed = rows.map((row, index) => ({ ...row, ...things[(index + 1) % things.length], id: row.id }));
      await withTx(db.pool, (tx) =>
        updateRows(tx, THINGS, ['id'], ['name', 'words', 'data', 'amount', 'price', 'at', 'on_', 'of'], changed),
      );
      expect((await db.pool.query('SELECT * FROM things ORDER BY id')).rows).toEqual(changed);
    }),
    { numRuns: 60 },
  );
});

it('takes an update of a row that is not there for the bug it is', () =>
  expect(withTx(db.pool, (tx) => updateRows(tx, THINGS, ['id'], ['name'], [{ id: 99_999, name: 'x' }]))).rejects.toThrow(
    'things: updated 0 of 1 rows',
  ));
