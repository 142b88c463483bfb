import type pg from 'pg';
import type { AnomalyKind } from './history.ts';
import type { Door } from './recorder.ts';
import type { Plant } from './run-in-process.ts';

/** Ways to break a house so that every test of one client would still pass, and what a checker has to call it. */
export const PLANTS: readonly (readonly [name: string, plant: Plant, found: AnomalyKind])[] = [
  ['a row that is read without its lock', { pool: withoutLock }, 'versions'],
  ['a key that is forgotten once it is answered', { pool: withoutMemory }, 'applied twice'],
  ['a reader who is shown a cache', { door: throughCache }, 'out of order'],
];

/** How long it thinks between reading and writing: on a fast machine, too, somebody else does so meanwhile. */
const THINKING_MS = 3;

/** Reads what may be promised without keeping it: somebody else decides on the same units meanwhile. */
function withoutLock(pool: pg.Pool): pg.Pool {
  return spoiled(pool, async (query) => {
    if (query.name === 'store-outcomes') await new Promise((resolve) => setTimeout(resolve, THINKING_MS));
    if (query.name !== 'inventory-lock-supply') return query;
    return { ...query, name: 'without-lock', text: query.text.replace('FOR NO KEY UPDATE', '') };
  });
}

/** Forgets that it has seen a key as soon as the answer is out. */
function withoutMemory(pool: pg.Pool): pg.Pool {
  return spoiled(pool, async (query, send) => {
    if (query.name === 'claim-keys') await send('DELETE FROM idempotency_keys WHERE key = ANY($1::text[])', [query.values[2]]);
    return query;
  });
}

const CACHED_MS = 10_000;

/** Shows for a while what it has shown before. */
function throughCache(door: Door): Door {
  const kept = new Map<string, { readonly at: number; readonly seen: ReturnType<Door['look']> }>();
  return {
    ...door,
    look(at) {
      const name = JSON.stringify(at);
      const known = kept.get(name);
      if (known && performance.now() - known.at < CACHED_MS) return known.seen;
      const seen = door.look(at);
      kept.set(name, { at: performance.now(), seen });
      return seen;
    },
  };
}

type Query = { readonly name?: string; readonly text: string; readonly values: readonly unknown[] };
type Send = (query: Query | string, values?: unknown) => Promise<unknown>;

/** A pool whose connections pass every statement through `spoil`. */
function spoiled(pool: pg.Pool, spoil: (query: Query, send: Send) => Promise<Query>): pg.Pool {
  return instead(pool, 'connect', async () => {
    const client = await pool.connect();
    const send = client.query.bind(client) as unknown as Send;
    return instead(client, 'query', async (query: Query | string, values?: unknown) =>
      send(typeof query === 'string' ? query : await spoil(query, send), values),
    );
  });
}

/** The same object with another method in one place. */
function instead<T extends object>(target: T, name: keyof T, method: unknown): T {
  return new Proxy(target, {
    get(original, property) {
      if (property === name) return method;
      const value = Reflect.get(original, property);
      return typeof value === 'function' ? value.bind(original) : value;
    },
  });
}
