import type { Queryable, Tx } from '../../platform/db.ts';
import { insertRows, type TableSpec, updateRows } from '../../platform/rows.ts';
import type { Claim } from './rules.ts';

const CLAIMS: TableSpec = {
  table: 'carrier_claims',
  columns: {
    id: 'uuid',
    number: 'text',
    home: 'text',
    merchant_id: 'uuid',
    order_id: 'uuid',
    shipment_id: 'uuid',
    box_id: 'uuid',
    parcel_id: 'uuid',
    carrier: 'text',
    kind: 'text',
    status: 'text',
    amount_minor: 'int8',
    accepted_minor: 'int8',
    paid_minor: 'int8',
    currency: 'text',
    carrier_ref: 'text',
    answer: 'text',
    note: 'text',
    opened_by: 'text',
    opened_at: 'timestamptz',
    filed_at: 'timestamptz',
    answered_at: 'timestamptz',
    paid_at: 'timestamptz',
    version: 'int8',
  },
};

/** Claims are children of their orders: read, and changed, under the orders' locks. */
export async function readClaims(tx: Tx, orderIds: readonly string[]): Promise<Claim[]> {
  const { rows } = await tx.query<Claim>({
    name: 'claims-of-orders',
    text: `SELECT id, number, merchant_id AS "merchantId", order_id AS "orderId", shipment_id AS "shipmentId", box_id AS "boxId", parcel_id AS "parcelId",
                  carrier, kind, status, amount_minor AS "amountMinor", accepted_minor AS "acceptedMinor", paid_minor AS "paidMinor", currency,
                  carrier_ref AS "carrierRef", answer, note, opened_by AS "openedBy", opened_at AS "openedAt", filed_at AS "filedAt",
                  answered_at AS "answeredAt", paid_at AS "paidAt", version
           FROM carrier_claims WHERE order_id = ANY($1::uuid[]) ORDER BY id`,
    values: [orderIds],
  });
  return rows;
}

/** What has to be locked to answer claims, unlocked. */
export async function findClaims(
  db: Queryable,
  claimIds: readonly string[],
): Promise<Pick<Claim, 'id' | 'orderId' | 'merchantId' | 'carrier' | 'currency'>[]> {
  const { rows } = await db.query<Pick<Claim, 'id' | 'orderId' | 'merchantId' | 'carrier' | 'currency'>>({
    name: 'claims-find',
    text: `SELECT id, order_id AS "orderId", merchant_id AS "merchantId", carrier, currency FROM carrier_claims WHERE id = ANY($1::uuid[])`,
    values: [claimIds],
  });
  return rows;
}

export async function insertClaims(tx: Tx, claims: readonly Claim[], home: string): Promise<void> {
  await insertRows(
    tx,
    CLAIMS,
    claims.map((claim) => ({ ...columns(claim), home })),
  );
}

export async function updateClaims(tx: Tx, claims: readonly Claim[]): Promise<void> {
  const changing = [
    'status',
    'amount_minor',
    'accepted_minor',
    'paid_minor',
    'carrier_ref',
    'answer',
    'note',
    'filed_at',
    'answered_at',
    'paid_at',
    'version',
  ];
  await updateRows(tx, CLAIMS, ['id'], changing, claims.map(columns));
}

function columns(c: Claim): Record<string, unknown> {
  return {
    id: c.id,
    number: c.number,
    merchant_id: c.merchantId,
    order_id: c.orderId,
    shipment_id: c.shipmentId,
    box_id: c.boxId,
    parcel_id: c.parcelId,
    carrier: c.carrier,
    kind: c.kind,
    status: c.status,
    amount_minor: c.amountMinor,
    accepted_minor: c.acceptedMinor,
    paid_minor: c.paidMinor,
    currency: c.currency,
    carrier_ref: c.carrierRef,
    answer: c.answer,
    note: c.note,
    opened_by: c.openedBy,
    opened_at: c.openedAt,
    filed_at: c.filedAt,
    answered_at: c.answeredAt,
    paid_at: c.paidAt,
    version: c.version,
  };
}
