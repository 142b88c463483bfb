import { newId } from '../../kernel/ids.ts';
import type { Tx } from '../../platform/db.ts';
import { insertRun, raiseMarks, raiseSealMarks, removeQuietRuns } from './store.ts';

/** A finished check, as the oracle reports it. */
export interface FinishedRun {
  readonly full: boolean;
  readonly checkedAt: string;
  readonly tookMs: number;
  /** xid8 as decimal text: the next incremental check looks at everything from here on. */
  readonly mark: string;
  readonly violations: number;
  readonly unchecked: number;
  readonly invariants: readonly unknown[];
}

/** The version at which a counter row agreed with its history. */
export interface Verified {
  readonly kind: 'account' | 'supply' | 'node';
  readonly key: string;
  readonly version: bigint;
}

/** A seal up to which everything was as it was sealed. */
export interface VerifiedSeal {
  readonly home: string;
  readonly number: bigint;
  readonly hash: Buffer;
}

/** One check a minute makes 10,000 runs a week; those that found nothing are of no interest after it. */
const QUIET_RUNS_KEPT_MS = 7 * 24 * 3_600_000;

/**
 * Keeps a finished check, and raises the verified marks only if it found nothing: a mistake is found again until it is repaired. Seals
 * have marks of their own: what else is wrong does not make them older. Returns the run's id.
 */
export async function recordRun(
  tx: Tx,
  run: FinishedRun,
  verified: readonly Verified[],
  sealed: readonly VerifiedSeal[],
): Promise<string> {
  const id = newId();
  await raiseSealMarks(tx, sealed, new Date(run.checkedAt), run.full);
  if (run.violations === 0) await raiseMarks(tx, verified);
  await insertRun(tx, id, run);
  await removeQuietRuns(tx, new Date(Date.parse(run.checkedAt) - QUIET_RUNS_KEPT_MS));
  return id;
}
