import type pg from 'pg';
import { DomainError } from '../kernel/errors.ts';
import type { OrderStatus, ShipmentStatus } from '../kernel/vocabulary.ts';
import type { Queryable } from '../platform/db.ts';
import { readSnapshot } from '../platform/read-snapshot.ts';
import { Conditions, prepared } from './conditions.ts';
import { keysetPage, type PageRequest } from './keyset.ts';
import { readShipments, type ShipmentView } from './order-shipments.ts';
import type { Page } from './pages.ts';
import type { Scope } from './scope.ts';

export interface ShipmentRow {
  readonly id: string;
  readonly number: string;
  readonly status: ShipmentStatus;
  readonly orderNumber: string;
  readonly merchantName: string;
  readonly customerName: string | null;
  readonly nodeCode: string | null;
  readonly carrier: string | null;
  readonly trackingNumber: string | null;
  readonly valueMinor: bigint;
  readonly currency: string;
  readonly createdAt: Date;
  readonly shippedAt: Date | null;
  readonly deliveredAt: Date | null;
}

export interface ShipmentFilter {
  readonly status?: readonly ShipmentStatus[] | undefined;
  readonly nodeId?: string | undefined;
}

const FROM = `shipments s JOIN orders o ON o.id = s.order_id JOIN merchants m ON m.id = s.merchant_id LEFT JOIN nodes n ON n.id = s.node_id`;

/** Shipments, newest first. */
export async function listShipments(
  db: Queryable,
  scope: Scope,
  request: ShipmentFilter & PageRequest,
): Promise<Page<ShipmentRow>> {
  const where = new Conditions().scope(scope, 's', 'o.customer_id');
  if (request.status?.length) where.add((p) => `s.status = ANY(${p})`, request.status);
  if (request.nodeId) where.add((p) => `s.node_id = ${p}`, request.nodeId);
  return keysetPage(
    db,
    {
      label: 'shipments-list',
      columns: `s.id, s.number, s.status, o.number AS "orderNumber", m.name AS "merchantName", o.customer_name AS "customerName",
        n.code AS "nodeCode", s.carrier, s.tracking_number AS "trackingNumber", s.value_minor AS "valueMinor", s.currency,
        s.created_at AS "createdAt", s.shipped_at AS "shippedAt", s.delivered_at AS "deliveredAt"`,
      from: FROM,
      where,
      by: 's.created_at',
      id: 's.id',
    },
    request,
  );
}

export interface ShipmentPage {
  readonly shipment: ShipmentView;
  /** Where its saga stands; null once it is done. */
  readonly step: string | null;
  readonly order: {
    readonly id: string;
    readonly number: string;
    readonly status: OrderStatus;
    readonly version: bigint;
    readonly customerName: string | null;
    readonly shipTo: Readonly<Record<string, string>> | null;
    readonly merchantName: string;
  };
}

const STEP = `SELECT step FROM sagas WHERE order_id = $1 AND kind = 'ship-order' AND status <> 'done' AND state->>'shipmentId' = $2::text`;

/** One shipment by its number. Throws `not_found`. */
export async function readShipment(pool: pg.Pool, scope: Scope, number: string): Promise<ShipmentPage> {
  return readSnapshot(pool, async (tx) => {
    const where = new Conditions().add((p) => `s.number = ${p}`, number.toUpperCase()).scope(scope, 's', 'o.customer_id');
    const text = `SELECT s.id AS "shipmentId", o.id, o.number, o.status, o.version, o.customer_name AS "customerName", o.ship_to AS "shipTo",
      m.name AS "merchantName" FROM ${FROM} WHERE ${where.where}`;
    const found = await tx.query<ShipmentPage['order'] & { shipmentId: string }>(prepared('shipment', text, where.values));
    const [row] = found.rows;
    if (row === undefined) throw new DomainError('not_found', `There is no shipment ${number}.`);
    const { shipmentId, ...order } = row;
    const step = await tx.query<{ step: string }>(prepared('shipment-step', STEP, [order.id, shipmentId]));
    const shipment = (await readShipments(tx, order.id)).find((one) => one.id === shipmentId);
    if (shipment === undefined) throw new DomainError('not_found', `There is no shipment ${number}.`);
    return { shipment, step: step.rows[0]?.step ?? null, order };
  });
}
