import type { Tx } from '../platform/db.ts';
import { SEALED_TABLES, TRANSACTION } from '../platform/seal-format.ts';

/** How the chain of seals stands. */
export interface SealStatus {
  /** The newest seal; null before the first. `hash` is hex. */
  readonly head: { readonly home: string; readonly number: bigint; readonly hash: string; readonly sealedAt: Date } | null;
  /** The seal up to which everything was as it was sealed when last looked at, and when; null before the first look. */
  readonly verified: { readonly number: bigint; readonly at: Date; readonly fullAt: Date | null } | null;
  /** Rows that no seal covers yet, counted up to `MOST_WAITING`, and the oldest one's time. */
  readonly waiting: number;
  readonly waitingSince: Date | null;
}

/** Enough to tell that sealing does not keep up. */
export const MOST_WAITING = 100_000;

/** Reads how far the rows of `home` are sealed and verified. */
export async function readSealStatus(tx: Tx, home: string): Promise<SealStatus> {
  const { rows: heads } = await tx.query<{ number: bigint; hash: string; sealedAt: Date; through: bigint }>(
    `SELECT number, encode(hash, 'hex') AS hash, sealed_at AS "sealedAt", through_xid::text::bigint AS through
     FROM seals WHERE home = $1 ORDER BY number DESC LIMIT 1`,
    [home],
  );
  const { rows: marks } = await tx.query<{ number: bigint; at: Date; fullAt: Date | null }>(
    'SELECT number, verified_at AS at, full_verified_at AS "fullAt" FROM seal_marks WHERE home = $1',
    [home],
  );
  const [head] = heads;
  const unsealed = SEALED_TABLES.map((table) => `(SELECT at FROM ${table} WHERE ${TRANSACTION} > $1 LIMIT ${MOST_WAITING})`);
  const { rows } = await tx.query<{ waiting: bigint; since: Date | null }>(
    `SELECT count(*) AS waiting, min(at) AS since FROM (${unsealed.join(' UNION ALL ')}) r`,
    [head?.through ?? 0n],
  );
  return {
    head: head ? { home, number: head.number, hash: head.hash, sealedAt: head.sealedAt } : null,
    verified: marks[0] ?? null,
    waiting: Math.min(Number(rows[0]?.waiting ?? 0n), MOST_WAITING),
    waitingSince: rows[0]?.since ?? null,
  };
}
