import type pg from 'pg';
import { spendableMinor } from '../domains/wallet/rules.ts';
import { DomainError } from '../kernel/errors.ts';
import { type Consistency, type ConsistentReader, createConsistentReader, type Versioned } from '../platform/consistent-read.ts';
import { prepared } from './conditions.ts';
import type { Scope } from './scope.ts';

/** A wallet's money at a version of its account, and how old that is. */
export interface WalletBalance {
  readonly walletId: string;
  readonly accountId: string;
  readonly currency: string;
  readonly balanceMinor: bigint;
  readonly heldMinor: bigint;
  readonly expectedMinor: bigint;
  readonly spendableMinor: bigint;
  /** Of the account: the read token that money movements answer. */
  readonly version: bigint;
  readonly asOf: Date;
  readonly lagMs: number;
}

interface Money {
  readonly customerId: string;
  readonly accountId: string;
  readonly currency: string;
  readonly balanceMinor: bigint;
  readonly heldMinor: bigint;
  readonly expectedMinor: bigint;
}

const TEXT = `SELECT w.customer_id AS "customerId", w.account_id AS "accountId", w.currency, a.version,
    a.credits_posted - a.debits_posted AS "balanceMinor", a.debits_pending AS "heldMinor", a.credits_pending AS "expectedMinor"
  FROM wallets w JOIN accounts a ON a.id = w.account_id WHERE w.id = $1`;

/** What each pool's process remembers. */
const readers = new WeakMap<pg.Pool, ConsistentReader<Money>>();

function readerOf(pool: pg.Pool): ConsistentReader<Money> {
  const known = readers.get(pool);
  if (known) return known;
  const load = async (id: string): Promise<Versioned<Money> | null> => {
    const { rows } = await pool.query<Money & { version: bigint }>(prepared('wallet-balance', TEXT, [id]));
    if (!rows[0]) return null;
    const { version, ...value } = rows[0];
    return { value, version };
  };
  const made = createConsistentReader<Money>({ load });
  readers.set(pool, made);
  return made;
}

/** A wallet's balance, as fresh as is asked for. Throws `not_found` for a wallet that is not the reader's. */
export async function readBalance(
  pool: pg.Pool,
  scope: Scope,
  walletId: string,
  consistency: Consistency,
): Promise<WalletBalance> {
  const seen = await readerOf(pool).read(walletId, consistency);
  // Whose a wallet is never changes, so it may be remembered.
  if (!seen || (scope.customerId !== null && seen.value.customerId !== scope.customerId))
    throw new DomainError('not_found', 'There is no such wallet.');
  const { customerId: _whose, ...money } = seen.value;
  const { version, asOf, lagMs } = seen;
  return { walletId, ...money, spendableMinor: spendableMinor(money), version, asOf, lagMs };
}
