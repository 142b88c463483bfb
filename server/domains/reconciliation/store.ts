import type { Queryable, Tx } from '../../platform/db.ts';
import { insertRows, type TableSpec, updateRows } from '../../platform/rows.ts';
import type { Item } from './rules.ts';
import type { Reconciled } from './schema.ts';

/** One reading of a provider's report. */
export interface Run {
  readonly id: string;
  readonly home: string;
  readonly provider: Reconciled;
  readonly from: Date;
  readonly to: Date;
  readonly status: 'running' | 'done' | 'failed';
  readonly requestedBy: string;
  readonly attempts: number;
  readonly error: string | null;
  readonly matched: number;
  readonly missingHere: number;
  readonly missingThere: number;
  readonly amountDiffers: number;
  readonly version: bigint;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
}

const RUNS: TableSpec = {
  table: 'reconciliation_runs',
  columns: {
    id: 'uuid',
    home: 'text',
    provider: 'text',
    period_from: 'timestamptz',
    period_to: 'timestamptz',
    status: 'text',
    requested_by: 'text',
    attempts: 'int4',
    error: 'text',
    matched: 'int4',
    missing_here: 'int4',
    missing_there: 'int4',
    amount_differs: 'int4',
    version: 'int8',
    started_at: 'timestamptz',
    finished_at: 'timestamptz',
  },
};
const ITEMS: TableSpec = {
  table: 'reconciliation_items',
  columns: {
    id: 'uuid',
    provider: 'text',
    key: 'text',
    run_id: 'uuid',
    kind: 'text',
    status: 'text',
    booking: 'text',
    external_id: 'text',
    journal_id: 'uuid',
    order_id: 'uuid',
    reference: 'text',
    currency: 'text',
    theirs_minor: 'int8',
    ours_minor: 'int8',
    occurred_at: 'timestamptz',
    seen_at: 'timestamptz',
    resolved_by: 'text',
    resolved_at: 'timestamptz',
    note: 'text',
    approval_id: 'uuid',
    write_off_id: 'uuid',
    version: 'int8',
  },
};

const RUN = `SELECT id, home, provider, period_from AS "from", period_to AS "to", status, requested_by AS "requestedBy", attempts, error, matched,
  missing_here AS "missingHere", missing_there AS "missingThere", amount_differs AS "amountDiffers", version, started_at AS "startedAt",
  finished_at AS "finishedAt" FROM reconciliation_runs`;
const ITEM = `SELECT id, provider, key, run_id AS "runId", kind, status, booking, external_id AS "externalId", journal_id AS "journalId",
  order_id AS "orderId", reference, currency, theirs_minor AS "theirsMinor", ours_minor AS "oursMinor", occurred_at AS "occurredAt",
  seen_at AS "seenAt", resolved_by AS "resolvedBy", resolved_at AS "resolvedAt", note, approval_id AS "approvalId",
  write_off_id AS "writeOffId", version FROM reconciliation_items`;

/** One writer of a provider's items at a time: a reading is one long statement after another, and readings are rare. */
export async function lockProviders(tx: Tx, providers: readonly string[]): Promise<void> {
  const names = [...new Set(providers)].sort();
  await tx.query({
    name: 'reconciliation-lock',
    text: `SELECT pg_advisory_xact_lock(hashtext('reconciliation:' || p)) FROM unnest($1::text[]) AS p`,
    values: [names],
  });
}

export async function readRun(db: Queryable, id: string): Promise<Run | undefined> {
  const { rows } = await db.query<Run>({ name: 'reconciliation-run', text: `${RUN} WHERE id = $1`, values: [id] });
  return rows[0];
}

/** Readings that have not ended, by provider and period. */
export async function readRunning(db: Queryable): Promise<Run[]> {
  const { rows } = await db.query<Run>({ name: 'reconciliation-running', text: `${RUN} WHERE status = 'running'`, values: [] });
  return rows;
}

/** Adds runs; returns those that were added: a period that is being read is not read twice at once. */
export async function insertRuns(tx: Tx, runs: readonly Run[]): Promise<void> {
  await insertRows(tx, RUNS, runs.map(runRow));
}

export async function updateRuns(tx: Tx, runs: readonly Run[]): Promise<void> {
  const changing = [
    'status',
    'attempts',
    'error',
    'matched',
    'missing_here',
    'missing_there',
    'amount_differs',
    'version',
    'finished_at',
  ];
  await updateRows(tx, RUNS, ['id'], changing, runs.map(runRow));
}

/** Items by what they are about, or open ones of a period, under their lock. */
export async function lockItemsOfPeriod(
  tx: Tx,
  provider: string,
  keys: readonly string[],
  from: Date,
  to: Date,
): Promise<Item[]> {
  const { rows } = await tx.query<Item>({
    name: 'reconciliation-lock-period',
    text: `${ITEM} WHERE provider = $1 AND (key = ANY($2::text[]) OR (occurred_at >= $3 AND occurred_at < $4))
           ORDER BY id FOR NO KEY UPDATE`,
    values: [provider, keys, from, to],
  });
  return rows;
}

export async function lockItems(tx: Tx, ids: readonly string[]): Promise<Item[]> {
  const { rows } = await tx.query<Item>({
    name: 'reconciliation-lock-items',
    text: `${ITEM} WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE`,
    values: [ids],
  });
  return rows;
}

export async function insertItems(tx: Tx, items: readonly Item[]): Promise<void> {
  await insertRows(tx, ITEMS, items.map(itemRow));
}

export async function updateItems(tx: Tx, items: readonly Item[]): Promise<void> {
  const fixed = ['id', 'provider', 'key'];
  const changing = Object.keys(ITEMS.columns).filter((column) => !fixed.includes(column));
  await updateRows(tx, ITEMS, ['id'], changing, items.map(itemRow));
}

function runRow(run: Run): Record<string, unknown> {
  return {
    id: run.id,
    home: run.home,
    provider: run.provider,
    period_from: run.from,
    period_to: run.to,
    status: run.status,
    requested_by: run.requestedBy,
    attempts: run.attempts,
    error: run.error,
    matched: run.matched,
    missing_here: run.missingHere,
    missing_there: run.missingThere,
    amount_differs: run.amountDiffers,
    version: run.version,
    started_at: run.startedAt,
    finished_at: run.finishedAt,
  };
}

function itemRow(item: Item): Record<string, unknown> {
  return {
    id: item.id,
    provider: item.provider,
    key: item.key,
    run_id: item.runId,
    kind: item.kind,
    status: item.status,
    booking: item.booking,
    external_id: item.externalId,
    journal_id: item.journalId,
    order_id: item.orderId,
    reference: item.reference,
    currency: item.currency,
    theirs_minor: item.theirsMinor,
    ours_minor: item.oursMinor,
    occurred_at: item.occurredAt,
    seen_at: item.seenAt,
    resolved_by: item.resolvedBy,
    resolved_at: item.resolvedAt,
    note: item.note,
    approval_id: item.approvalId,
    write_off_id: item.writeOffId,
    version: item.version,
  };
}

/** Which of these journals agree with a booking that the provider has outside this period. */
export async function readAgreed(db: Queryable, journalIds: readonly string[], from: Date, to: Date): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>({
    name: 'reconciliation-agreed',
    text: `SELECT journal_id AS id FROM reconciliation_items
           WHERE journal_id = ANY($1::uuid[]) AND status = 'agreed' AND (occurred_at < $2 OR occurred_at >= $3)`,
    values: [journalIds, from, to],
  });
  return rows.map(({ id }) => id);
}
