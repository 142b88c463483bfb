import type { Queryable, Tx } from '../../platform/db.ts';
import { lockStep } from '../../platform/locks.ts';
import { insertRows, type TableSpec, updateRows } from '../../platform/rows.ts';
import type { Manifest, ManifestParcel } from './rules.ts';

const MANIFESTS: TableSpec = {
  table: 'manifests',
  columns: {
    id: 'uuid',
    number: 'text',
    home: 'text',
    merchant_id: 'uuid',
    node_id: 'uuid',
    carrier: 'text',
    status: 'text',
    carrier_ref: 'text',
    error: 'text',
    asked: 'bool',
    attempt: 'int4',
    next_at: 'timestamptz',
    version: 'int8',
    created_by: 'text',
    created_at: 'timestamptz',
    closed_at: 'timestamptz',
    handed_over_at: 'timestamptz',
    trace_id: 'text',
  },
};
const PARCELS: TableSpec = {
  table: 'manifest_parcels',
  columns: {
    manifest_id: 'uuid',
    parcel_id: 'uuid',
    shipment_id: 'uuid',
    box_id: 'uuid',
    order_id: 'uuid',
    tracking_number: 'text',
    carrier_ref: 'text',
    status: 'text',
    changed_at: 'timestamptz',
  },
};

export async function lockManifests(tx: Tx, ids: readonly string[]): Promise<Manifest[]> {
  lockStep(tx, 'manifests');
  const { rows } = await tx.query<Manifest>({
    name: 'manifests-lock',
    text: `SELECT id, number, merchant_id AS "merchantId", node_id AS "nodeId", carrier, status, carrier_ref AS "carrierRef", error, asked, attempt,
                  next_at AS "nextAt", version, created_by AS "createdBy", created_at AS "createdAt", closed_at AS "closedAt",
                  handed_over_at AS "handedOverAt", trace_id AS "traceId"
           FROM manifests WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE`,
    values: [ids],
  });
  return rows;
}

const PARCEL = `manifest_id AS "manifestId", parcel_id AS "parcelId", shipment_id AS "shipmentId", box_id AS "boxId", order_id AS "orderId",
  tracking_number AS "trackingNumber", carrier_ref AS "carrierRef", status`;

export async function readParcels(tx: Tx, manifestIds: readonly string[]): Promise<ManifestParcel[]> {
  const { rows } = await tx.query<ManifestParcel>({
    name: 'manifests-parcels',
    text: `SELECT ${PARCEL} FROM manifest_parcels WHERE manifest_id = ANY($1::uuid[]) ORDER BY manifest_id, parcel_id`,
    values: [manifestIds],
  });
  return rows;
}

/** Where parcels are listed, unless they were left behind. */
export async function readListed(db: Queryable, parcelIds: readonly string[]): Promise<ManifestParcel[]> {
  const { rows } = await db.query<ManifestParcel>({
    name: 'manifests-listed',
    text: `SELECT ${PARCEL} FROM manifest_parcels WHERE parcel_id = ANY($1::uuid[]) AND status <> 'left_behind'`,
    values: [parcelIds],
  });
  return rows;
}

/** The manifests that parcels of shipments are on, unlocked: where somebody has to lock first. */
export async function findOfShipments(db: Queryable, shipmentIds: readonly string[]): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>({
    name: 'manifests-of-shipments',
    text: `SELECT DISTINCT p.manifest_id AS id FROM shipments s
           JOIN manifest_parcels p ON p.order_id = s.order_id AND p.shipment_id = s.id AND p.status <> 'left_behind'
           WHERE s.id = ANY($1::uuid[])`,
    values: [shipmentIds],
  });
  return rows.map((row) => row.id);
}

/** Manifests that should have been looked at by now, and have perhaps lost their job. */
export async function findDue(db: Queryable, before: Date, limit: number): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>({
    name: 'manifests-due',
    text: 'SELECT id FROM manifests WHERE next_at IS NOT NULL AND next_at < $1 ORDER BY next_at LIMIT $2',
    values: [before, limit],
  });
  return rows.map((row) => row.id);
}

export async function insertManifests(tx: Tx, manifests: readonly Manifest[], home: string): Promise<void> {
  await insertRows(
    tx,
    MANIFESTS,
    manifests.map((manifest) => ({ ...columns(manifest), home })),
  );
}

export async function updateManifests(tx: Tx, manifests: readonly Manifest[]): Promise<void> {
  const changing = ['status', 'carrier_ref', 'error', 'asked', 'attempt', 'next_at', 'version', 'closed_at', 'handed_over_at'];
  await updateRows(tx, MANIFESTS, ['id'], changing, manifests.map(columns));
}

export async function insertParcels(tx: Tx, parcels: readonly ManifestParcel[], now: Date): Promise<void> {
  await insertRows(
    tx,
    PARCELS,
    parcels.map((parcel) => parcelColumns(parcel, now)),
  );
}

export async function updateParcels(tx: Tx, parcels: readonly ManifestParcel[], now: Date): Promise<void> {
  await updateRows(
    tx,
    PARCELS,
    ['manifest_id', 'parcel_id'],
    ['status', 'changed_at'],
    parcels.map((parcel) => parcelColumns(parcel, now)),
  );
}

function parcelColumns(p: ManifestParcel, now: Date): Record<string, unknown> {
  return {
    manifest_id: p.manifestId,
    parcel_id: p.parcelId,
    shipment_id: p.shipmentId,
    box_id: p.boxId,
    order_id: p.orderId,
    tracking_number: p.trackingNumber,
    carrier_ref: p.carrierRef,
    status: p.status,
    changed_at: now,
  };
}

function columns(m: Manifest): Record<string, unknown> {
  return {
    id: m.id,
    number: m.number,
    merchant_id: m.merchantId,
    node_id: m.nodeId,
    carrier: m.carrier,
    status: m.status,
    carrier_ref: m.carrierRef,
    error: m.error,
    asked: m.asked,
    attempt: m.attempt,
    next_at: m.nextAt,
    version: m.version,
    created_by: m.createdBy,
    created_at: m.createdAt,
    closed_at: m.closedAt,
    handed_over_at: m.handedOverAt,
    trace_id: m.traceId,
  };
}
