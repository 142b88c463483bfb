import type pg from 'pg';
import * as marks from '../domains/marks/service.ts';
import { withTx } from '../platform/db.ts';

/** A transaction adds up a hundred thousand entries at most: some hundred milliseconds. */
const BATCH = 100;
/** One run ends after this many; the next one goes on. */
const BATCHES = 50;

/** Adds up the entries of busy accounts by the thousand, so that balances at past instants stay cheap. Returns how many marks it added. */
export async function markAccounts(pool: pg.Pool, signal?: AbortSignal, every?: number): Promise<number> {
  let added = 0;
  for (let batch = 0; batch < BATCHES && !signal?.aborted; batch++) {
    const found = await withTx(pool, (tx) => marks.addDue(tx, BATCH, every));
    added += found;
    if (found < BATCH) break;
  }
  return added;
}
