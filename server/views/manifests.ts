import { DomainError } from '../kernel/errors.ts';
import type { ManifestStatus, ShipmentStatus } from '../kernel/vocabulary.ts';
import type { Queryable } from '../platform/db.ts';
import { Conditions, prepared } from './conditions.ts';
import { keysetPage, type PageRequest } from './keyset.ts';
import type { Page } from './pages.ts';
import type { Scope } from './scope.ts';

export interface ManifestRow {
  readonly id: string;
  readonly number: string;
  readonly status: ManifestStatus;
  readonly merchantName: string;
  readonly nodeId: string;
  readonly nodeCode: string;
  readonly nodeName: string;
  readonly carrier: string;
  readonly carrierRef: string | null;
  readonly error: string | null;
  readonly parcels: number;
  readonly handedOver: number;
  readonly leftBehind: number;
  readonly createdAt: Date;
  readonly closedAt: Date | null;
  readonly handedOverAt: Date | null;
}

const COLUMNS = `f.id, f.number, f.status, m.name AS "merchantName", f.node_id AS "nodeId", n.code AS "nodeCode", n.name AS "nodeName", f.carrier,
  f.carrier_ref AS "carrierRef", f.error, p.parcels, p."handedOver", p."leftBehind", f.created_at AS "createdAt", f.closed_at AS "closedAt",
  f.handed_over_at AS "handedOverAt"`;
const FROM = `manifests f JOIN merchants m ON m.id = f.merchant_id JOIN nodes n ON n.id = f.node_id
  CROSS JOIN LATERAL (SELECT count(*)::int AS parcels, count(*) FILTER (WHERE status = 'handed_over')::int AS "handedOver",
      count(*) FILTER (WHERE status = 'left_behind')::int AS "leftBehind" FROM manifest_parcels WHERE manifest_id = f.id) p`;

/** Manifests, newest first. */
export function listManifests(db: Queryable, scope: Scope, request: PageRequest): Promise<Page<ManifestRow>> {
  const where = new Conditions().scope(scope, 'f', null);
  return keysetPage(
    db,
    { label: 'manifests-list', columns: COLUMNS, from: FROM, where, by: 'f.created_at', id: 'f.id' },
    request,
  );
}

export interface ManifestParcelRow {
  readonly parcelId: string;
  readonly trackingNumber: string;
  readonly status: 'listed' | 'handed_over' | 'left_behind';
  readonly shipmentNumber: string;
  readonly shipmentStatus: ShipmentStatus;
  readonly boxNumber: number | null;
  readonly weightGrams: number | null;
  readonly city: string | null;
  readonly country: string | null;
}

export interface ManifestPage {
  readonly manifest: ManifestRow;
  readonly parcels: readonly ManifestParcelRow[];
}

const PARCELS = `
  SELECT p.parcel_id AS "parcelId", p.tracking_number AS "trackingNumber", p.status, s.number AS "shipmentNumber",
         COALESCE(b.status, s.status) AS "shipmentStatus", b.number AS "boxNumber", b.weight_grams AS "weightGrams",
         o.ship_to->>'city' AS city, o.ship_to->>'country' AS country
  FROM manifest_parcels p JOIN shipments s ON s.id = p.shipment_id JOIN orders o ON o.id = p.order_id
  LEFT JOIN shipment_boxes b ON b.id = p.box_id WHERE p.manifest_id = $1 ORDER BY s.number, b.number`;

/** One manifest by its number. Throws `not_found`. */
export async function readManifest(db: Queryable, scope: Scope, number: string): Promise<ManifestPage> {
  const where = new Conditions().add((p) => `f.number = ${p}`, number.toUpperCase()).scope(scope, 'f', null);
  const found = await db.query<ManifestRow>(
    prepared('manifest', `SELECT ${COLUMNS} FROM ${FROM} WHERE ${where.where}`, where.values),
  );
  const [manifest] = found.rows;
  if (!manifest) throw new DomainError('not_found', `There is no manifest ${number}.`);
  const parcels = await db.query<ManifestParcelRow>(prepared('manifest-parcels', PARCELS, [manifest.id]));
  return { manifest, parcels: parcels.rows };
}

/** A node with what waits there for a manifest. */
export interface WaitingNode {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly merchantName: string;
  readonly handOver: 'at_once' | 'by_manifest';
  /** Labelled parcels that are on no manifest. */
  readonly waiting: number;
}

/** The nodes that may be closed, by merchant and preference. */
export async function waitingNodes(db: Queryable, scope: Scope): Promise<WaitingNode[]> {
  const where = new Conditions().scope(scope, 'n', null);
  const text = `
    WITH parcels AS (
      SELECT s.node_id, count(*) AS units FROM shipments s
      WHERE s.status = 'LABELLED' AND s.boxes = 0 AND s.manifest_id IS NULL
        AND NOT EXISTS (SELECT FROM manifest_parcels p WHERE p.parcel_id = s.id AND p.status <> 'left_behind') GROUP BY s.node_id
      UNION ALL
      SELECT s.node_id, count(*) FROM shipment_boxes b JOIN shipments s ON s.id = b.shipment_id
      WHERE b.status = 'LABELLED' AND b.manifest_id IS NULL
        AND NOT EXISTS (SELECT FROM manifest_parcels p WHERE p.parcel_id = b.id AND p.status <> 'left_behind') GROUP BY s.node_id)
    SELECT n.id, n.code, n.name, m.name AS "merchantName", n.hand_over AS "handOver",
           COALESCE((SELECT sum(units) FROM parcels WHERE node_id = n.id), 0)::int AS waiting
    FROM nodes n JOIN merchants m ON m.id = n.merchant_id WHERE n.active AND ${where.where} ORDER BY m.name, n.priority, n.id`;
  return (await db.query<WaitingNode>(prepared('manifest-nodes', text, where.values))).rows;
}
