import type pg from 'pg';
import type { Queryable, Tx } from '../platform/db.ts';
import { readSnapshot } from '../platform/read-snapshot.ts';
import { BACKORDER_INVARIANTS } from './integrity/backorders.ts';
import { CHANNEL_INVARIANTS } from './integrity/channels.ts';
import { CHECKOUT_INVARIANTS } from './integrity/checkouts.ts';
import { DISPUTE_INVARIANTS } from './integrity/disputes.ts';
import { EDIT_INVARIANTS } from './integrity/edits.ts';
import { type Broken, type Finding, type Invariant, SCOPE_SQL } from './integrity/invariant.ts';
import { INVOICE_INVARIANTS } from './integrity/invoices.ts';
import { LEDGER_INVARIANTS } from './integrity/ledger.ts';
import { LIVENESS_INVARIANTS } from './integrity/liveness.ts';
import { ORDER_INVARIANTS } from './integrity/orders.ts';
import { PARCEL_INVARIANTS } from './integrity/parcels.ts';
import { PARTNER_INVARIANTS } from './integrity/partners.ts';
import { PAYMENT_INVARIANTS } from './integrity/payments.ts';
import { POSTING_INVARIANTS } from './integrity/postings.ts';
import { PROGRAM_INVARIANTS } from './integrity/programs.ts';
import { openProviderLog, type ProviderLog, providerFinding, readCaptures } from './integrity/provider-captures.ts';
import { RAIL_INVARIANTS } from './integrity/rails.ts';
import { RECONCILIATION_INVARIANTS } from './integrity/reconciliation.ts';
import { REFERENCE_INVARIANTS } from './integrity/references.ts';
import { RETURN_INVARIANTS } from './integrity/returns.ts';
import { ROUTING_INVARIANTS } from './integrity/routing.ts';
import { type Inspection, inspectionScope, type VerifiedVersion } from './integrity/scope.ts';
import { SEAL_INVARIANTS, SEALS_VERIFY, type SealHeadMark, sealHeads } from './integrity/seal-invariant.ts';
import { STOCK_INVARIANTS } from './integrity/stock.ts';
import { STOCK_WORK_INVARIANTS } from './integrity/stock-work.ts';
import { TENDER_INVARIANTS } from './integrity/tenders.ts';
import { WALLET_INVARIANTS } from './integrity/wallets.ts';

/** What is always true (DESIGN 9), in the order in which people read it. */
export const INVARIANTS: readonly Invariant[] = [
  ...LEDGER_INVARIANTS,
  ...WALLET_INVARIANTS,
  ...PROGRAM_INVARIANTS,
  ...SEAL_INVARIANTS,
  ...TENDER_INVARIANTS,
  ...STOCK_INVARIANTS,
  ...PARTNER_INVARIANTS,
  ...ROUTING_INVARIANTS,
  ...CHANNEL_INVARIANTS,
  ...STOCK_WORK_INVARIANTS,
  ...BACKORDER_INVARIANTS,
  ...ORDER_INVARIANTS,
  ...EDIT_INVARIANTS,
  ...INVOICE_INVARIANTS,
  ...PARCEL_INVARIANTS,
  ...RETURN_INVARIANTS,
  ...CHECKOUT_INVARIANTS,
  ...PAYMENT_INVARIANTS,
  ...POSTING_INVARIANTS,
  ...DISPUTE_INVARIANTS,
  ...RAIL_INVARIANTS,
  ...RECONCILIATION_INVARIANTS,
  ...REFERENCE_INVARIANTS,
  ...LIVENESS_INVARIANTS,
].sort((a, b) => a.group - b.group);

const MAX_SAMPLES = 5;
/** A full run reads every row of the largest tables. */
const STATEMENT_LIMIT_MS = 300_000;

export interface IntegrityReport {
  readonly checkedAt: string;
  /** False where only what changed since the last verified run was looked at. */
  readonly full: boolean;
  readonly tookMs: number;
  /** xid8: every event below it was visible. The next incremental run starts here if this one found nothing. */
  readonly mark: string;
  readonly violations: number;
  readonly unchecked: number;
  readonly invariants: readonly Finding[];
}

/** The report, and the versions that are now verified: `flows/check-integrity.ts` keeps both. */
export interface IntegrityCheck {
  readonly report: IntegrityReport;
  readonly verified: readonly VerifiedVersion[];
  /** The ends of the chains of seals, if everything looked at up to there is as it was sealed. */
  readonly sealed: readonly SealHeadMark[];
}

export interface CheckOptions {
  /** False: only what changed since the last verified run; everything where there is none. */
  readonly full: boolean;
  readonly now: Date;
  /** The provider's own log of captures. Without it that invariant is reported as not checked. */
  readonly provider?: ProviderLog | undefined;
}

/**
 * Checks every invariant on one snapshot (REPEATABLE READ, read only), so that a change in flight never looks like a mistake.
 * Throws only when the database does; what is wrong with the data is in the report.
 */
export async function checkIntegrity(pool: pg.Pool, { full, now, provider }: CheckOptions): Promise<IntegrityCheck> {
  const startedAt = performance.now();
  const opened = await openProviderLog(provider, full);
  const { inspection, findings, heads, captures } = await readSnapshot(pool, async (tx) => {
    await tx.query(`SET LOCAL statement_timeout = ${STATEMENT_LIMIT_MS}`);
    await tx.query(`SET LOCAL work_mem = '64MB'`);
    await tx.query('SET LOCAL jit = off');
    const scope = await inspectionScope(tx, { full, now });
    const found = await inspect(tx, scope);
    return { inspection: scope, findings: found, heads: await sealHeads(tx), captures: await readCaptures(tx, scope.orders) };
  });
  // The provider is asked after the snapshot is given back: nobody waits for a network call inside a transaction.
  const all = [...findings, await providerFinding(provider, opened, captures, inspection.full)].sort((a, b) => a.group - b.group);
  return {
    report: {
      checkedAt: now.toISOString(),
      full: inspection.full,
      tookMs: Math.round(performance.now() - startedAt),
      mark: inspection.mark,
      violations: all.reduce((sum, finding) => sum + finding.violations, 0),
      unchecked: all.filter((finding) => finding.state === 'not_checked').length,
      invariants: all,
    },
    verified: inspection.moved,
    sealed: all.some(({ id, state }) => id === SEALS_VERIFY && state === 'holds') ? heads : [],
  };
}

/** Runs the invariants inside the caller's transaction, one after another. */
export async function inspect(tx: Tx, inspection: Inspection): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const invariant of INVARIANTS) {
    if (!inspection.full && invariant.fullOnly) continue;
    findings.push(await check(tx, invariant, inspection));
  }
  return findings;
}

async function check(tx: Tx, invariant: Invariant, inspection: Inspection): Promise<Finding> {
  const { id, group, title } = invariant;
  const found =
    'find' in invariant
      ? sampled(await invariant.find(tx, inspection))
      : await select(tx, invariant.id, invariant.sql, inspection);
  return { id, group, title, state: found.violations > 0 ? 'violated' : 'holds', ...found };
}

type Found = Pick<Finding, 'violations' | 'samples'>;

const sampled = (broken: readonly Broken[]): Found => ({
  violations: broken.length,
  samples: broken.slice(0, MAX_SAMPLES).map(({ subject, detail }) => `${subject}: ${detail}`),
});

async function select(
  tx: Tx,
  id: string,
  sql: string,
  { orders, skus, accounts, accountVersions, now, since }: Inspection,
): Promise<Found> {
  // Not a prepared statement: the plan must know whether a scope is given and how large it is.
  const text = `WITH ${SCOPE_SQL}, found (subject, detail) AS MATERIALIZED (${sql})
    SELECT (SELECT count(*) FROM found)::int AS violations,
           ARRAY(SELECT subject || ': ' || detail FROM found ORDER BY 1 LIMIT ${MAX_SAMPLES}) AS samples`;
  const { rows } = await tx.query<{ violations: number; samples: string[] }>(text, [
    orders,
    skus,
    accounts,
    accountVersions,
    now,
    since,
  ]);
  const row = rows[0];
  if (!row) throw new Error(`The invariant ${id} gave no answer`);
  return row;
}

/** One line of the history of checks. */
export interface IntegrityRun {
  readonly id: string;
  readonly full: boolean;
  readonly checkedAt: Date;
  readonly tookMs: number;
  readonly violations: number;
  readonly unchecked: number;
}

const RUN_COLUMNS = `id, scope = 'full' AS "full", checked_at AS "checkedAt", took_ms AS "tookMs", violations::int AS violations, unchecked`;

/** The newest run and the newest full run with all their findings; null before the first. */
export async function latestIntegrity(db: Queryable): Promise<{
  readonly latest: (IntegrityRun & { readonly invariants: readonly Finding[] }) | null;
  readonly full: (IntegrityRun & { readonly invariants: readonly Finding[] }) | null;
}> {
  type Row = IntegrityRun & { readonly invariants: readonly Finding[] };
  const { rows } = await db.query<Row>({
    name: 'integrity-latest',
    text: `(SELECT ${RUN_COLUMNS}, results AS invariants FROM integrity_runs ORDER BY checked_at DESC, id DESC LIMIT 1)
           UNION ALL
           (SELECT ${RUN_COLUMNS}, results FROM integrity_runs WHERE scope = 'full' ORDER BY checked_at DESC, id DESC LIMIT 1)`,
  });
  return { latest: rows[0] ?? null, full: rows.find((row) => row.full) ?? null };
}

/** Runs from newest to oldest, `limit` of them, from before the run `before` on. */
export async function integrityHistory(
  db: Queryable,
  { limit, before }: { readonly limit: number; readonly before: string | null },
): Promise<readonly IntegrityRun[]> {
  const { rows } = await db.query<IntegrityRun>({
    name: 'integrity-history',
    text: `SELECT ${RUN_COLUMNS} FROM integrity_runs
           WHERE $2::uuid IS NULL OR (checked_at, id) < (SELECT checked_at, id FROM integrity_runs WHERE id = $2)
           ORDER BY checked_at DESC, id DESC LIMIT $1`,
    values: [limit, before],
  });
  return rows;
}
