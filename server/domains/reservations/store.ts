import type { Tx } from '../../platform/db.ts';
import { insertRows, type TableSpec, updateRows } from '../../platform/rows.ts';
import type { Reservation } from './rules.ts';

const RESERVATIONS: TableSpec = {
  table: 'reservations',
  columns: {
    id: 'uuid',
    home: 'text',
    merchant_id: 'uuid',
    channel: 'text',
    status: 'text',
    expires_at: 'timestamptz',
    order_id: 'uuid',
    reference: 'text',
    version: 'int8',
    created_at: 'timestamptz',
    updated_at: 'timestamptz',
  },
};
const LINES: TableSpec = {
  table: 'reservation_lines',
  columns: { reservation_id: 'uuid', sku_id: 'uuid', quantity: 'int8' },
};

const COLUMNS = `r.id, r.home, r.merchant_id AS "merchantId", r.channel, r.status, r.expires_at AS "expiresAt", r.order_id AS "orderId", r.reference,
  r.version, r.created_at AS "createdAt", r.updated_at AS "updatedAt"`;

type Row = Omit<Reservation, 'lines'>;

export async function lockReservations(tx: Tx, ids: readonly string[]): Promise<Reservation[]> {
  const { rows } = await tx.query<Row>({
    name: 'reservations-lock',
    text: `SELECT ${COLUMNS} FROM reservations r WHERE r.id = ANY($1::uuid[]) ORDER BY r.id FOR NO KEY UPDATE`,
    values: [ids],
  });
  return withLines(tx, rows);
}

/** The open reservations of a home that are over. One that somebody else holds is theirs to end. */
export async function lockDue(tx: Tx, home: string, now: Date, limit: number): Promise<Reservation[]> {
  const { rows } = await tx.query<Row>({
    name: 'reservations-lock-due',
    text: `SELECT ${COLUMNS} FROM reservations r WHERE r.status = 'open' AND r.expires_at <= $2::timestamptz AND r.home = $1
           ORDER BY r.expires_at, r.id LIMIT $3 FOR NO KEY UPDATE SKIP LOCKED`,
    values: [home, now, limit],
  });
  return withLines(tx, rows);
}

async function withLines(tx: Tx, found: readonly Row[]): Promise<Reservation[]> {
  if (found.length === 0) return [];
  const { rows } = await tx.query<{ id: string; skuId: string; quantity: bigint }>({
    name: 'reservations-lines',
    text: `SELECT reservation_id AS id, sku_id AS "skuId", quantity FROM reservation_lines WHERE reservation_id = ANY($1::uuid[]) ORDER BY sku_id`,
    values: [found.map((row) => row.id)],
  });
  const lines = Map.groupBy(rows, (line) => line.id);
  return found.map((row) => ({
    ...row,
    lines: (lines.get(row.id) ?? []).map(({ skuId, quantity }) => ({ skuId, quantity })),
  }));
}

export async function insertReservations(tx: Tx, reservations: readonly Reservation[]): Promise<void> {
  await insertRows(
    tx,
    RESERVATIONS,
    reservations.map((r) => ({
      id: r.id,
      home: r.home,
      merchant_id: r.merchantId,
      channel: r.channel,
      status: r.status,
      expires_at: r.expiresAt,
      order_id: r.orderId,
      reference: r.reference,
      version: r.version,
      created_at: r.createdAt,
      updated_at: r.updatedAt,
    })),
  );
  const lines = reservations.flatMap((r) =>
    r.lines.map((line) => ({ reservation_id: r.id, sku_id: line.skuId, quantity: line.quantity })),
  );
  await insertRows(tx, LINES, lines);
}

export async function updateReservations(tx: Tx, reservations: readonly Reservation[]): Promise<void> {
  const rows = reservations.map((r) => ({
    id: r.id,
    status: r.status,
    expires_at: r.expiresAt,
    order_id: r.orderId,
    updated_at: r.updatedAt,
    version: r.version,
  }));
  await updateRows(tx, RESERVATIONS, ['id'], ['status', 'expires_at', 'order_id', 'updated_at', 'version'], rows);
}

/** Units that open reservations of a channel hold, by SKU. */
export async function readHeld(tx: Tx, skuIds: readonly string[]): Promise<{ skuId: string; channel: string; units: bigint }[]> {
  const { rows } = await tx.query<{ skuId: string; channel: string; units: bigint }>({
    name: 'reservations-held-units',
    text: `SELECT l.sku_id AS "skuId", r.channel, sum(l.quantity)::int8 AS units
           FROM reservation_lines l JOIN reservations r ON r.id = l.reservation_id
           WHERE l.sku_id = ANY($1::uuid[]) AND r.status = 'open' GROUP BY 1, 2`,
    values: [skuIds],
  });
  return rows;
}
