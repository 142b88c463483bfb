import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Ctx } from '../kernel/context.ts';
import { newId } from '../kernel/ids.ts';
import { createPool, withTx } from './db.ts';
import { type Add, addToCounter } from './testing/counter-verb.ts';
import { cuttingProxy } from './testing/cutting-proxy.ts';
import { createTestDatabase, type TestDatabase } from './testing/test-database.ts';
import { createVerb, type Request, runVerb } from './verb.ts';

let db: TestDatabase;
let other: pg.Pool;
beforeAll(async () => {
  db = await createTestDatabase();
  other = createPool({ connectionString: db.url, name: 'another-process' });
});
afterAll(async () => {
  await other.end();
  await db.drop();
});

const ctx = (actor = 'user:one'): Ctx => ({ now: new Date(), actor, traceId: newId(), requestId: newId(), home: 'EU' });
const verbOn = (pool: pg.Pool) => createVerb({ pool }, addToCounter).call;
const fresh = (): string => `c-${newId()}`;
const request = (input: Add, key = newId(), actor?: string): Request<Add> => ({ input, key, ctx: ctx(actor) });
const batch = (requests: readonly Request<Add>[]) => withTx(db.pool, (tx) => runVerb(tx, addToCounter, requests));

async function value(kind: string): Promise<number> {
  const { rows } = await db.pool.query<{ value: bigint }>(`SELECT value FROM number_counters WHERE home = 'EU' AND kind = $1`, [
    kind,
  ]);
  return Number(rows[0]?.value ?? 0n);
}
async function storedKeys(key: string): Promise<number> {
  return (await db.pool.query('SELECT FROM idempotency_keys WHERE key = $1', [key])).rowCount ?? 0;
}

describe('one key', () => {
  it('is decided once: the first answer is every later one’s', async () => {
    const kind = fresh();
    const key = newId();
    const add = verbOn(db.pool);
    const first = await add({ kind, by: 2 }, ctx(), key);
    expect(await add({ kind, by: 2 }, ctx(), key)).toEqual(first);
    expect(await verbOn(other)({ kind, by: 2 }, ctx(), key)).toEqual(first);
    expect(await value(kind)).toBe(2);
  });

  it('is decided once inside a batch, whoever else is in it', async () => {
    const kind = fresh();
    const key = newId();
    const same = request({ kind, by: 1 }, key);
    const results = await batch([same, request({ kind, by: 10 }), { ...same }, request({ kind, by: 2 }, key), { ...same }]);
    expect(results).toMatchObject([
      { ok: true, value: { value: 1 } },
      { ok: true, value: { value: 11 } },
      { ok: true, value: { value: 1 } },
      { ok: false, error: { code: 'key_reused' } },
      { ok: true, value: { value: 1 } },
    ]);
    expect(await value(kind)).toBe(11);
  });

  it('is decided once by two processes that race for it: the second waits and sees the first one’s answer', async () => {
    for (let round = 0; round < 20; round++) {
      const kind = fresh();
      const key = newId();
      const answers = await Promise.all(
        [db.pool, other, db.pool, other].map((pool) => verbOn(pool)({ kind, by: 3 }, ctx(), key)),
      );
      expect(answers).toEqual([{ value: 3 }, { value: 3 }, { value: 3 }, { value: 3 }]);
      expect(await value(kind)).toBe(3);
    }
  });

  it('is decided anew by the second process when the first one fails after claiming it', async () => {
    const kind = fresh();
    const key = newId();
    const client = await db.pool.connect();
    await client.query('BEGIN');
    await client.query(
      `INSERT INTO idempotency_keys (principal, operation, key, request_hash, created_at) VALUES ('user:one', 'add-to-counter', $1, '\\x00', now())`,
      [key],
    );
    const waiting = verbOn(other)({ kind, by: 4 }, ctx(), key);
    await new Promise((resolve) => setTimeout(resolve, 150));
    await client.query('ROLLBACK');
    client.release();
    expect(await waiting).toEqual({ value: 4 });
  });

  it('is another key for another principal, and refused for another body', async () => {
    const kind = fresh();
    const key = newId();
    const add = verbOn(db.pool);
    await add({ kind, by: 1 }, ctx('user:one'), key);
    await add({ kind, by: 1 }, ctx('user:two'), key);
    expect(await value(kind)).toBe(2);
    await expect(add({ kind, by: 5 }, ctx('user:one'), key)).rejects.toMatchObject({
      code: 'key_reused',
      entry: { status: 422 },
    });
    expect(await value(kind)).toBe(2);
  });

  it('keeps a refusal word for word, and changes nothing', async () => {
    const kind = fresh();
    const key = newId();
    const refused = { code: 'over_limit', detail: 'Not that much.', data: { left: 3 } };
    await expect(verbOn(db.pool)({ kind, by: 1, do: 'refuse' }, ctx(), key)).rejects.toMatchObject(refused);
    await expect(verbOn(other)({ kind, by: 1, do: 'refuse' }, ctx(), key)).rejects.toMatchObject(refused);
    expect(await storedKeys(key)).toBe(1);
    expect(await value(kind)).toBe(0);
  });

  it('is free again after a fault on our side', async () => {
    const key = newId();
    const add = verbOn(db.pool);
    for (const fault of ['overload', 'throw', 'violate', 'refuse-late'] as const) {
      const kind = fresh();
      await expect(add({ kind, by: 1, do: fault }, ctx(), key)).rejects.toThrow();
      expect(await storedKeys(key)).toBe(0);
      expect(await value(kind)).toBe(0);
    }
  });
});

describe('a batch', () => {
  it('isolates the request that breaks it, and the others are answered as if it had not been there', async () => {
    const kind = fresh();
    const add = verbOn(db.pool);
    const calls = Array.from({ length: 30 }, (_, index) =>
      add({ kind: index === 11 ? fresh() : kind, by: 1, ...(index === 11 ? { do: 'violate' as const } : {}) }, ctx()),
    );
    const results = await Promise.allSettled(calls);
    expect(results.filter((result) => result.status === 'rejected')).toHaveLength(1);
    expect(results[11]?.status).toBe('rejected');
    expect(await value(kind)).toBe(29);
  });

  it('takes a refusal after a change for the bug it is', () =>
    expect(batch([request({ kind: fresh(), by: 1, do: 'refuse-late' })])).rejects.toThrow('Refused after a change was applied'));
});

describe.each(['before', 'after'] as const)('a connection that breaks %s COMMIT reached the server', (when) => {
  it('is no reason to do anything twice: the retry under the keys finds what happened', async () => {
    const proxy = await cuttingProxy(db.url);
    const pool = createPool({ connectionString: proxy.url, max: 2 });
    const kind = fresh();
    proxy.cut(when);
    const add = verbOn(pool);
    const answers = await Promise.all(Array.from({ length: 10 }, () => add({ kind, by: 1 }, ctx())));
    expect(answers.map((answer) => answer.value)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(await value(kind)).toBe(10);
    expect(proxy.cuts()).toBe(1);
    await pool.end();
    await proxy.close();
  });
});
