import type { CountLineStatus, CountStatus } from '../domains/counts/rules.ts';
import { DomainError } from '../kernel/errors.ts';
import { isId } from '../kernel/ids.ts';
import type { Queryable } from '../platform/db.ts';
import { type Actor, resolveActors } from './actors.ts';
import { Conditions, prepared } from './conditions.ts';
import { keysetPage, type PageRequest } from './keyset.ts';
import type { Page } from './pages.ts';
import type { Scope } from './scope.ts';

export interface CountRow {
  readonly id: string;
  readonly number: string;
  readonly status: CountStatus;
  readonly merchantName: string;
  readonly nodeCode: string;
  readonly blind: boolean;
  readonly chosen: string;
  readonly lines: number;
  readonly done: number;
  readonly differing: number;
  readonly waiting: number;
  readonly createdAt: Date;
}

const FROM = 'stock_counts c JOIN merchants m ON m.id = c.merchant_id JOIN nodes n ON n.id = c.node_id';

/** Count sheets, newest first. */
export async function listCounts(
  db: Queryable,
  scope: Scope,
  request: { readonly status?: readonly CountStatus[] | undefined; readonly nodeId?: string | undefined } & PageRequest,
): Promise<Page<CountRow>> {
  const where = new Conditions().scope(scope, 'c', null);
  if (request.status?.length) where.add((p) => `c.status = ANY(${p})`, request.status);
  if (request.nodeId) where.add((p) => `c.node_id = ${p}`, request.nodeId);
  return keysetPage(
    db,
    {
      label: 'counts-list',
      columns: `c.id, c.number, c.status, m.name AS "merchantName", n.code AS "nodeCode", c.blind, c.chosen, l.lines, l.done, l.differing,
        CASE WHEN p.status = 'pending' THEN l.waiting ELSE 0 END AS waiting, c.created_at AS "createdAt"`,
      from: `${FROM} LEFT JOIN approvals p ON p.id = c.approval_id
        JOIN LATERAL (SELECT count(*)::int AS lines, count(*) FILTER (WHERE status NOT IN ('open', 'moved', 'left'))::int AS done,
          count(*) FILTER (WHERE counted <> expected)::int AS differing, count(*) FILTER (WHERE status = 'waiting')::int AS waiting
          FROM stock_count_lines WHERE count_id = c.id) l ON true`,
      where,
      by: 'c.id',
      id: 'c.id',
      cast: 'uuid',
      check: isId,
    },
    request,
  );
}

export interface CountLineView {
  readonly id: string;
  readonly skuId: string;
  readonly skuCode: string;
  readonly skuName: string;
  readonly barcode: string | null;
  readonly bin: string | null;
  readonly status: CountLineStatus;
  /** What the record says now; null while somebody counts blind. */
  readonly onHand: bigint | null;
  /** The version of the record, which the counter sends back with the figure. */
  readonly version: bigint;
  readonly expected: bigint | null;
  readonly counted: bigint | null;
  readonly rounds: number;
}

export interface CountPage {
  readonly id: string;
  readonly number: string;
  readonly status: CountStatus;
  readonly merchantId: string;
  readonly merchantName: string;
  readonly nodeId: string;
  readonly nodeCode: string;
  readonly nodeName: string;
  readonly blind: boolean;
  readonly chosen: string;
  readonly note: string | null;
  readonly version: bigint;
  readonly approvalId: string | null;
  readonly approvalStatus: string | null;
  readonly createdBy: Actor;
  readonly createdAt: Date;
  readonly endedAt: Date | null;
  readonly lines: readonly CountLineView[];
  /** Differences at channels that it explains. */
  readonly differences: readonly CountedDifference[];
}

export interface CountedDifference {
  readonly connectionId: string;
  readonly connectionName: string;
  readonly skuCode: string;
  readonly status: 'open' | 'counting' | 'ignored' | 'closed';
}

const LINES = `SELECT l.id, l.sku_id AS "skuId", k.code AS "skuCode", k.name AS "skuName", k.barcode, l.bin, l.status, coalesce(s.on_hand, 0) AS "onHand",
    coalesce(s.version, 0) AS version, l.expected, l.counted, l.rounds
  FROM stock_count_lines l JOIN stock_counts c ON c.id = l.count_id JOIN skus k ON k.id = l.sku_id
  LEFT JOIN node_stock s ON s.sku_id = l.sku_id AND s.node_id = c.node_id
  WHERE l.count_id = $1 ORDER BY l.position`;

const DIFFERENCES = `SELECT d.connection_id AS "connectionId", h.name AS "connectionName", k.code AS "skuCode", d.status
  FROM channel_drift_counts s JOIN channel_drift d ON d.id = s.drift_id JOIN channel_connections h ON h.id = d.connection_id JOIN skus k ON k.id = d.sku_id
  WHERE s.count_id = $1 ORDER BY h.name, k.code LIMIT 50`;

/** One count sheet by its id or number; a blind one does not say what the record says until it is finished. Throws `not_found`. */
export async function readCount(db: Queryable, scope: Scope, ref: string): Promise<CountPage> {
  const where = isId(ref)
    ? new Conditions().add((p) => `c.id = ${p}`, ref)
    : new Conditions().add((p) => `c.number = ${p}`, ref.toUpperCase());
  where.scope(scope, 'c', null);
  const text = `SELECT c.id, c.number, c.status, c.merchant_id AS "merchantId", m.name AS "merchantName", c.node_id AS "nodeId", n.code AS "nodeCode",
      n.name AS "nodeName", c.blind, c.chosen, c.note, c.version, c.approval_id AS "approvalId", p.status AS "approvalStatus",
      c.created_by AS "createdBy", c.created_at AS "createdAt", c.ended_at AS "endedAt"
    FROM ${FROM} LEFT JOIN approvals p ON p.id = c.approval_id WHERE ${where.where}`;
  const found = await db.query<Omit<CountPage, 'createdBy' | 'lines' | 'differences'> & { createdBy: string }>(
    prepared('count', text, where.values),
  );
  const [head] = found.rows;
  if (!head) throw new DomainError('not_found', `There is no count ${ref}.`);
  const { rows } = await db.query<CountLineView>(prepared('count-lines', LINES, [head.id]));
  const differences = await db.query<CountedDifference>(prepared('count-differences', DIFFERENCES, [head.id]));
  const hidden = head.blind && head.status === 'counting';
  const lines = hidden ? rows.map((line) => ({ ...line, onHand: null, expected: null })) : rows;
  const name = await resolveActors(db, [head.createdBy]);
  return { ...head, createdBy: name(head.createdBy), lines, differences: differences.rows };
}

/** The bins of a node, for whoever chooses what to count. */
export async function listBins(db: Queryable, scope: Scope, nodeId: string): Promise<string[]> {
  const where = new Conditions()
    .add((p) => `s.node_id = ${p}`, nodeId)
    .plain('s.bin IS NOT NULL')
    .scope(scope, 's', null);
  const text = `SELECT DISTINCT s.bin FROM node_stock s WHERE ${where.where} ORDER BY 1 LIMIT 500`;
  return (await db.query<{ bin: string }>(prepared('node-bins', text, where.values))).rows.map((row) => row.bin);
}
