import type pg from 'pg';
import type { ResolveDifferenceInput, StartReconciliationInput } from '../../domains/reconciliation/schema.ts';
import type { Call, Locked, Verb } from '../../platform/verb.ts';
import type { Outside } from '../outside.ts';
import { createReportReader, type ReportReader } from './read-report.ts';
import { type ResolvedDifference, resolveDifference } from './resolve-difference.ts';
import { type StartedReconciliation, startReconciliation } from './start-reconciliation.ts';

/** Comparing the books with what providers report. */
export interface ReconciliationFlows extends ReportReader {
  readonly start: Call<StartReconciliationInput, StartedReconciliation>;
  readonly resolve: Call<ResolveDifferenceInput, ResolvedDifference>;
}

export interface ReconciliationDeps {
  readonly pool: pg.Pool;
  readonly outside: Outside;
  readonly verb: <I, W extends Locked, R>(definition: Verb<I, W, R>) => Call<I, R>;
}

export function createReconciliationFlows({ pool, outside, verb }: ReconciliationDeps): ReconciliationFlows {
  return {
    ...createReportReader({ pool, outside }),
    start: verb(startReconciliation),
    resolve: verb(resolveDifference),
  };
}
