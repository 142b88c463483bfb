import { ALL_NODES, FILE_COLUMNS } from '../domains/stock-files/schema.ts';
import { csvLine } from '../platform/csv.ts';
import type { Queryable } from '../platform/db.ts';
import { Conditions, prepared } from './conditions.ts';
import { readCount } from './counts.ts';
import { skuMatches } from './products.ts';
import { listPurchaseOrders, type PurchaseOrderFilter, readPurchaseOrder } from './purchase-orders.ts';
import type { Scope } from './scope.ts';

/**
 * Files of stock work as they are given out: page by page, by keyset, with the columns that they are read with. What is given out and read again
 * without a change changes nothing.
 */
const PAGE = 500;

const say = (value: bigint | number | string | null): string => (value === null ? '' : String(value));

interface LevelLine {
  readonly code: string;
  readonly name: string;
  readonly node: string;
  readonly onHand: bigint | null;
  readonly safety: bigint | null;
  readonly bin: string | null;
  readonly point: bigint | null;
  readonly quantity: bigint | null;
}

export interface LevelsFilter {
  readonly merchantId: string;
  readonly q?: string | undefined;
  readonly nodeId?: string | undefined;
}

/** Each SKU of a merchant at each node that has a record of it, and its reorder point over all nodes. */
export async function* levelsCsv(db: Queryable, scope: Scope, filter: LevelsFilter): AsyncGenerator<string> {
  let header = csvLine(FILE_COLUMNS.levels);
  for (let after: string | null = null; ; ) {
    const page = await levelsPage(db, scope, filter, after);
    let text = header;
    header = '';
    for (const line of page.lines) text += levelLine(line);
    yield text;
    if (page.last === null) return;
    after = page.last;
  }
}

const levelLine = ({ code, name, node, onHand, safety, bin, point, quantity }: LevelLine): string =>
  csvLine([code, name, node, say(onHand), say(onHand), say(safety), say(bin), say(point), say(quantity)]);

async function levelsPage(
  db: Queryable,
  scope: Scope,
  { merchantId, q, nodeId }: LevelsFilter,
  after: string | null,
): Promise<{ readonly lines: LevelLine[]; readonly last: string | null }> {
  const where = new Conditions()
    .plain('k.stocked')
    .add((p) => `k.merchant_id = ${p}`, merchantId)
    .scope(scope, 'k', null);
  if (q?.trim()) skuMatches(where, q);
  if (after !== null) where.add((p) => `k.code > ${p}`, after);
  const limit = where.value(PAGE);
  const node = nodeId ? ` AND n.id = ${where.value(nodeId)}` : '';
  const text = `WITH page AS (SELECT k.id, k.code, k.name, k.merchant_id FROM skus k WHERE ${where.where} ORDER BY k.code LIMIT ${limit})
    SELECT k.code, k.name, x.node, x.on_hand AS "onHand", x.safety, x.bin, x.point, x.quantity FROM page k LEFT JOIN LATERAL (
      SELECT n.code AS node, coalesce(s.on_hand, 0) AS on_hand, coalesce(s.safety, 0) AS safety, s.bin, r.point, r.quantity
      FROM nodes n LEFT JOIN node_stock s ON s.sku_id = k.id AND s.node_id = n.id
      LEFT JOIN reorder_points r ON r.sku_id = k.id AND r.node_id = n.id AND r.point IS NOT NULL
      WHERE n.merchant_id = k.merchant_id AND (s.sku_id IS NOT NULL OR r.id IS NOT NULL)${node}
      UNION ALL
      SELECT '${ALL_NODES}', NULL, NULL, NULL, r.point, r.quantity FROM reorder_points r
      WHERE r.sku_id = k.id AND r.node_id IS NULL AND r.point IS NOT NULL) x ON true
    ORDER BY k.code, x.node`;
  const { rows } = await db.query<Omit<LevelLine, 'node'> & { node: string | null }>(prepared('levels-csv', text, where.values));
  const codes = new Set(rows.map((row) => row.code));
  const lines = rows.filter((row): row is LevelLine => row.node !== null);
  return { lines, last: codes.size < PAGE ? null : (rows.at(-1)?.code ?? null) };
}

/** A count's sheet, to be filled in. What the record says is not on it: a figure is written down by looking. */
export async function* countCsv(db: Queryable, scope: Scope, number: string): AsyncGenerator<string> {
  const { lines } = await readCount(db, scope, number);
  let text = csvLine(FILE_COLUMNS.count);
  for (const { skuCode, skuName, bin, counted, version } of lines)
    text += csvLine([skuCode, skuName, say(bin), say(counted), say(version)]);
  yield text;
}

/** Purchase orders as their list shows them, line by line, newest first. */
export async function* purchasesCsv(db: Queryable, scope: Scope, filter: PurchaseOrderFilter): AsyncGenerator<string> {
  let header = csvLine(FILE_COLUMNS.purchase_orders);
  for (let after: string | undefined; ; ) {
    const page = await listPurchaseOrders(db, scope, { ...filter, after, limit: 100 });
    const lines = await purchaseLines(
      db,
      page.items.map(({ id }) => id),
    );
    let text = header;
    header = '';
    for (const order of page.items)
      for (const line of lines.get(order.id) ?? [])
        text += csvLine([
          order.number,
          order.status,
          order.supplier,
          order.nodeCode,
          say(order.expectedOn),
          line.code,
          say(line.ordered),
          say(line.unitCost),
          say(line.expectedOn),
          say(line.received),
        ]);
    yield text;
    if (page.next === null) return;
    after = page.next;
  }
}

interface PurchasedLine {
  readonly orderId: string;
  readonly code: string;
  readonly ordered: bigint;
  readonly received: bigint;
  readonly unitCost: string | null;
  readonly expectedOn: string | null;
}

async function purchaseLines(db: Queryable, ids: readonly string[]): Promise<Map<string, PurchasedLine[]>> {
  const { rows } = await db.query<PurchasedLine>({
    name: 'purchases-csv-lines',
    text: `SELECT l.purchase_order_id AS "orderId", k.code, l.ordered, l.received, trim_scale(l.unit_cost)::text AS "unitCost",
             l.expected_on::text AS "expectedOn"
           FROM purchase_order_lines l JOIN skus k ON k.id = l.sku_id WHERE l.purchase_order_id = ANY($1::uuid[]) ORDER BY l.purchase_order_id, l.position`,
    values: [ids],
  });
  return Map.groupBy(rows, (row) => row.orderId);
}

/** What is still to come of a purchase order, to be filled in by whoever unloads it. */
export async function* receiptCsv(db: Queryable, scope: Scope, number: string): AsyncGenerator<string> {
  const { lines } = await readPurchaseOrder(db, scope, number);
  let text = csvLine(FILE_COLUMNS.receipt);
  for (const { skuCode, skuName, open } of lines) if (open > 0n) text += csvLine([skuCode, skuName, say(open), '', '', '', '']);
  yield text;
}
