import type { Queryable, Tx } from '../../platform/db.ts';
import { insertRows, type TableSpec, updateRows } from '../../platform/rows.ts';
import type { Pickup } from './rules.ts';

const PICKUPS: TableSpec = {
  table: 'pickups',
  columns: {
    order_id: 'uuid',
    merchant_id: 'uuid',
    node_id: 'uuid',
    status: 'text',
    code: 'text',
    ready_at: 'timestamptz',
    collect_by: 'timestamptz',
    reminded_at: 'timestamptz',
    collected_at: 'timestamptz',
    handed_by: 'text',
    created_at: 'timestamptz',
    updated_at: 'timestamptz',
    version: 'int8',
  },
};

/** Children of their orders: read, and changed, under the orders' locks. */
export async function readPickups(tx: Tx, orderIds: readonly string[]): Promise<Pickup[]> {
  const { rows } = await tx.query<Pickup>({
    name: 'pickups-of-orders',
    text: `SELECT order_id AS "orderId", merchant_id AS "merchantId", node_id AS "nodeId", status, code, ready_at AS "readyAt", collect_by AS "collectBy",
                  reminded_at AS "remindedAt", collected_at AS "collectedAt", handed_by AS "handedBy", created_at AS "createdAt", version
           FROM pickups WHERE order_id = ANY($1::uuid[])`,
    values: [orderIds],
  });
  return rows;
}

const columns = (p: Pickup, now: Date): Record<string, unknown> => ({
  order_id: p.orderId,
  merchant_id: p.merchantId,
  node_id: p.nodeId,
  status: p.status,
  code: p.code,
  ready_at: p.readyAt,
  collect_by: p.collectBy,
  reminded_at: p.remindedAt,
  collected_at: p.collectedAt,
  handed_by: p.handedBy,
  created_at: p.createdAt,
  updated_at: now,
  version: p.version,
});

export async function insertPickups(tx: Tx, pickups: readonly Pickup[], now: Date): Promise<void> {
  await insertRows(
    tx,
    PICKUPS,
    pickups.map((pickup) => columns(pickup, now)),
  );
}

export async function updatePickups(tx: Tx, pickups: readonly Pickup[], now: Date): Promise<void> {
  const changing = [
    'status',
    'code',
    'ready_at',
    'collect_by',
    'reminded_at',
    'collected_at',
    'handed_by',
    'updated_at',
    'version',
  ];
  await updateRows(
    tx,
    PICKUPS,
    ['order_id'],
    changing,
    pickups.map((pickup) => columns(pickup, now)),
  );
}

/** Orders at the counter of which time may ask something, unlocked. */
export async function findDue(db: Queryable, before: Date, limit: number): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>({
    name: 'pickups-due',
    text: `SELECT order_id AS id FROM pickups WHERE status = 'ready' AND collect_by < $1 ORDER BY collect_by LIMIT $2`,
    values: [before, limit],
  });
  return rows.map((row) => row.id);
}
