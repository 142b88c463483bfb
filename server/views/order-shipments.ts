import type { ClaimKind, ClaimStatus, ReturnCondition, ShipmentStatus } from '../kernel/vocabulary.ts';
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
  /** Which box it is of; null where it is of the whole shipment. */
  readonly boxId: string | null;
  readonly proof: ProofView | null;
}

/** What proves a delivery; signature and picture are references into the carrier's own files. */
export interface ProofView {
  readonly name?: string;
  readonly place?: string;
  readonly signature?: string;
  readonly picture?: string;
}

/** One of several boxes of a shipment. */
export interface BoxView {
  readonly id: string;
  readonly number: number;
  readonly status: ShipmentStatus;
  readonly weightGrams: number | null;
  readonly lengthMm: number | null;
  readonly widthMm: number | null;
  readonly heightMm: number | null;
  readonly trackingNumber: string | null;
  readonly labelUrl: string | null;
  readonly manifestId: string | null;
  readonly manifestNumber: string | null;
  readonly handedOverAt: Date | null;
  readonly deliveredAt: Date | null;
  readonly settledAt: Date | null;
  readonly lines: ShipmentLineView[];
}

export interface ClaimView {
  readonly id: string;
  readonly number: string;
  readonly boxId: string | null;
  readonly kind: ClaimKind;
  readonly status: ClaimStatus;
  readonly amountMinor: bigint;
  readonly acceptedMinor: bigint | null;
  readonly paidMinor: bigint;
  readonly currency: string;
  readonly answer: string | null;
  readonly note: string | null;
  readonly openedAt: Date;
}

/** Units that came back, as they were received. */
export interface ReceivedView extends ShipmentLineView {
  readonly boxId: string | null;
  readonly condition: ReturnCondition;
  readonly note: string | null;
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
  readonly manifestId: string | null;
  readonly manifestNumber: string | null;
  readonly handedOverAt: Date | null;
  readonly settledAt: Date | null;
  /** Empty where it is one parcel itself. */
  readonly boxes: BoxView[];
  readonly claims: ClaimView[];
  readonly received: ReceivedView[];
  /** Newest first. */
  readonly updates: ShipmentUpdateView[];
}

const SHIPMENTS = `
  SELECT s.id, s.number, s.status, s.node_id AS "nodeId", n.code AS "nodeCode", n.name AS "nodeName", s.carrier, s.service,
         s.tracking_number AS "trackingNumber", s.label_url AS "labelUrl", s.value_minor AS "valueMinor", s.currency, s.version,
         s.created_at AS "createdAt", s.shipped_at AS "shippedAt", s.delivered_at AS "deliveredAt",
         s.manifest_id AS "manifestId", f.number AS "manifestNumber", s.handed_over_at AS "handedOverAt", s.settled_at AS "settledAt", s.boxes AS "boxCount"
  FROM shipments s LEFT JOIN nodes n ON n.id = s.node_id LEFT JOIN manifests f ON f.id = s.manifest_id
  WHERE s.order_id = $1 ORDER BY s.created_at, s.id`;

const LINES = `
  SELECT sl.shipment_id AS "shipmentId", sl.line_id AS "lineId", l.sku_code AS "skuCode", l.name, sl.from_unit AS "fromUnit", sl.to_unit AS "toUnit"
  FROM shipment_lines sl JOIN order_lines l ON l.id = sl.line_id
  WHERE sl.order_id = $1 ORDER BY l.position, sl.from_unit`;

const UPDATES = `
  SELECT u.shipment_id AS "shipmentId", u.id, u.status, u.detail, u.occurred_at AS "occurredAt", u.received_at AS "receivedAt", u.box_id AS "boxId", u.proof
  FROM shipments s JOIN shipment_updates u ON u.shipment_id = s.id
  WHERE s.order_id = $1 ORDER BY u.occurred_at DESC, u.id DESC`;

const BOXES = `
  SELECT b.shipment_id AS "shipmentId", b.id, b.number, b.status, b.weight_grams AS "weightGrams", b.length_mm AS "lengthMm", b.width_mm AS "widthMm",
         b.height_mm AS "heightMm", b.tracking_number AS "trackingNumber", b.label_url AS "labelUrl", b.manifest_id AS "manifestId",
         f.number AS "manifestNumber", b.handed_over_at AS "handedOverAt", b.delivered_at AS "deliveredAt", b.settled_at AS "settledAt"
  FROM shipment_boxes b LEFT JOIN manifests f ON f.id = b.manifest_id WHERE b.order_id = $1 ORDER BY b.shipment_id, b.number`;

const BOX_LINES = `
  SELECT bl.box_id AS "boxId", bl.line_id AS "lineId", l.sku_code AS "skuCode", l.name, bl.from_unit AS "fromUnit", bl.to_unit AS "toUnit"
  FROM shipment_box_lines bl JOIN order_lines l ON l.id = bl.line_id WHERE bl.order_id = $1 ORDER BY l.position, bl.from_unit`;

const CLAIMS = `
  SELECT c.shipment_id AS "shipmentId", c.id, c.number, c.box_id AS "boxId", c.kind, c.status, c.amount_minor AS "amountMinor",
         c.accepted_minor AS "acceptedMinor", c.paid_minor AS "paidMinor", c.currency, c.answer, c.note, c.opened_at AS "openedAt"
  FROM carrier_claims c WHERE c.order_id = $1 ORDER BY c.opened_at, c.id`;

const RECEIVED = `
  SELECT r.shipment_id AS "shipmentId", r.box_id AS "boxId", r.line_id AS "lineId", l.sku_code AS "skuCode", l.name, r.from_unit AS "fromUnit",
         r.to_unit AS "toUnit", r.condition, r.note, r.received_at AS "receivedAt"
  FROM shipment_returns r JOIN order_lines l ON l.id = r.line_id WHERE r.order_id = $1 ORDER BY r.received_at, l.position, r.from_unit`;

type OfShipment<T> = T & { readonly shipmentId: string };

type Head = Omit<ShipmentView, 'lines' | 'updates' | 'boxes' | 'claims' | 'received'> & { readonly boxCount: number };

async function readBoxes(db: Queryable, orderId: string): Promise<OfShipment<BoxView>[]> {
  const boxes = await db.query<OfShipment<Omit<BoxView, 'lines'>>>(prepared('order-boxes', BOXES, [orderId]));
  const lines = await db.query<ShipmentLineView & { readonly boxId: string }>(prepared('order-box-lines', BOX_LINES, [orderId]));
  return boxes.rows.map((box) => ({
    ...box,
    lines: lines.rows.filter((line) => line.boxId === box.id).map(({ boxId: _, ...line }) => line),
  }));
}

/** The report that proves a delivery of a parcel: the first one that says something. */
export function proofOf(shipment: Pick<ShipmentView, 'updates'>, boxId: string | null): ShipmentUpdateView | undefined {
  return shipment.updates.findLast(
    (update) => update.status === 'DELIVERED' && update.proof !== null && (update.boxId === null || update.boxId === boxId),
  );
}

/** An order's shipments, oldest first, with what each held and what the carrier said. */
export async function readShipments(db: Queryable, orderId: string): Promise<ShipmentView[]> {
  const shipments = await db.query<Head>(prepared('order-shipments', SHIPMENTS, [orderId]));
  if (shipments.rows.length === 0) return [];
  const lines = await db.query<OfShipment<ShipmentLineView>>(prepared('order-shipment-lines', LINES, [orderId]));
  const updates = await db.query<OfShipment<ShipmentUpdateView>>(prepared('order-shipment-updates', UPDATES, [orderId]));
  const boxes = shipments.rows.some((row) => row.boxCount > 0) ? await readBoxes(db, orderId) : [];
  const claims = await db.query<OfShipment<ClaimView>>(prepared('order-claims', CLAIMS, [orderId]));
  const received = await db.query<OfShipment<ReceivedView>>(prepared('order-received-back', RECEIVED, [orderId]));
  return shipments.rows.map(({ boxCount: _, ...shipment }) => ({
    ...shipment,
    boxes: boxes.filter((row) => row.shipmentId === shipment.id).map(({ shipmentId: _of, ...box }) => box),
    claims: claims.rows.filter((row) => row.shipmentId === shipment.id).map(({ shipmentId: _of, ...claim }) => claim),
    received: received.rows.filter((row) => row.shipmentId === shipment.id).map(({ shipmentId: _of, ...back }) => back),
    lines: lines.rows.filter((row) => row.shipmentId === shipment.id).map(({ shipmentId: _, ...line }) => line),
    updates: updates.rows.filter((row) => row.shipmentId === shipment.id).map(({ shipmentId: _, ...update }) => update),
  }));
}
