import type { Queryable, Tx } from '../../platform/db.ts';
import { rowDigests, TABLE_DIGEST, TABLE_LEAVES, TRANSACTION } from '../../platform/seal-format.ts';

/** The newest seal of a chain. */
export interface Head {
  readonly number: bigint;
  readonly hash: Buffer;
  /** The last transaction whose rows it covers. */
  readonly through: bigint;
}

/** A chain has one writer at a time. False where another is at it. Freed when the transaction ends, however it ends. */
export async function lockChain(tx: Tx, home: string): Promise<boolean> {
  const { rows } = await tx.query<{ mine: boolean }>({
    name: 'seals-lock-chain',
    text: 'SELECT pg_try_advisory_xact_lock(hashtextextended($1, 3)) AS mine',
    values: [`seals:${home}`],
  });
  return rows[0]?.mine === true;
}

const LOCK_NOT_AVAILABLE = '55P03';

/** Has the indexes look at rows that are new to them, so that a window of them is found without reading them all. */
export async function summarizeTransactions(db: Queryable): Promise<void> {
  try {
    await db.query('SELECT summarize_transactions()');
  } catch (error) {
    // Somebody vacuums the table, which does the same; it is only slower without.
    if (!(error instanceof Error && 'code' in error && error.code === LOCK_NOT_AVAILABLE)) throw error;
  }
}

/** The newest seal, and the oldest transaction that may still write: whatever is below it is decided. */
export async function readHead(tx: Tx, home: string): Promise<{ head: Head | null; undecided: bigint }> {
  const { rows } = await tx.query<{ undecided: bigint; number: bigint | null; hash: Buffer; through: bigint }>({
    name: 'seals-read-head',
    text: `SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS undecided, s.number, s.hash,
                  s.through_xid::text::bigint AS through
           FROM (SELECT) one LEFT JOIN (SELECT * FROM seals WHERE home = $1 ORDER BY number DESC LIMIT 1) s ON true`,
    values: [home],
  });
  const [row] = rows;
  if (!row) throw new Error('A snapshot has no oldest transaction');
  const { undecided, number, hash, through } = row;
  return { head: number === null ? null : { number, hash, through }, undecided };
}

/** How many rows of `source` were written after transaction `after` up to `through`; not more than `most` are counted. */
export async function countRows(tx: Tx, source: string, after: bigint, through: bigint, most: number): Promise<number> {
  const { rows } = await tx.query<{ count: bigint }>(
    `SELECT count(*) AS count FROM (
       SELECT FROM ${source} WHERE ${TRANSACTION} > $1 AND ${TRANSACTION} <= $2 LIMIT $3) found`,
    [after, through, most],
  );
  return Number(rows[0]?.count ?? 0n);
}

/** What a seal will say of one table. */
export interface Digested {
  readonly source: string;
  readonly columns: readonly string[];
  readonly rowCount: number;
  readonly digest: Buffer;
  readonly leaves: Buffer;
  /** The last transaction among its rows. */
  readonly through: bigint;
}

/** Digests the rows of `source` written after transaction `after` up to `through`; undefined where there are none. */
export async function digestRows(
  tx: Tx,
  source: string,
  columns: readonly string[],
  after: bigint,
  through: bigint,
): Promise<Digested | undefined> {
  const { rows } = await tx.query<{ row_count: number; digest: Buffer; leaves: Buffer; through: bigint }>(
    `SELECT count(*)::int AS row_count, ${TABLE_DIGEST} AS digest, ${TABLE_LEAVES} AS leaves, max(n) AS through
     FROM (${rowDigests(source, columns)}) r`,
    [after, through],
  );
  const [row] = rows;
  if (!row || row.row_count === 0) return undefined;
  return { source, columns, rowCount: row.row_count, digest: row.digest, leaves: row.leaves, through: row.through };
}

export interface NewSeal {
  readonly home: string;
  readonly number: bigint;
  readonly previousHash: Buffer;
  readonly hash: Buffer;
  readonly sealedAt: Date;
  readonly through: bigint;
  readonly contents: readonly Digested[];
}

/** Adds a seal. Its number is taken once: whoever comes second with it fails, and nothing of theirs is there. */
export async function insertSeal(tx: Tx, seal: NewSeal): Promise<void> {
  await tx.query({
    name: 'seals-insert',
    text: `INSERT INTO seals (home, number, row_count, previous_hash, hash, sealed_at, through_xid)
           VALUES ($1, $2, $3, $4, $5, $6, $7::text::xid8)`,
    values: [
      seal.home,
      seal.number,
      seal.contents.reduce((sum, { rowCount }) => sum + rowCount, 0),
      seal.previousHash,
      seal.hash,
      seal.sealedAt,
      seal.through,
    ],
  });
  for (const { source, columns, rowCount, digest, leaves } of seal.contents)
    await tx.query({
      name: 'seals-insert-content',
      text: `INSERT INTO seal_contents (home, number, source, columns, row_count, digest, leaves) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      values: [seal.home, seal.number, source, columns, rowCount, digest, leaves],
    });
}
