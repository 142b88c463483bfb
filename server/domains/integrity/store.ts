import type { Tx } from '../../platform/db.ts';
import { insertRows, type TableSpec } from '../../platform/rows.ts';
import type { FinishedRun, Verified, VerifiedSeal } from './service.ts';

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

/** Two checks may overlap: the one that saw more says how far, the later one says when. */
export async function raiseSealMarks(tx: Tx, seals: readonly VerifiedSeal[], at: Date, full: boolean): Promise<void> {
  for (const { home, number, hash } of seals)
    await tx.query({
      name: 'integrity-raise-seal-mark',
      text: `INSERT INTO seal_marks (home, number, hash, verified_at, full_verified_at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (home) DO UPDATE SET
               number = greatest(seal_marks.number, EXCLUDED.number),
               hash = CASE WHEN EXCLUDED.number >= seal_marks.number THEN EXCLUDED.hash ELSE seal_marks.hash END,
               verified_at = greatest(seal_marks.verified_at, EXCLUDED.verified_at),
               full_verified_at = greatest(seal_marks.full_verified_at, EXCLUDED.full_verified_at)`,
      values: [home, number, hash, at, full ? at : null],
    });
}

/** Removes incremental runs without a finding that are older than `before`. Full runs and findings stay. */
export async function removeQuietRuns(tx: Tx, before: Date): Promise<void> {
  await tx.query({
    name: 'integrity-remove-quiet-runs',
    text: `DELETE FROM integrity_runs WHERE scope = 'incremental' AND verified AND checked_at < $1`,
    values: [before],
  });
}
