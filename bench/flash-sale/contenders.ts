import type pg from 'pg';
import { reserveStock } from '../../server/flows/reservations/reserve-stock.ts';
import { newId } from '../../server/kernel/ids.ts';
import { createPool, withTx } from '../../server/platform/db.ts';
import { createVerb } from '../../server/platform/verb.ts';
import { mint, type OrderTemplate } from '../baselines/order-template.ts';
import { everythingAtOnce, LOCK_ROW, LOOK_UP_SKU, PROMISE_ONE, rowStatements, STORE_ANSWER, valuesOf } from './promise-sql.ts';

export type PromiserName = 'lane' | 'row_lock' | 'conditional_update';

export interface Promising {
  readonly merchantId: string;
  readonly sku: string;
  readonly template: OrderTemplate;
}

/** Promises one unit of the SKU and resolves when that is committed. */
export type PromiseOne = () => Promise<void>;

const CTX = { actor: 'system:bench', traceId: newId(), requestId: newId(), home: 'EU' };

/** The three ways to promise one unit over `connections` connections. */
export function promiser(
  name: PromiserName,
  url: string,
  connections: number,
  what: Promising,
): { one: PromiseOne; close(): Promise<void> } {
  const pool = createPool({ connectionString: url, max: connections, name: 'bench-promises' });
  const one = { lane, row_lock: rowLock, conditional_update: conditionalUpdate }[name](pool, what);
  return { one: name === 'lane' ? one : inTurns(one, connections), close: () => pool.end() };
}

/** Whoever finds no free connection waits as long as it takes, in the order they came: the pool would give them up after some seconds. */
function inTurns(one: PromiseOne, places: number): PromiseOne {
  const queue: (() => void)[] = [];
  let free = places;
  return async () => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => queue.push(resolve));
    try {
      await one();
    } finally {
      const next = queue.shift();
      if (next) next();
      else free++;
    }
  };
}

function lane(pool: pg.Pool, { merchantId, sku }: Promising): PromiseOne {
  const reserve = createVerb({ pool }, reserveStock).call;
  const input = { merchantId, channel: 'api' as const, lines: [{ sku, quantity: 1 }], ttlSeconds: 3_600 };
  return async () => {
    await reserve(input, { ...CTX, now: new Date() }, newId());
  };
}

const templateIds = (what: Promising): ReadonlySet<string> => new Set([what.merchantId]);

/** A transaction per request: lock the row, decide, write the rows one statement per table. */
function rowLock(pool: pg.Pool, what: Promising): PromiseOne {
  const shared = templateIds(what);
  const { claim, rest } = rowStatements(what.template);
  return async () => {
    const ids = mint(shared);
    const key = newId();
    await withTx(pool, async (tx) => {
      await tx.query({ ...claim.statement, values: valuesOf(claim.table, ids, { key }) });
      const { rows: skus } = await tx.query<{ id: string }>({ ...LOOK_UP_SKU, values: [what.merchantId, what.sku] });
      const skuId = skus[0]?.id as string;
      const { rows } = await tx.query<Record<'sellable' | 'promised' | 'limit_over' | 'shortfall' | 'version', bigint>>({
        ...LOCK_ROW,
        values: [skuId, 'EU'],
      });
      const supply = rows[0];
      if (!supply || supply.shortfall > 0n || supply.promised + 1n > supply.sellable + supply.limit_over)
        throw new Error('out of stock');
      await tx.query({ ...PROMISE_ONE, values: [skuId, 'EU'] });
      const facts = { sku_id: skuId, supply_version: String(supply.version + 1n) };
      for (const { table, statement } of rest) await tx.query({ ...statement, values: valuesOf(table, ids, facts) });
      await tx.query({ ...STORE_ANSWER, values: [key, ids.fresh(claim.table.rows[0]?.outcome ?? '{}')] });
    });
  };
}

/**
 * One statement per request, the fastest that keeps its promise: UPDATE … WHERE there is enough, and the rows by what it returns. One
 * round trip, and no lock is held while anybody thinks.
 */
function conditionalUpdate(pool: pg.Pool, what: Promising): PromiseOne {
  const shared = templateIds(what);
  const { claim, rest } = rowStatements(what.template);
  const tables = [claim.table, ...rest.map(({ table }) => table)];
  const statement = everythingAtOnce(tables);
  let skuId: string | undefined;
  return async () => {
    const ids = mint(shared);
    skuId ??= (await pool.query<{ id: string }>({ ...LOOK_UP_SKU, values: [what.merchantId, what.sku] })).rows[0]?.id as string;
    const facts = { key: newId(), sku_id: skuId, supply_version: '0' };
    const { rowCount } = await pool.query({
      ...statement,
      values: ['EU', skuId, ...tables.flatMap((table) => valuesOf(table, ids, facts))],
    });
    if (rowCount !== 1) throw new Error('out of stock');
  };
}
