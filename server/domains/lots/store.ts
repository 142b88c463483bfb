import type { Queryable, Tx } from '../../platform/db.ts';
import { insertRows, type TableSpec, updateRows } from '../../platform/rows.ts';
import type { Lot } from './rules.ts';

const LOTS: TableSpec = {
  table: 'stock_lots',
  columns: {
    id: 'uuid',
    sku_id: 'uuid',
    node_id: 'uuid',
    merchant_id: 'uuid',
    code: 'text',
    expires_on: 'date',
    on_hand: 'int8',
    expired: 'int8',
    created_at: 'timestamptz',
  },
};
const MOVEMENTS: TableSpec = {
  table: 'lot_movements',
  columns: {
    id: 'uuid',
    lot_id: 'uuid',
    movement_id: 'uuid',
    sku_id: 'uuid',
    delta: 'int8',
    shipment_id: 'uuid',
    at: 'timestamptz',
  },
};

export interface LotMovement {
  readonly id: string;
  readonly lotId: string;
  readonly movementId: string | null;
  readonly skuId: string;
  readonly delta: bigint;
  readonly shipmentId: string | null;
  readonly at: Date;
}

const COLUMNS = `id, sku_id AS "skuId", node_id AS "nodeId", merchant_id AS "merchantId", code, expires_on::text AS "expiresOn", on_hand AS "onHand", expired,
  created_at AS "createdAt"`;

/** Children of their stock rows: read, and changed, under the locks of those. */
export async function readLots(tx: Tx, places: readonly { skuId: string; nodeId: string }[]): Promise<Lot[]> {
  const { rows } = await tx.query<Lot>({
    name: 'lots-read',
    text: `SELECT ${COLUMNS} FROM stock_lots WHERE (sku_id, node_id) IN (SELECT * FROM unnest($1::uuid[], $2::uuid[])) ORDER BY id`,
    values: [places.map((place) => place.skuId), places.map((place) => place.nodeId)],
  });
  return rows;
}

/** Lots whose day is over and of which some are on the shelf; found without locks. */
export async function readExpired(db: Queryable, today: string, limit: number): Promise<Lot[]> {
  const { rows } = await db.query<Lot>({
    name: 'lots-expired',
    text: `SELECT ${COLUMNS} FROM stock_lots WHERE on_hand > 0 AND expires_on < $1::date ORDER BY expires_on, id LIMIT $2`,
    values: [today, limit],
  });
  return rows;
}

export async function markTracked(tx: Tx, skuIds: readonly string[]): Promise<void> {
  if (skuIds.length === 0) return;
  await tx.query({
    name: 'lots-track-stock',
    text: 'UPDATE node_stock SET by_lot = true WHERE sku_id = ANY($1::uuid[])',
    values: [skuIds],
  });
  await tx.query({ name: 'lots-track-skus', text: 'UPDATE skus SET by_lot = true WHERE id = ANY($1::uuid[])', values: [skuIds] });
}

export async function writeLots(
  tx: Tx,
  fresh: readonly Lot[],
  changed: readonly Lot[],
  moved: readonly LotMovement[],
): Promise<void> {
  const columns = (lot: Lot): Record<string, unknown> => ({
    id: lot.id,
    sku_id: lot.skuId,
    node_id: lot.nodeId,
    merchant_id: lot.merchantId,
    code: lot.code,
    expires_on: lot.expiresOn,
    on_hand: lot.onHand,
    expired: lot.expired,
    created_at: lot.createdAt,
  });
  await insertRows(tx, LOTS, fresh.map(columns));
  await updateRows(tx, LOTS, ['id'], ['on_hand', 'expired'], changed.map(columns));
  await insertRows(
    tx,
    MOVEMENTS,
    moved.map((row) => ({
      id: row.id,
      lot_id: row.lotId,
      movement_id: row.movementId,
      sku_id: row.skuId,
      delta: row.delta,
      shipment_id: row.shipmentId,
      at: row.at,
    })),
  );
}
