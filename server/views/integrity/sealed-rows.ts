import type { Tx } from '../../platform/db.ts';
import { readLeaves, rowDigests, SEALED_TABLES, TABLE_DIGEST } from '../../platform/seal-format.ts';
import type { CheckedSeal, SealFinding } from './seals.ts';

/** A row that is not as it was sealed. */
export interface RowFinding {
  readonly table: string;
  readonly id: string;
  readonly what: 'changed' | 'missing' | 'moved' | 'added';
}

const DETAILS: Readonly<Record<RowFinding['what'], string>> = {
  changed: 'was changed after it was sealed',
  missing: 'was sealed and is missing',
  moved: 'was sealed and says now that another transaction wrote it',
  added: 'was added to what was sealed before',
};

/** Compares the rows of neighbouring seals with one statement per table, and looks closer only at those that differ. */
export async function compareRows(
  tx: Tx,
  run: readonly CheckedSeal[],
  columns: ReadonlyMap<string, readonly string[]>,
): Promise<SealFinding[]> {
  const findings: SealFinding[] = [];
  for (const source of SEALED_TABLES) {
    const sealed = run[0]?.seal.contents.find((content) => content.source === source)?.columns;
    const gone = sealed?.find((column) => !columns.get(source)?.includes(column));
    if (gone !== undefined) {
      findings.push(...run.map((checked) => missingColumn(checked, source, gone)));
      continue;
    }
    // Where the seals know nothing of this table there must be no row, whatever its columns.
    for (const checked of await differing(tx, run, source, sealed ?? ['id']))
      findings.push(...(await nameRows(tx, checked, source, sealed ?? ['id'])));
  }
  return findings;
}

function missingColumn({ seal: { home, number } }: CheckedSeal, source: string, column: string): SealFinding {
  return {
    subject: `seal ${home} ${number}`,
    detail: `covers ${source}.${column}, a column that is not there`,
    home,
    seal: number,
  };
}

/** The seals whose rows of `source` are not exactly those that were sealed. */
async function differing(
  tx: Tx,
  run: readonly CheckedSeal[],
  source: string,
  columns: readonly string[],
): Promise<CheckedSeal[]> {
  const first = run[0];
  const last = run.at(-1);
  if (!first || !last || last.seal.through <= first.after) return [...run];
  const { rows } = await tx.query<{ bucket: number; digest: Buffer }>(
    `SELECT width_bucket(n, $3::bigint[]) AS bucket, ${TABLE_DIGEST} AS digest
     FROM (${rowDigests(source, columns)}) r GROUP BY 1`,
    [first.after, last.seal.through, run.map(({ after }) => after + 1n)],
  );
  const found = new Map(rows.map(({ bucket, digest }) => [bucket, digest]));
  return run.filter(({ seal }, index) => {
    const sealed = seal.contents.find((content) => content.source === source);
    const now = found.get(index + 1);
    return sealed && now ? !sealed.digest.equals(now) : sealed !== now;
  });
}

/** Which rows of one seal are changed, missing or added, by their leaves. */
async function nameRows(
  tx: Tx,
  { seal, after, intact, afterGap }: CheckedSeal,
  source: string,
  columns: readonly string[],
): Promise<SealFinding[]> {
  const { home, number, through } = seal;
  const { rows: stored } = await tx.query<{ leaves: Buffer }>(
    'SELECT leaves FROM seal_contents WHERE home = $1 AND number = $2 AND source = $3',
    [home, number, source],
  );
  const { rows } = await tx.query<{ id: string; digest: string }>(
    `SELECT id, encode(substr(d, 1, 8), 'hex') AS digest FROM (${rowDigests(source, columns)}) r ORDER BY id`,
    [after, through],
  );
  const leaves = stored[0] ? readLeaves(stored[0].leaves) : new Map<string, string>();
  const found: RowFinding[] = [];
  for (const { id, digest } of rows) {
    const sealed = leaves.get(id);
    leaves.delete(id);
    // What lies behind a missing seal was sealed by it, as far as anybody can tell.
    if (sealed === undefined && !afterGap && (intact || stored[0])) found.push({ table: source, id, what: 'added' });
    if (sealed !== undefined && sealed !== digest) found.push({ table: source, id, what: 'changed' });
  }
  const elsewhere = await stillThere(tx, source, [...leaves.keys()]);
  for (const id of leaves.keys()) found.push({ table: source, id, what: elsewhere.has(id) ? 'moved' : 'missing' });
  return found.map((row) => ({
    subject: `${row.table} ${row.id}`,
    detail: `${DETAILS[row.what]} (seal ${home} ${number})`,
    home,
    seal: number,
    row,
  }));
}

async function stillThere(tx: Tx, source: string, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const { rows } = await tx.query<{ id: string }>(`SELECT id FROM ${source} WHERE id = ANY($1::uuid[])`, [ids]);
  return new Set(rows.map(({ id }) => id));
}
