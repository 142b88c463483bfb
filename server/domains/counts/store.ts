import type { Queryable, Tx } from '../../platform/db.ts';
import { insertRows, type TableSpec, updateRows } from '../../platform/rows.ts';
import type { Count, CountLine } from './rules.ts';
import type { CountChoice } from './schema.ts';

const COUNTS: TableSpec = {
  table: 'stock_counts',
  columns: {
    id: 'uuid',
    number: 'text',
    home: 'text',
    merchant_id: 'uuid',
    node_id: 'uuid',
    status: 'text',
    blind: 'bool',
    chosen: 'text',
    note: 'text',
    approval_id: 'uuid',
    version: 'int8',
    created_by: 'text',
    created_at: 'timestamptz',
    ended_at: 'timestamptz',
    trace_id: 'text',
  },
};
const LINES: TableSpec = {
  table: 'stock_count_lines',
  columns: {
    id: 'uuid',
    count_id: 'uuid',
    position: 'int4',
    sku_id: 'uuid',
    bin: 'text',
    status: 'text',
    expected: 'int8',
    node_version: 'int8',
    counted: 'int8',
    rounds: 'int4',
    counted_by: 'text',
    counted_at: 'timestamptz',
  },
};

/** Goods of a node, in the order in which somebody walks. */
export interface ChosenGoods {
  readonly skuId: string;
  readonly bin: string | null;
}

const BY: Readonly<Record<CountChoice['by'], string>> = {
  bins: 's.bin = ANY($3::text[])',
  skus: 's.sku_id = ANY($3::uuid[])',
  oldest: '$3::text IS NULL',
  worth: '$3::text IS NULL',
  random: '$3::text IS NULL',
  all: '$3::text IS NULL',
};
const FIRST: Readonly<Record<CountChoice['by'], string>> = {
  bins: 's.sku_id',
  skus: 's.sku_id',
  oldest: `(SELECT max(l.counted_at) FROM stock_count_lines l JOIN stock_counts c ON c.id = l.count_id
            WHERE l.sku_id = s.sku_id AND c.node_id = s.node_id) NULLS FIRST, s.sku_id`,
  worth: 's.on_hand * k.price DESC, s.sku_id',
  // The same sheet for the same request, however often it is tried.
  random: `md5(s.sku_id::text || $5), s.sku_id`,
  all: 's.sku_id',
};

/** Chooses what to count of a node. Read without locks: the sheet says what to look at, not what is there. */
export async function chooseGoods(
  tx: Tx,
  wanted: {
    readonly merchantId: string;
    readonly nodeId: string;
    readonly choice: CountChoice;
    readonly seed: string;
    readonly most: number;
  },
): Promise<ChosenGoods[]> {
  const { choice } = wanted;
  const which = choice.by === 'bins' ? choice.bins : choice.by === 'skus' ? choice.skuIds : null;
  const limit = 'limit' in choice ? choice.limit : wanted.most + 1;
  const { rows } = await tx.query<ChosenGoods>({
    name: `counts-choose-${choice.by}`,
    text: `SELECT g.sku_id AS "skuId", g.bin FROM (
             SELECT s.sku_id, s.bin, k.code FROM node_stock s JOIN skus k ON k.id = s.sku_id
             WHERE s.merchant_id = $1 AND s.node_id = $2 AND ${BY[choice.by]} AND ($5::text IS NOT NULL)
             ORDER BY ${FIRST[choice.by]} LIMIT $4) g
           ORDER BY g.bin NULLS LAST, g.code`,
    values: [wanted.merchantId, wanted.nodeId, which, limit, wanted.seed],
  });
  return rows;
}

export async function lockCounts(tx: Tx, ids: readonly string[]): Promise<Omit<Count, 'lines'>[]> {
  const { rows } = await tx.query<Omit<Count, 'lines'>>({
    name: 'counts-lock',
    text: `SELECT id, number, home, merchant_id AS "merchantId", node_id AS "nodeId", status, blind, chosen, note, approval_id AS "approvalId", version,
                  created_by AS "createdBy", created_at AS "createdAt", ended_at AS "endedAt", trace_id AS "traceId"
           FROM stock_counts WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE`,
    values: [ids],
  });
  return rows;
}

/** Children of their counts: read, and changed, under the counts' locks. */
export async function readLines(tx: Queryable, ids: readonly string[]): Promise<CountLine[]> {
  const { rows } = await tx.query<CountLine>({
    name: 'counts-lines',
    text: `SELECT id, count_id AS "countId", position, sku_id AS "skuId", bin, status, expected, node_version AS "nodeVersion", counted, rounds,
                  counted_by AS "countedBy", counted_at AS "countedAt"
           FROM stock_count_lines WHERE count_id = ANY($1::uuid[]) ORDER BY count_id, position`,
    values: [ids],
  });
  return rows;
}

/** Of these places, those whose units came or went since a version. Read under the locks of their stock. */
export async function readMoved(
  tx: Tx,
  seen: readonly { readonly skuId: string; readonly nodeId: string; readonly version: bigint; readonly since: Date }[],
): Promise<ReadonlySet<string>> {
  if (seen.length === 0) return new Set();
  const { rows } = await tx.query<{ skuId: string; nodeId: string }>({
    name: 'counts-moved',
    text: `SELECT DISTINCT v.sku_id AS "skuId", v.node_id AS "nodeId"
           FROM unnest($1::uuid[], $2::uuid[], $3::int8[], $4::timestamptz[]) AS v(sku_id, node_id, version, since)
           WHERE EXISTS (SELECT 1 FROM stock_movements m WHERE m.sku_id = v.sku_id AND m.node_id = v.node_id AND m.node_version > v.version
                         AND m.on_hand_delta <> 0 AND m.at >= v.since - interval '1 hour')`,
    values: [seen.map((s) => s.skuId), seen.map((s) => s.nodeId), seen.map((s) => s.version), seen.map((s) => s.since)],
  });
  return new Set(rows.map((row) => `${row.skuId}:${row.nodeId}`));
}

const columns = (count: Count): Record<string, unknown> => ({
  id: count.id,
  number: count.number,
  home: count.home,
  merchant_id: count.merchantId,
  node_id: count.nodeId,
  status: count.status,
  blind: count.blind,
  chosen: count.chosen,
  note: count.note,
  approval_id: count.approvalId,
  version: count.version,
  created_by: count.createdBy,
  created_at: count.createdAt,
  ended_at: count.endedAt,
  trace_id: count.traceId,
});
const lineColumns = (line: CountLine): Record<string, unknown> => ({
  id: line.id,
  count_id: line.countId,
  position: line.position,
  sku_id: line.skuId,
  bin: line.bin,
  status: line.status,
  expected: line.expected,
  node_version: line.nodeVersion,
  counted: line.counted,
  rounds: line.rounds,
  counted_by: line.countedBy,
  counted_at: line.countedAt,
});

export async function writeCounts(
  tx: Tx,
  fresh: readonly Count[],
  changed: readonly Count[],
  lines: readonly CountLine[],
): Promise<void> {
  await insertRows(tx, COUNTS, fresh.map(columns));
  await insertRows(
    tx,
    LINES,
    fresh.flatMap((count) => count.lines.map(lineColumns)),
  );
  await updateRows(tx, COUNTS, ['id'], ['status', 'approval_id', 'version', 'ended_at'], changed.map(columns));
  const changing = ['status', 'expected', 'node_version', 'counted', 'rounds', 'counted_by', 'counted_at'];
  await updateRows(tx, LINES, ['id'], changing, lines.map(lineColumns));
}
