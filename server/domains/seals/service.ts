import { createHash } from 'node:crypto';
import type { Queryable, Tx } from '../../platform/db.ts';
import { byTransaction, NOTHING_BEFORE, SEALED_TABLES, sealedColumns, sealHash } from '../../platform/seal-format.ts';
import { countRows, type Digested, digestRows, insertSeal, lockChain, readHead, summarizeTransactions } from './store.ts';

/** Where a sealer stands: the chain's end, or further where it has seen that there are no rows. */
export interface SealPosition {
  /** Every row of transactions up to here is sealed. */
  readonly after: bigint;
  /** How many transactions to look at next. */
  readonly width: bigint;
}

/** Rows per seal: its digests are read in well under a second, so that sealing never holds a connection or a snapshot for long. */
const ROWS_PER_SEAL = 20_000;
const FIRST_WIDTH = 4_096n;

export const START: SealPosition = { after: 0n, width: FIRST_WIDTH };

/** Comes before the first step of a run, in no transaction. */
export const prepare = (db: Queryable): Promise<void> => summarizeTransactions(db);

export type SealStep =
  /** A seal was added. */
  | { readonly did: 'sealed'; readonly number: bigint; readonly hash: Buffer; readonly rows: number; readonly next: SealPosition }
  /** No row among the next transactions, or too many for one seal: look again from `next`. */
  | { readonly did: 'looked'; readonly next: SealPosition }
  /** Everything that is decided is sealed. */
  | { readonly did: 'nothing' }
  /** Another process is sealing. */
  | { readonly did: 'waits' }
  /** The server's count of transactions is behind the last seal: the rows were copied here without `npm run restore`. */
  | { readonly did: 'behind'; readonly through: bigint; readonly undecided: bigint };

/**
 * Seals the next rows of the chain of `home`, at most `most` unless one transaction alone wrote more. Rows of a transaction that may still
 * commit are left to a later seal: none can appear below the oldest transaction at work. The digests are made before the first write, so
 * that the transaction has no number, by which it would hold back live events, until it is nearly done.
 */
export async function sealNext(
  tx: Tx,
  home: string,
  now: Date,
  position: SealPosition,
  most: number = ROWS_PER_SEAL,
): Promise<SealStep> {
  if (!(await lockChain(tx, home))) return { did: 'waits' };
  const { head, undecided } = await readHead(tx, home);
  if (head && head.through >= undecided) return { did: 'behind', through: head.through, undecided };
  const after = head && head.through > position.after ? head.through : position.after;
  const last = undecided - 1n;
  if (after >= last) return { did: 'nothing' };
  const through = after + position.width < last ? after + position.width : last;
  return byTransaction(tx, async () => {
    let rows = 0;
    for (const source of SEALED_TABLES) rows += await countRows(tx, source, after, through, most + 1);
    if (rows === 0) return { did: 'looked', next: { after: through, width: position.width * 2n } };
    if (rows > most && through > after + 1n) return { did: 'looked', next: { after, width: narrower(through - after) } };
    const contents = await digest(tx, after, through);
    const seal = {
      home,
      number: (head?.number ?? 0n) + 1n,
      previousHash: head?.hash ?? NOTHING_BEFORE,
      sealedAt: now,
      contents,
      through: contents.reduce((max, content) => (content.through > max ? content.through : max), 0n),
    };
    const hash = sealHash({ ...seal, contents: contents.map((content) => ({ ...content, leavesHash: sha256(content.leaves) })) });
    await insertSeal(tx, { ...seal, hash });
    const width = rows * 4 < most ? position.width * 2n : position.width;
    return { did: 'sealed', number: seal.number, hash, rows, next: { after: through, width } };
  });
}

const narrower = (width: bigint): bigint => (width > 4n ? width / 4n : 1n);
const sha256 = (bytes: Buffer): Buffer => createHash('sha256').update(bytes).digest();

async function digest(tx: Tx, after: bigint, through: bigint): Promise<Digested[]> {
  const columns = await sealedColumns(tx);
  const contents: Digested[] = [];
  for (const source of SEALED_TABLES) {
    const content = await digestRows(tx, source, columns.get(source) ?? [], after, through);
    if (content) contents.push(content);
  }
  return contents;
}
