import type pg from 'pg';
import { recordRun } from '../domains/integrity/service.ts';
import { withTx } from '../platform/db.ts';
import { type CheckOptions, checkIntegrity, type IntegrityReport } from '../views/integrity.ts';

/**
 * Looks at the books with the oracle and keeps what it found, so that the console shows it and the next incremental check starts
 * where this one ended. Looking takes no lock; keeping is a transaction of its own. Safe to run twice and at the same time.
 */
export async function checkAndRecord(pool: pg.Pool, options: CheckOptions): Promise<IntegrityReport> {
  const { report, verified, sealed } = await checkIntegrity(pool, options);
  await withTx(pool, (tx) => recordRun(tx, report, verified, sealed));
  return report;
}
