import type { ShipmentStatus } from '../kernel/vocabulary.ts';
import type { Queryable } from '../platform/db.ts';
import { prepared } from './conditions.ts';

export interface ShipmentLineView {
  readonly lineId: string;
  readonly skuCode: string | null;
  readonly name: string;
  readonly fromUnit: number;
  readonly toUnit: number;
}

export interface ShipmentUpdateView {
  readonly id: string;
  readonly status: string;
  readonly detail: string | null;
  readonly occurredAt: Date;
  readonly receivedAt: Date;
}

export interface ShipmentView {
  readonly id: string;
  readonly number: string;
  readonly status: ShipmentStatus;
  readonly nodeId: string | null;
  readonly nodeCode: string | null;
  readonly nodeName: string | null;
  readonly carrier: string | null;
  readonly service: string | null;
  readonly trackingNumber: string | null;
  readonly labelUrl: string | null;
  readonly valueMinor: bigint;
  readonly currency: string;
  readonly version: bigint;
  readonly createdAt: Date;
  readonly shippedAt: Date | null;
  readonly deliveredAt: Date | null;
  readonly lines: ShipmentLineView[];
  /** Newest first. */
  readonly updates: ShipmentUpdateView[];
}

const SHIPMENTS = `
  SELECT s.id, s.number, s.status, s.node_id AS "nodeId", n.code AS "nodeCode", n.name AS "nodeName", s.carrier, s.service,
         s.tracking_number AS "trackingNumber", s.label_url AS "labelUrl", s.value_minor AS "valueMinor", s.currency, s.version,
         s.created_at AS "createdAt", s.shipped_at AS "shippedAt", s.delivered_at AS "deliveredAt"
  FROM shipments s LEFT JOIN nodes n ON n.id = s.node_id
  WHERE s.order_id = $1 ORDER BY s.created_at, s.id`;

const LINES = `
  SELECT sl.shipment_id AS "shipmentId", sl.line_id AS "lineId", l.sku_code AS "skuCode", l.name, sl.from_unit AS "fromUnit", sl.to_unit AS "toUnit"
  FROM shipment_lines sl JOIN order_lines l ON l.id = sl.line_id
  WHERE sl.order_id = $1 ORDER BY l.position, sl.from_unit`;

const UPDATES = `
  SELECT u.shipment_id AS "shipmentId", u.id, u.status, u.detail, u.occurred_at AS "occurredAt", u.received_at AS "receivedAt"
  FROM shipments s JOIN shipment_updates u ON u.shipment_id = s.id
  WHERE s.order_id = $1 ORDER BY u.occurred_at DESC, u.id DESC`;

type OfShipment<T> = T & { readonly shipmentId: string };

/** An order's shipments, oldest first, with what each held and what the carrier said. */
export async function readShipments(db: Queryable, orderId: string): Promise<ShipmentView[]> {
  const shipments = await db.query<Omit<ShipmentView, 'lines' | 'updates'>>(prepared('order-shipments', SHIPMENTS, [orderId]));
  if (shipments.rows.length === 0) return [];
  const lines = await db.query<OfShipment<ShipmentLineView>>(prepared('order-shipment-lines', LINES, [orderId]));
  const updates = await db.query<OfShipment<ShipmentUpdateView>>(prepared('order-shipment-updates', UPDATES, [orderId]));
  return shipments.rows.map((shipment) => ({
    ...shipment,
    lines: lines.rows.filter((row) => row.shipmentId === shipment.id).map(({ shipmentId: _, ...line }) => line),
    updates: updates.rows.filter((row) => row.shipmentId === shipment.id).map(({ shipmentId: _, ...update }) => update),
  }));
}
