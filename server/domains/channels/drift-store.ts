import type { Tx } from '../../platform/db.ts';
import { insertRows, type TableSpec, updateRows } from '../../platform/rows.ts';
import type { Drift } from './rules.ts';

const DRIFT: TableSpec = {
  table: 'channel_drift',
  columns: {
    id: 'uuid',
    connection_id: 'uuid',
    merchant_id: 'uuid',
    sku_id: 'uuid',
    kind: 'text',
    ours: 'int8',
    ours_version: 'int8',
    theirs: 'int8',
    theirs_version: 'int8',
    status: 'text',
    first_seen_at: 'timestamptz',
    last_seen_at: 'timestamptz',
    times_seen: 'int4',
    count_round: 'int4',
    resolution: 'text',
    reason: 'text',
    resolved_by: 'text',
    resolved_at: 'timestamptz',
  },
};
const DRIFT_COUNTS: TableSpec = { table: 'channel_drift_counts', columns: { drift_id: 'uuid', count_id: 'uuid', round: 'int4' } };
const REPORTS: TableSpec = {
  table: 'channel_reports',
  columns: {
    id: 'uuid',
    connection_id: 'uuid',
    source: 'text',
    listings: 'int4',
    agreed: 'int4',
    on_the_way: 'int4',
    different: 'int4',
    unknown: 'int4',
    at: 'timestamptz',
  },
};

/** Differences of locked connections that are not closed. */
export async function readOpenDrift(tx: Tx, connectionIds: readonly string[]): Promise<Drift[]> {
  const { rows } = await tx.query<Drift>({
    name: 'channels-open-drift',
    text: `SELECT id, connection_id AS "connectionId", merchant_id AS "merchantId", sku_id AS "skuId", kind, ours, ours_version AS "oursVersion", theirs,
                  theirs_version AS "theirsVersion", status, first_seen_at AS "firstSeenAt", last_seen_at AS "lastSeenAt", times_seen AS "timesSeen", count_round AS "countRound",
                  resolution, reason, resolved_by AS "resolvedBy", resolved_at AS "resolvedAt"
           FROM channel_drift WHERE connection_id = ANY($1::uuid[]) AND status <> 'closed' ORDER BY id`,
    values: [connectionIds],
  });
  return rows;
}

const row = (d: Drift): Record<string, unknown> => ({
  id: d.id,
  connection_id: d.connectionId,
  merchant_id: d.merchantId,
  sku_id: d.skuId,
  kind: d.kind,
  ours: d.ours,
  ours_version: d.oursVersion,
  theirs: d.theirs,
  theirs_version: d.theirsVersion,
  status: d.status,
  first_seen_at: d.firstSeenAt,
  last_seen_at: d.lastSeenAt,
  times_seen: d.timesSeen,
  count_round: d.countRound,
  resolution: d.resolution,
  reason: d.reason,
  resolved_by: d.resolvedBy,
  resolved_at: d.resolvedAt,
});

export async function insertDrift(tx: Tx, rows: readonly Drift[]): Promise<void> {
  await insertRows(tx, DRIFT, rows.map(row));
}

const CHANGING = [
  ...['kind', 'ours', 'ours_version', 'theirs', 'theirs_version', 'status', 'last_seen_at', 'times_seen', 'count_round'],
  ...['resolution', 'reason', 'resolved_by', 'resolved_at'],
];

export async function updateDrift(tx: Tx, rows: readonly Drift[]): Promise<void> {
  await updateRows(tx, DRIFT, ['id'], CHANGING, rows.map(row));
}

export async function insertDriftCounts(
  tx: Tx,
  rows: readonly { readonly drift: Drift; readonly countId: string }[],
): Promise<void> {
  const links = rows.map(({ drift, countId }) => ({ drift_id: drift.id, count_id: countId, round: drift.countRound }));
  await insertRows(tx, DRIFT_COUNTS, links, 'ON CONFLICT DO NOTHING');
}

export interface ReportCounts {
  readonly listings: number;
  readonly agreed: number;
  readonly onTheWay: number;
  readonly different: number;
  readonly unknown: number;
}

export async function insertReport(
  tx: Tx,
  report: { readonly id: string; readonly connectionId: string; readonly source: 'fetched' | 'received'; readonly at: Date },
  { listings, agreed, onTheWay, different, unknown }: ReportCounts,
): Promise<void> {
  const { id, connectionId, source, at } = report;
  await insertRows(tx, REPORTS, [
    { id, connection_id: connectionId, source, listings, agreed, on_the_way: onTheWay, different, unknown, at },
  ]);
}
