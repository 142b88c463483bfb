import type { Tx } from '../../platform/db.ts';
import { insertRows, type TableSpec, updateRows } from '../../platform/rows.ts';
import { inTransit, type Transfer, type TransferLine } from './rules.ts';

const TRANSFERS: TableSpec = {
  table: 'stock_transfers',
  columns: {
    id: 'uuid',
    number: 'text',
    home: 'text',
    merchant_id: 'uuid',
    from_node_id: 'uuid',
    to_node_id: 'uuid',
    status: 'text',
    note: 'text',
    version: 'int8',
    created_by: 'text',
    created_at: 'timestamptz',
    sent_at: 'timestamptz',
    ended_at: 'timestamptz',
    trace_id: 'text',
  },
};
const LINES: TableSpec = {
  table: 'stock_transfer_lines',
  columns: {
    id: 'uuid',
    transfer_id: 'uuid',
    position: 'int4',
    sku_id: 'uuid',
    requested: 'int8',
    sent: 'int8',
    received: 'int8',
    lost: 'int8',
    extra: 'int8',
    in_transit: 'int8',
    reason: 'text',
    lots: 'jsonb',
  },
};

export async function lockTransfers(tx: Tx, ids: readonly string[]): Promise<Omit<Transfer, 'lines'>[]> {
  const { rows } = await tx.query<Omit<Transfer, 'lines'>>({
    name: 'transfers-lock',
    text: `SELECT id, number, home, merchant_id AS "merchantId", from_node_id AS "fromNodeId", to_node_id AS "toNodeId", status, note, version,
                  created_by AS "createdBy", created_at AS "createdAt", sent_at AS "sentAt", ended_at AS "endedAt", trace_id AS "traceId"
           FROM stock_transfers WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE`,
    values: [ids],
  });
  return rows;
}

/** Children of their transfers: read, and changed, under the transfers' locks. */
export async function readLines(tx: Tx, ids: readonly string[]): Promise<TransferLine[]> {
  const { rows } = await tx.query<TransferLine>({
    name: 'transfers-lines',
    text: `SELECT id, transfer_id AS "transferId", position, sku_id AS "skuId", requested, sent, received, lost, extra, reason, lots
           FROM stock_transfer_lines WHERE transfer_id = ANY($1::uuid[]) ORDER BY transfer_id, position`,
    values: [ids],
  });
  return rows;
}

const columns = (transfer: Transfer): Record<string, unknown> => ({
  id: transfer.id,
  number: transfer.number,
  home: transfer.home,
  merchant_id: transfer.merchantId,
  from_node_id: transfer.fromNodeId,
  to_node_id: transfer.toNodeId,
  status: transfer.status,
  note: transfer.note,
  version: transfer.version,
  created_by: transfer.createdBy,
  created_at: transfer.createdAt,
  sent_at: transfer.sentAt,
  ended_at: transfer.endedAt,
  trace_id: transfer.traceId,
});
const lineColumns = (line: TransferLine): Record<string, unknown> => ({
  id: line.id,
  transfer_id: line.transferId,
  position: line.position,
  sku_id: line.skuId,
  requested: line.requested,
  sent: line.sent,
  received: line.received,
  lost: line.lost,
  extra: line.extra,
  in_transit: inTransit(line),
  reason: line.reason,
  lots: line.lots,
});

export async function writeTransfers(tx: Tx, fresh: readonly Transfer[], changed: readonly Transfer[]): Promise<void> {
  const linesOf = (transfers: readonly Transfer[]) => transfers.flatMap((transfer) => transfer.lines.map(lineColumns));
  await insertRows(tx, TRANSFERS, fresh.map(columns));
  await insertRows(tx, LINES, linesOf(fresh));
  await updateRows(tx, TRANSFERS, ['id'], ['status', 'version', 'sent_at', 'ended_at'], changed.map(columns));
  await updateRows(tx, LINES, ['id'], ['sent', 'received', 'lost', 'extra', 'in_transit', 'reason', 'lots'], linesOf(changed));
}
