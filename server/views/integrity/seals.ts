import type { Tx } from '../../platform/db.ts';
import { byTransaction, NOTHING_BEFORE, SEALED_TABLES, sealedColumns, sealHash } from '../../platform/seal-format.ts';
import { compareRows, type RowFinding } from './sealed-rows.ts';

/** Something that is not as it was sealed. `seal` is where it was, or should have been. */
export interface SealFinding {
  /** "transfers 0197…", or "seal EU 12". */
  readonly subject: string;
  readonly detail: string;
  readonly home: string;
  readonly seal: bigint;
  /** Set where it is a row that was changed, is missing or was added. */
  readonly row?: RowFinding;
}

export interface SealReport {
  readonly seals: number;
  readonly rows: number;
  /** Rows that are not sealed yet. */
  readonly unsealed: number;
  readonly findings: readonly SealFinding[];
  /** The end of each chain, as far as it was looked at. */
  readonly heads: readonly { readonly home: string; readonly number: bigint; readonly hash: string }[];
}

export interface VerifyOptions {
  /** Begins at this seal of every chain, trusting those before it. 1, everything, unless said. */
  readonly from?: bigint;
  /** Only what was sealed since the last verification that found nothing. */
  readonly sinceMark?: boolean;
  /** Told after each run of rows. */
  readonly onProgress?: (done: { seals: number; rows: number }) => void;
}

/** A seal as it is stored. */
export interface StoredSeal {
  readonly home: string;
  readonly number: bigint;
  readonly rowCount: bigint;
  readonly previousHash: Buffer;
  readonly hash: Buffer;
  readonly sealedAt: Date;
  readonly through: bigint;
  readonly contents: readonly {
    readonly source: string;
    readonly columns: readonly string[];
    readonly rowCount: number;
    readonly digest: Buffer;
    readonly leavesHash: Buffer;
  }[];
}

/** A seal with the transaction behind which its rows begin, and whether it still says what it said. */
export interface CheckedSeal {
  readonly seal: StoredSeal;
  readonly after: bigint;
  /** False where the seal itself was changed: what it says of its rows is no proof. */
  readonly intact: boolean;
  /** True where the seals before it are gone: rows of theirs look like additions. */
  readonly afterGap: boolean;
}

/** Seals read at once. */
const PAGE = 500;
/** Rows compared by one statement. */
const ROWS_PER_RUN = 50_000;

/**
 * Verifies every chain: each seal follows the one before and is what it was, and every row that a seal covers is there unchanged, with
 * none added. Reads what it reports on from one snapshot: `tx` is REPEATABLE READ.
 */
export async function verifySeals(tx: Tx, options: VerifyOptions = {}): Promise<SealReport> {
  const findings: SealFinding[] = [];
  const heads: SealReport['heads'][number][] = [];
  const done = { seals: 0, rows: 0, unsealed: 0 };
  const columns = await sealedColumns(tx);
  await byTransaction(tx, async () => {
    for (const { home, mark } of await readChains(tx)) {
      const from = options.sinceMark ? (mark?.number ?? 0n) + 1n : (options.from ?? 1n);
      if (mark) findings.push(...(await compareMark(tx, home, mark)));
      let previous = await startOf(tx, home, from);
      for (;;) {
        const seals = await readSeals(tx, home, previous.number);
        const checked = checkChain(seals, previous, findings);
        previous = seals.at(-1) ?? previous;
        for (const run of runsOf(checked)) {
          findings.push(...(await compareRows(tx, run, columns)));
          done.seals += run.length;
          done.rows += run.reduce((sum, { seal }) => sum + Number(seal.rowCount), 0);
          options.onProgress?.({ seals: done.seals, rows: done.rows });
        }
        if (seals.length < PAGE) break;
      }
      if (previous.number > 0n) heads.push({ home, number: previous.number, hash: previous.hash.toString('hex') });
      const { unsealed, behind } = await readUnsealed(tx, previous.through);
      done.unsealed += unsealed;
      if (behind)
        findings.push({
          subject: `seal ${home} ${previous.number}`,
          detail: 'is of a transaction that this server has not come to: the rows were not copied here by npm run restore',
          home,
          seal: previous.number,
        });
    }
  });
  return { ...done, findings, heads };
}

interface Mark {
  readonly number: bigint;
  readonly hash: Buffer;
}

async function readChains(tx: Tx): Promise<{ home: string; mark: Mark | null }[]> {
  const { rows } = await tx.query<{ home: string; number: bigint | null; hash: Buffer }>(
    `WITH RECURSIVE chain AS (
       SELECT min(home) AS home FROM seals
       UNION ALL
       SELECT (SELECT min(s.home) FROM seals s WHERE s.home > chain.home) FROM chain WHERE chain.home IS NOT NULL)
     SELECT home, m.number, m.hash
     FROM (SELECT home FROM chain WHERE home IS NOT NULL UNION SELECT home FROM seal_marks) h LEFT JOIN seal_marks m USING (home)
     ORDER BY home`,
  );
  return rows.map(({ home, number, hash }) => ({ home, mark: number === null ? null : { number, hash } }));
}

/** What was verified before must still be there: a chain that was cut, or made anew with other rows, ends differently. */
async function compareMark(tx: Tx, home: string, mark: Mark): Promise<SealFinding[]> {
  const { rows } = await tx.query<{ hash: Buffer }>('SELECT hash FROM seals WHERE home = $1 AND number = $2', [
    home,
    mark.number,
  ]);
  const found = { subject: `seal ${home} ${mark.number}`, home, seal: mark.number };
  const [seal] = rows;
  if (!seal) return [{ ...found, detail: 'was verified before and is missing' }];
  if (seal.hash.equals(mark.hash)) return [];
  return [{ ...found, detail: `was verified before with another hash (${mark.hash.toString('hex')})` }];
}

type Previous = Pick<StoredSeal, 'number' | 'hash' | 'through'>;

/** The seal before `from`: where the look begins. */
async function startOf(tx: Tx, home: string, from: bigint): Promise<Previous> {
  const { rows } = await tx.query<Previous>(
    `SELECT number, hash, through_xid::text::bigint AS through FROM seals WHERE home = $1 AND number < $2 ORDER BY number DESC LIMIT 1`,
    [home, from],
  );
  return rows[0] ?? { number: 0n, hash: NOTHING_BEFORE, through: 0n };
}

async function readSeals(tx: Tx, home: string, after: bigint): Promise<StoredSeal[]> {
  const { rows } = await tx.query<Omit<StoredSeal, 'contents'>>(
    `SELECT home, number, row_count AS "rowCount", previous_hash AS "previousHash", hash, sealed_at AS "sealedAt",
            through_xid::text::bigint AS through
     FROM seals WHERE home = $1 AND number > $2 ORDER BY number LIMIT ${PAGE}`,
    [home, after],
  );
  const { rows: contents } = await tx.query<StoredSeal['contents'][number] & { number: bigint }>(
    `SELECT number, source, columns, row_count AS "rowCount", digest, sha256(leaves) AS "leavesHash"
     FROM seal_contents WHERE home = $1 AND number = ANY($2::bigint[])`,
    [home, rows.map(({ number }) => number)],
  );
  const bySeal = Map.groupBy(contents, ({ number }) => number);
  return rows.map((seal) => ({ ...seal, contents: bySeal.get(seal.number) ?? [] }));
}

/** Each seal with where its rows begin; what is wrong with the seals themselves is added to `findings`. */
function checkChain(seals: readonly StoredSeal[], start: Previous, findings: SealFinding[]): CheckedSeal[] {
  let previous = start;
  return seals.map((seal) => {
    const { home } = seal;
    const { faults, afterGap } = faultsOf(seal, previous);
    for (const { number, detail } of faults) findings.push({ subject: `seal ${home} ${number}`, detail, home, seal: number });
    const checked = { seal, after: previous.through, intact: faults.length === 0 || afterGap, afterGap };
    previous = seal;
    return checked;
  });
}

/** What is wrong with a seal itself, and with its place in the chain. */
function faultsOf(
  seal: StoredSeal,
  previous: Previous,
): { readonly faults: readonly { readonly number: bigint; readonly detail: string }[]; readonly afterGap: boolean } {
  const faults: { number: bigint; detail: string }[] = [];
  for (let missing = previous.number + 1n; missing < seal.number; missing++)
    faults.push({ number: missing, detail: 'is missing' });
  const afterGap = faults.length > 0;
  const { number } = seal;
  const counted = seal.contents.reduce((sum, { rowCount }) => sum + BigInt(rowCount), 0n);
  if (!sealHash(seal).equals(seal.hash) || counted !== seal.rowCount)
    return { faults: [...faults, { number, detail: 'was changed: its hash is not that of its contents' }], afterGap: false };
  if (!afterGap && !seal.previousHash.equals(previous.hash))
    faults.push({ number, detail: `does not follow seal ${previous.number}: that one, or this one, was made anew` });
  if (seal.through <= previous.through) faults.push({ number, detail: `ends before seal ${previous.number} does` });
  return { faults, afterGap };
}

/** Neighbours that one statement can compare: they cover the same columns, and not too many rows. */
function* runsOf(seals: readonly CheckedSeal[]): Generator<readonly CheckedSeal[]> {
  let run: CheckedSeal[] = [];
  let rows = 0;
  let layout = '';
  for (const checked of seals) {
    const own = layoutOf(checked.seal);
    const count = Number(checked.seal.rowCount);
    if (run.length > 0 && (own !== layout || rows + count > ROWS_PER_RUN || !checked.intact || !run[0]?.intact)) {
      yield run;
      run = [];
      rows = 0;
    }
    run.push(checked);
    rows += count;
    layout = own;
  }
  if (run.length > 0) yield run;
}

const layoutOf = ({ contents }: StoredSeal): string =>
  JSON.stringify(contents.map(({ source, columns }) => [source, columns]).sort());

/** Rows behind the chain's end; and whether the server counts its transactions from before that end. */
async function readUnsealed(tx: Tx, through: bigint): Promise<{ unsealed: number; behind: boolean }> {
  const counts = SEALED_TABLES.map((table) => `(SELECT count(*) FROM ${table} WHERE (xid::text::bigint) > $1)`).join(' + ');
  const { rows } = await tx.query<{ unsealed: bigint; behind: boolean }>(
    `SELECT ${counts} AS unsealed, pg_snapshot_xmax(pg_current_snapshot())::text::bigint <= $1 AS behind`,
    [through],
  );
  return { unsealed: Number(rows[0]?.unsealed ?? 0n), behind: rows[0]?.behind === true };
}
