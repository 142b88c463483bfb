import type pg from 'pg';
import type { FilePreview, PlannedLine, RejectedCell } from '../../domains/stock-files/rules.ts';
import {
  type CountRow,
  FILE_COLUMNS,
  FILE_REQUIRED,
  FILE_ROWS,
  type FileKind,
  type LevelRow,
  MAX_FILE_ROWS,
  type PurchaseRow,
  type ReceiptRow,
} from '../../domains/stock-files/schema.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { Tx } from '../../platform/db.ts';
import { withTx } from '../../platform/db.ts';
import { forgetLocks } from '../../platform/locks.ts';
import { type BadLine, readTable, type Table, type TableSpec } from '../csv-table.ts';
import { checkFingerprint, fingerprintOf } from '../fingerprint.ts';

/** What every file of stock work has in common: how it is read, what its preview says, and when it is refused. */

/** Answers are stored and sent whole: this many are listed, the rest is counted. */
const MAX_REJECTED_LISTED = 2_000;
const MAX_SAMPLE = 50;

interface RowOf {
  readonly levels: LevelRow;
  readonly count: CountRow;
  readonly purchase_orders: PurchaseRow;
  readonly receipt: ReceiptRow;
}

/** What no two lines of a file may name. */
const UNIQUE: { readonly [K in FileKind]: { column: string; key(row: RowOf[K]): string } } = {
  levels: { column: 'sku', key: ({ sku, node }) => JSON.stringify([sku, node]) },
  count: { column: 'sku', key: ({ sku }) => sku },
  purchase_orders: {
    column: 'sku',
    key: ({ supplier, node, expected_on, sku, line_expected_on }) =>
      JSON.stringify([supplier, node, expected_on, sku, line_expected_on]),
  },
  receipt: { column: 'sku', key: ({ sku, lot }) => JSON.stringify([sku, lot]) },
};

export function readStockFile<K extends FileKind>(kind: K, csv: string): Promise<Table<RowOf[K]>> {
  const spec = {
    columns: FILE_COLUMNS[kind],
    required: FILE_REQUIRED[kind],
    row: FILE_ROWS[kind],
    unique: UNIQUE[kind],
    maxRows: MAX_FILE_ROWS,
    articles: ['sku'],
    neutralised: true,
  } as unknown as TableSpec<RowOf[K]>;
  return readTable(csv, spec);
}

/** Collects what a plan finds, line by line. */
export class FilePlan {
  private readonly rejected: RejectedCell[] = [];
  private readonly lines: PlannedLine[] = [];
  private unchanged = 0;
  /** Rows that were rejected: one may have several cells that are wrong. */
  private readonly bad = new Set<number>();

  constructor(bad: readonly BadLine[]) {
    for (const { line, sku, problems } of bad)
      for (const { column, message } of problems) this.reject(line, sku, column, message);
  }

  reject(line: number, sku: string, column: string | null, reason: string): void {
    this.bad.add(line);
    this.rejected.push({ line, sku, column, reason });
  }

  /** A line that is fine, with what it changes. */
  accept(planned: PlannedLine): void {
    if (planned.changes.length === 0) this.unchanged += 1;
    else this.lines.push(planned);
  }

  preview(waits: boolean): FilePreview {
    const rejected = this.rejected.sort((a, b) => a.line - b.line);
    const summary = {
      changed: this.lines.length,
      unchanged: this.unchanged,
      rejectedCount: this.bad.size,
      rejected: rejected.slice(0, MAX_REJECTED_LISTED),
      sample: this.lines.slice(0, MAX_SAMPLE),
      waits,
    };
    return { ...summary, fingerprint: fingerprintOf([summary, this.lines, rejected]) };
  }
}

/** Refuses what a person did not see, and a file with bad lines unless only the good ones are asked for. */
export function demandFile(
  { mode, fingerprint }: { readonly mode: 'all' | 'accepted'; readonly fingerprint?: string | undefined },
  preview: FilePreview,
): void {
  checkFingerprint(fingerprint, preview);
  const { rejectedCount, changed, unchanged } = preview;
  if (rejectedCount === 0 || (mode === 'accepted' && changed + unchanged > 0)) return;
  throw new DomainError(
    'invalid_request',
    `${rejectedCount} of the file's ${rejectedCount + changed + unchanged} lines cannot be accepted, so nothing was changed. Correct them, or take only the others.`,
    { rejected: preview.rejected },
  );
}

/** Carries a plan out of a transaction that is given up. */
class GivenUp<T> extends Error {
  readonly plan: T;

  constructor(plan: T) {
    super('A preview is given up');
    this.plan = plan;
  }
}

/** Plans as the verb would, under its locks, and gives up whatever was made for it: nothing is written. */
export async function planOnly<T>(pool: pg.Pool, plan: (tx: Tx) => Promise<T>): Promise<T> {
  try {
    return await withTx(pool, async (tx): Promise<T> => {
      forgetLocks(tx);
      throw new GivenUp(await plan(tx));
    });
  } catch (error) {
    if (error instanceof GivenUp) return error.plan as T;
    throw error;
  }
}
