import type { Tx } from '../../platform/db.ts';
import { insertRows, type TableSpec } from '../../platform/rows.ts';
import type { FinishedRun, Verified } from './service.ts';

const RUNS: TableSpec = {
  table: 'integrity_runs',
  columns: {
    id: 'uuid',
    scope: 'text',
    checked_at: 'timestamptz',
    took_ms: 'int4',
    violations: 'int8',
    unchecked: 'int4',
    mark: 'text',
    verified: 'bool',
    results: 'jsonb',
  },
};

export async function insertRun(tx: Tx, id: string, run: FinishedRun): Promise<void> {
  await insertRows(tx, RUNS, [
    {
      id,
      scope: run.full ? 'full' : 'incremental',
      checked_at: run.checkedAt,
      took_ms: run.tookMs,
      violations: run.violations,
      unchecked: run.unchecked,
      mark: run.mark,
      verified: run.violations === 0,
      results: run.invariants,
    },
  ]);
}

const MARKS: TableSpec = { table: 'integrity_marks', columns: { kind: 'text', key: 'text', version: 'int8' } };

/** Two checks may overlap; the one that saw more wins. */
export async function raiseMarks(tx: Tx, marks: readonly Verified[]): Promise<void> {
  await insertRows(
    tx,
    MARKS,
    [...marks].sort((a, b) => (`${a.kind}${a.key}` < `${b.kind}${b.key}` ? -1 : 1)).map((mark) => ({ ...mark })),
    'ON CONFLICT (kind, key) DO UPDATE SET version = EXCLUDED.version WHERE integrity_marks.version < EXCLUDED.version',
  );
}

/** Removes incremental runs without a finding that are older than `before`. Full runs and findings stay. */
export async function removeQuietRuns(tx: Tx, before: Date): Promise<void> {
  await tx.query({
    name: 'integrity-remove-quiet-runs',
    text: `DELETE FROM integrity_runs WHERE scope = 'incremental' AND verified AND checked_at < $1`,
    values: [before],
  });
}
