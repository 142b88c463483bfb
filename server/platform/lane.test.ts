import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DomainError } from '../kernel/errors.ts';
import { createPool, type Tx } from './db.ts';
import { createLane, type Settled } from './lane.ts';
import { createTestDatabase, type TestDatabase } from './testing/test-database.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
  await db.ownerPool.query('CREATE TABLE seen (item int PRIMARY KEY, at bigserial)');
  await db.ownerPool.query('GRANT ALL ON seen TO waybill_app; GRANT ALL ON SEQUENCE seen_at_seq TO waybill_app');
});
afterAll(() => db.drop());

const ok = <O>(value: O): Settled<O> => ({ ok: true, value });

/** A lane that inserts its items, each once, and says in which batch they were. */
function lane(
  options: {
    run?: (tx: Tx, items: readonly number[]) => Promise<void>;
    maxBatch?: number;
    maxQueue?: number;
    lingerMs?: number;
    parallel?: number;
    weigh?: (item: number) => number;
    pool?: pg.Pool;
  } = {},
) {
  const batches: number[][] = [];
  const { run, pool = db.pool, ...limits } = options;
  const made = createLane<number, number>({
    name: 'test',
    pool,
    ...limits,
    async run(tx, items) {
      batches.push([...items]);
      await run?.(tx, items);
      await tx.query('INSERT INTO seen (item) SELECT unnest($1::int[]) ON CONFLICT DO NOTHING', [items]);
      return items.map((item) => ok(item));
    },
  });
  return { ...made, batches };
}

let from = 0;
const fresh = (count: number): number[] => Array.from({ length: count }, () => ++from);
const inserted = async (items: readonly number[]): Promise<number> =>
  (await db.pool.query('SELECT FROM seen WHERE item = ANY($1::int[])', [items])).rowCount ?? 0;

describe('a lane', () => {
  it('groups what arrives together, keeps its order, and gathers the next batch while one commits', async () => {
    const { submit, batches, idle } = lane({ maxBatch: 10 });
    const items = fresh(25);
    const answers = await Promise.all(items.map((item) => submit(item)));
    expect(answers).toEqual(items);
    expect(batches.map((batch) => batch.length)).toEqual([10, 10, 5]);
    expect(batches.flat()).toEqual(items);
    await idle();
    expect(await inserted(items)).toBe(25);
  });

  it('gathers a trickle in one batch where nobody waits for it', async () => {
    const { submit, batches } = lane({ lingerMs: 60 });
    const items = fresh(3);
    const done = items.map(async (item, index) => {
      await new Promise((resolve) => setTimeout(resolve, index * 5));
      return submit(item);
    });
    expect(await Promise.all(done)).toEqual(items);
    expect(batches).toEqual([items]);
  });

  it('has as many batches at work as it is told to, and is idle when the last has ended', async () => {
    let atWork = 0;
    let most = 0;
    const { submit, batches, idle } = lane({
      maxBatch: 5,
      parallel: 2,
      run: async () => {
        most = Math.max(most, ++atWork);
        await new Promise((resolve) => setTimeout(resolve, 20));
        atWork--;
      },
    });
    const items = fresh(25);
    const served = items.map((item) => submit(item));
    await idle();
    expect(await inserted(items)).toBe(25);
    expect(await Promise.all(served)).toEqual(items);
    expect(most).toBe(2);
    expect(batches.flat().toSorted((a, b) => a - b)).toEqual(items);
  });

  it('fills a batch by weight, and gives one to itself to what weighs more', async () => {
    const items = fresh(6);
    const heavy = items[3];
    const { submit, batches } = lane({ maxBatch: 4, weigh: (item) => (item === heavy ? 9 : 2) });
    expect(await Promise.all(items.map((item) => submit(item)))).toEqual(items);
    expect(batches.map((batch) => batch.length)).toEqual([2, 1, 1, 2]);
    expect(batches.flat()).toEqual(items);
  });

  it('settles a promise only after COMMIT', async () => {
    const { submit } = lane();
    const [item] = fresh(1) as [number];
    await submit(item);
    expect(await inserted([item])).toBe(1);
  });

  it('refuses with a time to come back past its bound, and serves the rest', async () => {
    let open: () => void = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const { submit } = lane({ maxQueue: 3, run: () => gate });
    const items = fresh(8);
    const first = submit(items[0] as number);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const rest = items.slice(1).map((item) =>
      submit(item).then(
        () => 'served',
        (error: DomainError) => error,
      ),
    );
    open();
    const results = [await first, ...(await Promise.all(rest))];
    const refused = results.filter((result) => result instanceof DomainError);
    expect(refused).toHaveLength(4);
    expect(refused[0]).toMatchObject({ code: 'overloaded', data: { retryAfterSeconds: 1 } });
  });

  it.each([
    ['data that does not fit (22)', (tx: Tx) => tx.query(`SELECT 'x'::text::int`)],
    ['a violated constraint (23)', (tx: Tx) => tx.query('INSERT INTO seen (item) VALUES (NULL)')],
    ['a bug in the rules', () => Promise.reject(new TypeError('undefined is not a function'))],
  ])('isolates one bad item by halving, while its neighbours succeed: %s', async (_name, fail) => {
    const items = fresh(40);
    const bad = items[17] as number;
    const { submit } = lane({
      run: async (tx, batch) => {
        if (batch.includes(bad)) await fail(tx);
      },
    });
    const results = await Promise.allSettled(items.map((item) => submit(item)));
    expect(results.filter((result) => result.status === 'rejected')).toHaveLength(1);
    expect(results[17]?.status).toBe('rejected');
    expect(await inserted(items)).toBe(39);
  });

  it('tries a deadlock again as a whole', async () => {
    let times = 0;
    const { submit, batches } = lane({
      run: async (tx) => {
        times += 1;
        if (times === 1) await tx.query(`DO $$ BEGIN RAISE EXCEPTION 'deadlock' USING ERRCODE = 'deadlock_detected'; END $$`);
      },
    });
    const items = fresh(5);
    expect(await Promise.all(items.map((item) => submit(item)))).toEqual(items);
    expect(batches).toEqual([items, items]);
  });

  it('tries two real deadlocks again until both are through', async () => {
    const [a, b] = fresh(2) as [number, number];
    await db.pool.query('INSERT INTO seen (item) VALUES ($1), ($2)', [a, b]);
    const cross = (first: number, second: number) =>
      lane({
        run: async (tx) => {
          await tx.query('SELECT FROM seen WHERE item = $1 FOR UPDATE', [first]);
          await new Promise((resolve) => setTimeout(resolve, 100));
          await tx.query('SELECT FROM seen WHERE item = $1 FOR UPDATE', [second]);
        },
      });
    const [one, two] = [cross(a, b), cross(b, a)];
    await expect(Promise.all([one.submit(a), two.submit(b)])).resolves.toEqual([a, b]);
    expect(one.batches.length + two.batches.length).toBeGreaterThan(2);
  });

  it('runs a batch again whose connection was killed in the middle', async () => {
    let killed = false;
    const { submit } = lane({
      run: async (tx) => {
        if (killed) return;
        killed = true;
        const { rows } = await tx.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
        await db.ownerPool.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid]);
      },
    });
    const items = fresh(5);
    expect(await Promise.all(items.map((item) => submit(item)))).toEqual(items);
    expect(await inserted(items)).toBe(5);
  });

  it('does not repeat a batch whose statement took too long: again it would only be slow again', async () => {
    const { submit, batches } = lane({
      run: async (tx) => {
        await tx.query('SET LOCAL statement_timeout = 50');
        await tx.query('SELECT pg_sleep(5)');
      },
    });
    const items = fresh(3);
    const results = await Promise.allSettled(items.map((item) => submit(item)));
    for (const result of results) expect(result).toMatchObject({ status: 'rejected', reason: { code: 'unavailable' } });
    expect(batches).toEqual([items]);
    expect(await inserted(items)).toBe(0);
  });

  it('says that it is unavailable when the database stays away, and works again when it is back', async () => {
    const away = new URL(db.url);
    away.port = '1';
    const pool = createPool({ connectionString: away.href });
    const { submit } = lane({ pool });
    await expect(submit(1)).rejects.toMatchObject({ code: 'unavailable' });
    await pool.end();
    expect(await lane().submit(fresh(1)[0] as number)).toBe(from);
  });
});
