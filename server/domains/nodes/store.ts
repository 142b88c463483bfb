import type { UnitRange } from '../../kernel/units.ts';
import type { Queryable, Tx } from '../../platform/db.ts';
import { insertRows, type TableSpec, updateRows } from '../../platform/rows.ts';
import type { FulfilmentRequest } from './rules.ts';

const REQUESTS: TableSpec = {
  table: 'fulfilment_requests',
  columns: {
    id: 'uuid',
    order_id: 'uuid',
    merchant_id: 'uuid',
    node_id: 'uuid',
    kind: 'text',
    status: 'text',
    partner_ref: 'text',
    reason: 'text',
    recall: 'text',
    answer_by: 'timestamptz',
    ship_by: 'timestamptz',
    created_at: 'timestamptz',
    answered_at: 'timestamptz',
    ended_at: 'timestamptz',
    version: 'int8',
    updated_at: 'timestamptz',
  },
};
const LINES: TableSpec = {
  table: 'fulfilment_request_lines',
  columns: { request_id: 'uuid', line_id: 'uuid', from_unit: 'int4', to_unit: 'int4', order_id: 'uuid' },
};

/** Children of their orders: read, and changed, under the orders' locks. */
export async function readRequests(tx: Tx, orderIds: readonly string[]): Promise<Omit<FulfilmentRequest, 'lines'>[]> {
  const { rows } = await tx.query<Omit<FulfilmentRequest, 'lines'>>({
    name: 'nodes-requests',
    text: `SELECT id, order_id AS "orderId", merchant_id AS "merchantId", node_id AS "nodeId", kind, status, partner_ref AS "partnerRef", reason, recall,
                  answer_by AS "answerBy", ship_by AS "shipBy", created_at AS "createdAt", answered_at AS "answeredAt", ended_at AS "endedAt", version
           FROM fulfilment_requests WHERE order_id = ANY($1::uuid[]) ORDER BY id`,
    values: [orderIds],
  });
  return rows;
}

export async function readLines(tx: Tx, orderIds: readonly string[]): Promise<(UnitRange & { requestId: string })[]> {
  const { rows } = await tx.query<UnitRange & { requestId: string }>({
    name: 'nodes-request-lines',
    text: `SELECT request_id AS "requestId", line_id AS "lineId", from_unit AS "from", to_unit AS "to" FROM fulfilment_request_lines
           WHERE order_id = ANY($1::uuid[]) ORDER BY request_id, line_id, from_unit`,
    values: [orderIds],
  });
  return rows;
}

const columns = (r: FulfilmentRequest, now: Date): Record<string, unknown> => ({
  id: r.id,
  order_id: r.orderId,
  merchant_id: r.merchantId,
  node_id: r.nodeId,
  kind: r.kind,
  status: r.status,
  partner_ref: r.partnerRef,
  reason: r.reason,
  recall: r.recall,
  answer_by: r.answerBy,
  ship_by: r.shipBy,
  created_at: r.createdAt,
  answered_at: r.answeredAt,
  ended_at: r.endedAt,
  version: r.version,
  updated_at: now,
});

export async function insertRequests(tx: Tx, requests: readonly FulfilmentRequest[], now: Date): Promise<void> {
  await insertRows(
    tx,
    REQUESTS,
    requests.map((request) => columns(request, now)),
  );
}

export async function insertLines(tx: Tx, requests: readonly FulfilmentRequest[]): Promise<void> {
  const rows = requests.flatMap((request) =>
    request.lines.map((line) => ({
      request_id: request.id,
      line_id: line.lineId,
      from_unit: line.from,
      to_unit: line.to,
      order_id: request.orderId,
    })),
  );
  await insertRows(tx, LINES, rows);
}

export async function updateRequests(tx: Tx, requests: readonly FulfilmentRequest[], now: Date): Promise<void> {
  const changing = ['status', 'partner_ref', 'reason', 'recall', 'ship_by', 'answered_at', 'ended_at', 'version', 'updated_at'];
  await updateRows(
    tx,
    REQUESTS,
    ['id'],
    changing,
    requests.map((request) => columns(request, now)),
  );
}

/** The orders that requests belong to, unlocked: where news has to lock first. */
export async function ordersOfRequests(db: Queryable, ids: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await db.query<{ id: string; orderId: string }>({
    name: 'nodes-orders-of-requests',
    text: 'SELECT id, order_id AS "orderId" FROM fulfilment_requests WHERE id = ANY($1::uuid[])',
    values: [ids],
  });
  return new Map(rows.map((row) => [row.id, row.orderId]));
}
