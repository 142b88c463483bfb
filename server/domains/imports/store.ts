import type { Queryable, Tx } from '../../platform/db.ts';
import { insertRows, type TableSpec } from '../../platform/rows.ts';
import { decimal, type EarlierSale, type Ended, sourceMicros } from './rules.ts';

const LINES: TableSpec = {
  table: 'import_lines',
  columns: {
    merchant_id: 'uuid',
    file: 'text',
    line: 'int4',
    run_id: 'uuid',
    bucket: 'text',
    invoice: 'text',
    sku_code: 'text',
    quantity: 'int8',
    unit_price: 'numeric',
    source_amount: 'numeric',
    ledger_minor: 'int8',
    price_variance: 'numeric',
    rounding: 'numeric',
    unmatched: 'numeric',
    order_id: 'uuid',
    refund_id: 'uuid',
    reason: 'text',
  },
};

/** Writes lines that ended. One that is written already stays as it is: a line ends once. */
export async function insertEnded(
  tx: Tx,
  run: { readonly id: string; readonly merchantId: string },
  ended: readonly Ended[],
): Promise<void> {
  const rows = ended.map(({ place, line, ...end }) => ({
    merchant_id: run.merchantId,
    file: place.file,
    line: place.line,
    run_id: run.id,
    bucket: end.bucket,
    invoice: line.invoice,
    sku_code: line.sku,
    quantity: line.quantity,
    unit_price: line.priceMicros === null ? null : decimal(line.priceMicros),
    source_amount: decimal(sourceMicros(line)),
    ledger_minor: end.ledgerMinor,
    price_variance: decimal(end.varianceMicros),
    rounding: decimal(end.roundingMicros),
    unmatched: decimal(end.unmatchedMicros),
    order_id: end.orderId,
    refund_id: end.refundId,
    reason: end.reason,
  }));
  await insertRows(tx, LINES, rows, 'ON CONFLICT DO NOTHING');
}

/** The lines of these files that have ended, as `file:line`, and the run that ended each. */
export async function readEnded(db: Queryable, merchantId: string, files: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await db.query<{ key: string; runId: string }>(
    `SELECT file || ':' || line AS key, run_id AS "runId" FROM import_lines WHERE merchant_id = $1 AND file = ANY($2::text[])`,
    [merchantId, files],
  );
  return new Map(rows.map((row) => [row.key, row.runId]));
}

/**
 * Units of imported orders that other files sold and that no other file's credit note gave back. What these credit notes gave back
 * themselves, before they were interrupted, counts as still there: the plan of a second run is that of the first.
 */
export async function readEarlierSales(
  db: Queryable,
  merchantId: string,
  own: { readonly invoices: readonly string[]; readonly creditNotes: readonly string[] },
): Promise<(Omit<EarlierSale, 'priceMicros'> & { readonly unitPrice: string })[]> {
  const { rows } = await db.query<Omit<EarlierSale, 'priceMicros'> & { unitPrice: string }>(
    `SELECT o.external_id AS invoice, l.position, c.external_id AS customer, l.sku_code AS sku, l.unit_price AS "unitPrice", o.placed_at AS at,
            (l.quantity - coalesce(r.units, 0))::int AS units
     FROM orders o
     JOIN order_lines l ON l.order_id = o.id
     JOIN customer_references c ON c.merchant_id = o.merchant_id AND c.customer_id = o.customer_id
     LEFT JOIN LATERAL (
       SELECT sum(rl.to_unit - rl.from_unit + 1) AS units FROM refund_lines rl JOIN refunds rf ON rf.id = rl.refund_id
       WHERE rl.order_id = o.id AND rl.line_id = l.id AND rf.status NOT IN ('failed', 'rejected')
         AND NOT (rf.requested_by = 'system:import' AND rf.note = ANY($3::text[]))) r ON true
     WHERE o.merchant_id = $1 AND o.channel = 'import' AND NOT o.external_id = ANY($2::text[]) AND l.quantity > coalesce(r.units, 0)`,
    [merchantId, own.invoices, own.creditNotes],
  );
  return rows;
}

export interface ImportedLine {
  readonly invoice: string;
  readonly orderId: string;
  readonly status: string;
  readonly position: number;
  readonly lineId: string;
  readonly quantity: number;
  readonly unitPrice: string;
  readonly totalMinor: bigint;
}

/** Imported orders with their lines, by invoice number. */
export async function readImported(db: Queryable, merchantId: string, invoices: readonly string[]): Promise<ImportedLine[]> {
  const { rows } = await db.query<ImportedLine>({
    name: 'imports-orders',
    text: `SELECT o.external_id AS invoice, o.id AS "orderId", o.status, l.position, l.id AS "lineId", l.quantity, l.unit_price AS "unitPrice",
                  l.total_minor AS "totalMinor"
           FROM orders o JOIN order_lines l ON l.order_id = o.id
           WHERE o.merchant_id = $1 AND o.external_id = ANY($2::text[])`,
    values: [merchantId, invoices],
  });
  return rows;
}

export async function readStates(
  db: Queryable,
  orderIds: readonly string[],
): Promise<{ readonly id: string; readonly status: string }[]> {
  const { rows } = await db.query<{ id: string; status: string }>({
    name: 'imports-states',
    text: 'SELECT id, status FROM orders WHERE id = ANY($1::uuid[])',
    values: [orderIds],
  });
  return rows;
}

export interface RefundedRange {
  readonly refundId: string;
  readonly status: string;
  readonly lineId: string;
  readonly from: number;
  readonly to: number;
}

/** What refunds gave back, by unit. */
export async function readRefunded(db: Queryable, refundIds: readonly string[]): Promise<RefundedRange[]> {
  const { rows } = await db.query<RefundedRange>({
    name: 'imports-refunded',
    text: `SELECT f.id AS "refundId", f.status, l.line_id AS "lineId", l.from_unit AS "from", l.to_unit AS "to"
           FROM refunds f JOIN refund_lines l ON l.refund_id = f.id WHERE f.id = ANY($1::uuid[]) ORDER BY l.line_id, l.from_unit`,
    values: [refundIds],
  });
  return rows;
}

export interface RunRow {
  readonly id: string;
  readonly merchantId: string;
  readonly format: string;
  readonly files: readonly { readonly name: string; readonly sha256: string }[];
}

/** The run of exactly these files, made if it is new: what was interrupted goes on as the same run. */
export async function openRun(tx: Tx, run: RunRow, now: Date): Promise<{ readonly id: string; readonly resumed: boolean }> {
  await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 2))', [`import:${run.merchantId}`]);
  const files = JSON.stringify(run.files);
  const found = await tx.query<{ id: string }>(
    'SELECT id FROM import_runs WHERE merchant_id = $1 AND format = $2 AND files = $3::jsonb ORDER BY started_at LIMIT 1',
    [run.merchantId, run.format, files],
  );
  if (found.rows[0]) return { id: found.rows[0].id, resumed: true };
  await tx.query(
    `INSERT INTO import_runs (id, format, merchant_id, status, files, started_at) VALUES ($1, $2, $3, 'running', $4, $5)`,
    [run.id, run.format, run.merchantId, files, now],
  );
  return { id: run.id, resumed: false };
}

export async function closeRun(tx: Tx, runId: string, totals: unknown, now: Date): Promise<void> {
  await tx.query(`UPDATE import_runs SET status = 'done', totals = $2, finished_at = coalesce(finished_at, $3) WHERE id = $1`, [
    runId,
    JSON.stringify(totals),
    now,
  ]);
}

export interface BucketTotal {
  readonly bucket: string;
  readonly lines: number;
  readonly orders: number;
  readonly source: string;
  readonly ledgerMinor: bigint;
  readonly priceVariance: string;
  readonly rounding: string;
  readonly unmatched: string;
}

export async function readTotals(db: Queryable, merchantId: string, files: readonly string[]): Promise<BucketTotal[]> {
  const { rows } = await db.query<BucketTotal>(
    `SELECT bucket, count(*)::int AS lines, count(DISTINCT order_id)::int AS orders, sum(coalesce(source_amount, 0))::text AS source,
            sum(ledger_minor)::int8 AS "ledgerMinor", sum(price_variance)::text AS "priceVariance", sum(rounding)::text AS rounding,
            sum(unmatched)::text AS unmatched
     FROM import_lines WHERE merchant_id = $1 AND file = ANY($2::text[]) GROUP BY bucket`,
    [merchantId, files],
  );
  return rows;
}

/** What the ledger itself says of these files' orders and refunds: sales posted, and credit notes posted against them. */
export async function readLedgerMinor(
  db: Queryable,
  merchantId: string,
  files: readonly string[],
): Promise<{ readonly salesMinor: bigint; readonly refundsMinor: bigint }> {
  const { rows } = await db.query<{ salesMinor: bigint; refundsMinor: bigint }>(
    `WITH own AS (SELECT DISTINCT order_id, bucket FROM import_lines WHERE merchant_id = $1 AND file = ANY($2::text[]))
     SELECT (SELECT coalesce(sum(t.amount_minor), 0)::int8 FROM transfers t
             WHERE t.kind = 'sale' AND t.order_id IN (SELECT order_id FROM own WHERE bucket = 'sale')) AS "salesMinor",
            (SELECT coalesce(sum(g.amount_minor), 0)::int8 FROM refund_legs g JOIN refunds f ON f.id = g.refund_id
             WHERE g.status = 'succeeded' AND f.merchant_id = $1 AND f.requested_by = 'system:import'
               AND f.note IN (SELECT invoice FROM import_lines WHERE merchant_id = $1 AND file = ANY($2::text[]))) AS "refundsMinor"`,
    [merchantId, files],
  );
  return rows[0] ?? { salesMinor: 0n, refundsMinor: 0n };
}
