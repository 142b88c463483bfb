import type pg from 'pg';
import { type Consistency, type ConsistentReader, createConsistentReader, type Seen } from '../platform/consistent-read.ts';
import { readAccount } from './accounts.ts';
import { balanceAtVersion, type PastBalance } from './balances.ts';
import type { Scope } from './scope.ts';

/** What each pool's process remembers, for each reader of an account apart: what is not yours is never read, and so never remembered. */
const readers = new WeakMap<pg.Pool, Map<string, ConsistentReader<PastBalance>>>();
/** More merchants than ask one process within a few seconds. */
const MAX_READERS = 1_000;

function readerOf(pool: pg.Pool, scope: Scope): ConsistentReader<PastBalance> {
  const known = readers.get(pool) ?? new Map<string, ConsistentReader<PastBalance>>();
  readers.set(pool, known);
  const name = `${scope.merchantId}:${scope.customerId}`;
  const found = known.get(name);
  if (found) return found;
  const made = createConsistentReader<PastBalance>({
    load: async (id) => {
      const { version } = await readAccount(pool, scope, id);
      return { version, value: await balanceAtVersion(pool, scope, id, version) };
    },
    maxEntries: 100,
  });
  known.set(name, made);
  if (known.size > MAX_READERS) for (const oldest of known.keys()) if (known.delete(oldest)) break;
  return made;
}

/** What an account of the reader's holds now, as fresh as is asked for. Throws `not_found` and `version_not_reached`. */
export async function balanceNow(
  pool: pg.Pool,
  scope: Scope,
  accountId: string,
  consistency: Consistency,
): Promise<Seen<PastBalance>> {
  const seen = await readerOf(pool, scope).read(accountId, consistency);
  if (!seen) throw new Error('An account that is not there is refused where it is read');
  return seen;
}
